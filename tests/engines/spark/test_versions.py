"""Workers of another environment than the driver's are told in one line, before any work is done, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from garant.engines.spark.java import java_home

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]

# A process of its own: what workers run is said when the session is opened.
OPEN = """
from garant.engines.spark import SparkEngine, SparkOptions
from garant.exceptions import UsageError

try:
    with SparkEngine(SparkOptions(master="local[1]")):
        print("opened")
except UsageError as error:
    print(error)
"""


def test_a_worker_with_another_release_of_a_package_is_refused(tmp_path: Path):
    metadata = tmp_path / "site" / "lightgbm-3.0.0.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text("Metadata-Version: 2.1\nName: lightgbm\nVersion: 3.0.0\n")
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{metadata.parents[1]}:$PYTHONPATH" exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    environment = os.environ | {
        "PYSPARK_PYTHON": str(python),
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "JAVA_HOME": str(java_home(os.environ)),
        "SPARK_SUBMIT_OPTS": "-XX:TieredStopAtLevel=1",
        "TMPDIR": str(tmp_path),
    }
    done = subprocess.run([sys.executable, "-c", OPEN], env=environment, capture_output=True, text=True, check=False)
    (line,) = done.stdout.splitlines()
    assert line.startswith("Workers do not run what the driver runs: lightgbm 3.0.0 instead of "), done.stderr[-2000:]
    assert "PYSPARK_PYTHON" in line
    # Java and Spark talk at every start: that is kept from the user, and removed.
    assert not done.stderr
    assert not list(tmp_path.glob("garant-spark-*.log"))
