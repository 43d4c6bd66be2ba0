"""The files of a matrix do not depend on how Spark divides the work."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from garant.engines.duckdb import DuckDBEngine
from garant.engines.spark.java import java_home
from garant.features.catalogue import catalogue
from garant.features.feature import Profile
from garant.runs import matrix
from garant.runs.matrix import write_matrix
from garant.tables.acceptance import accept_tables
from garant.tables.accepted import open_accepted
from garant.tables.sources import DataFolder, find_sources
from garant.tables.synthetic import generate

pytestmark = [pytest.mark.faults, pytest.mark.spark, pytest.mark.xdist_group("spark")]

# A process of its own for each shape: how many cores a session has is said when Java starts.
BUILD = """
import json, sys
from pathlib import Path
from garant.engines.spark import SparkEngine, SparkOptions
from garant.features.catalogue import catalogue
from garant.features.feature import Profile
from garant.runs import matrix
from garant.tables.accepted import open_accepted

matrix.PART_ROWS = 100
with SparkEngine(SparkOptions(master=sys.argv[2])) as engine:
    said = [engine.session.conf.get(f"spark.sql.{name}") for name in ("shuffle.partitions", "adaptive.enabled")]
    features = catalogue(profile=Profile.KAGGLE)[::7]
    written = matrix.write_matrix(engine, open_accepted(Path(sys.argv[1])), features, Path(sys.argv[3]))
print(json.dumps({"said": said, "digests": [part.sha256 for part in written]}))
"""


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lender")
    generate(folder / "raw", scale=0.001, seed=7, file_format="parquet")
    data = find_sources(folder / "raw")
    assert isinstance(data, DataFolder)
    accept_tables(data, folder / "accepted", threads=1)
    return folder / "accepted"


@pytest.fixture(scope="module")
def of_duckdb(accepted: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    features = catalogue(profile=Profile.KAGGLE)[::7]
    with pytest.MonkeyPatch.context() as patch, DuckDBEngine() as engine:
        patch.setattr(matrix, "PART_ROWS", 100)
        written = write_matrix(engine, open_accepted(accepted), features, tmp_path_factory.mktemp("duckdb"))
    assert len(written) == 4
    return [part.sha256 for part in written]


@pytest.mark.parametrize(
    ("master", "partitions", "adaptive"), [*itertools.product(("local[1]", "local[2]"), ("3", "64"), ("true", "false"))]
)
def test_files_are_the_same_for_every_shape(
    master: str, partitions: str, adaptive: str, *, accepted: Path, of_duckdb: list[str], tmp_path: Path
):
    settings = {"spark.sql.shuffle.partitions": partitions, "spark.sql.adaptive.enabled": adaptive}
    (tmp_path / "spark-defaults.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    environment = os.environ | {"SPARK_CONF_DIR": str(tmp_path), "JAVA_HOME": str(java_home(os.environ))}
    command = [sys.executable, "-c", BUILD, str(accepted), master, str(tmp_path / "matrix")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout) == {"said": [partitions, adaptive], "digests": of_duckdb}
