"""Workers of another environment than the driver's are told in one line, before any work is done, and nothing else."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from py4j.protocol import Py4JJavaError

from garant.engines.spark import versions
from garant.engines.spark.java import java_home
from garant.exceptions import UsageError

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


def without_a_package(_task: object = None) -> dict[str, str]:
    return {"absent": import_module("absent_here").__name__}


def out_of_memory(_task: object = None) -> dict[str, str]:
    raise MemoryError("no room")


def test_a_worker_without_a_package_is_told_in_one_line_and_another_failure_is_not_taken_for_that(
    spark_session: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(versions, "versions_here", without_a_package)
    with pytest.raises(UsageError, match=r"driver runs: .*No module named 'absent_here' Set PYSPARK_PYTHON") as told:
        versions.require_same_versions(spark_session)
    assert "\n" not in str(told.value)
    monkeypatch.setattr(versions, "versions_here", out_of_memory)
    with pytest.raises(Py4JJavaError, match="no room"):
        versions.require_same_versions(spark_session)


@pytest.mark.parametrize(
    ("traceback", "said"),
    [
        (
            "Py4JJavaError: aborted\n  raise ModuleNotFoundError(name)\nModuleNotFoundError: No module named 'scipy'\n",
            "ModuleNotFoundError: No module named 'scipy'",
        ),
        (
            "pyspark.PySparkRuntimeError: [PYTHON_VERSION_MISMATCH] Python in worker has 3.9, driver 3.11.\n\tat x",
            "[PYTHON_VERSION_MISMATCH] Python in worker has 3.9, driver 3.11.",
        ),
        ("MemoryError: no room", None),
    ],
)
def test_what_a_worker_lacks_is_the_line_of_the_error_not_of_the_source(traceback: str, said: str | None):
    assert versions.what_a_worker_lacks(traceback) == said


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
