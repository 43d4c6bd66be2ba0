"""Scoring on Spark: the run of a laptop, one model per worker process, and no Spark where there is nothing to do."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from garant.engines.protocol import Engine
from garant.engines.spark import SparkEngine
from garant.runs import engine_choice, matrix, score
from garant.runs.engine import EngineName, open_engine
from garant.runs.score import ScoreOptions, ScoreResult
from garant.runs.score_files import FileFormat, read_scores
from garant.runs.score_rows import Explain
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.storage import manifest_digest
from garant.storage.reach import Reach

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]

in_session = pytest.mark.usefixtures("spark_session")


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small lender has several parts."""
    monkeypatch.setattr(matrix, "PART_ROWS", 150)


def run(
    lender: Path,
    model: TrainResult,
    out: Path,
    settings: Settings,
    engine: EngineName,
    options: ScoreOptions | None = None,
) -> ScoreResult:
    return score.score(
        lender, model.bundle.folder, out, options=options or ScoreOptions(), settings=settings, engine=engine
    )


@in_session
@pytest.mark.parametrize(("explain", "file_format"), [("refused", "csv"), ("all", "parquet"), ("none", "kaggle")])
def test_the_run_is_the_same_on_both_engines_whoever_is_explained(
    lender: Path,
    short: TrainResult,
    settings: Settings,
    tmp_path: Path,
    explain: Explain,
    file_format: FileFormat,
) -> None:
    options = ScoreOptions(explain=explain, file_format=file_format)
    here = run(lender, short, tmp_path / "duckdb", settings, "duckdb", options)
    there = run(lender, short, tmp_path / "spark", settings, "spark", options)
    assert len(there.run.manifest["files"]) > 10
    assert there.run.run_id == here.run.run_id
    assert manifest_digest(there.run.manifest) == manifest_digest(here.run.manifest)
    scores = [pa.concat_tables(read_scores(result.run)) for result in (here, there)]
    assert scores[0].equals(scores[1])
    assert scores[0].column("reason_1_code").null_count < scores[0].num_rows or explain == "none"
    # What one engine made the other has nothing to add to.
    assert run(lender, short, tmp_path / "duckdb", settings, "spark", options).repeated


@in_session
def test_a_model_is_built_once_per_worker_process(
    lender: Path,
    short: TrainResult,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[Engine] = []

    def remembered(name: EngineName, settings: Settings, *, reach: Callable[[], Reach]) -> Engine:
        opened.append(open_engine(name, settings, reach=reach))
        return opened[-1]

    monkeypatch.setattr(engine_choice, "open_engine", remembered)
    result = run(lender, short, tmp_path, settings, "spark")
    n_parts = sum(name.startswith("scores/part-0") for name in result.run.manifest["files"])
    [engine] = opened
    assert isinstance(engine, SparkEngine)
    assert 1 <= engine.tools_made <= 2 < n_parts


COMMAND = """
import sys, time
start = time.monotonic()
from garant.runs import matrix
matrix.PART_ROWS = 150
from garant.cli.app import main
try:
    main()
finally:
    print("pyspark" in sys.modules, time.monotonic() - start, file=sys.stderr)
"""


def test_a_repeated_run_starts_no_spark(lender: Path, short: TrainResult, settings: Settings, tmp_path: Path) -> None:
    """The Java that would be started writes down that it was."""
    home, started = tmp_path / "java", tmp_path / "started"
    (home / "bin").mkdir(parents=True)
    (home / "release").write_text('JAVA_VERSION="17.0.1"\n')
    (home / "bin" / "java").write_text(f"#!/bin/sh\ntouch {started}\nexit 1\n")
    (home / "bin" / "java").chmod(0o755)
    variables = {
        **os.environ,
        "JAVA_HOME": str(home),
        "GARANT_CACHE_FOLDER": str(settings.cache_folder),
        "GARANT_THREADS": "1",
    }
    command = [
        sys.executable,
        "-c",
        COMMAND,
        "score",
        str(lender),
        "--bundle",
        str(short.bundle.folder),
        "--engine",
        "spark",
    ]

    def again(out: str) -> subprocess.CompletedProcess[str]:
        arguments = [*command, "--out", str(tmp_path / out)]
        return subprocess.run(arguments, env=variables, capture_output=True, text=True, check=False)

    run(lender, short, tmp_path / "there", settings, "duckdb")
    there = {path: path.stat().st_mtime_ns for path in (tmp_path / "there").rglob("*")}
    repeated = again("there")
    assert repeated.returncode in {0, 1}, repeated.stderr
    assert "nothing to do" in repeated.stdout
    assert not started.exists()
    has_spark, seconds = repeated.stderr.splitlines()[-1].split()
    assert has_spark == "False"
    # Stated for a quiet machine: what this process could not use of the time counts for nothing here.
    assert float(seconds) < 3 * max(1.0, os.getloadavg()[0])
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "there").rglob("*")} == there
    # The same with another folder of runs would start it.
    refused = again("new")
    assert refused.returncode == 2
    assert started.exists()
    assert re.search(r"Spark cannot be started .* What Spark said: \S+\.log", refused.stderr)
