"""A portfolio step by step, in Python, in the notebook and by spark-submit: always the run of the command."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import garant
from garant.engines.spark.java import java_home
from garant.exceptions import UsageError
from garant.runs.portfolio import Portfolio, open_portfolio
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.storage import LocalRuns, manifest_digest

ROOT = Path(__file__).resolve().parents[2]

# All in the group that starts Spark: its tests share this lender and its model.
pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]

COMPONENTS = "5"
"""What the notebook asks for."""


@pytest.fixture(scope="module")
def environment(settings: Settings) -> dict[str, str]:
    """Variables of a user whose programs find this garant, the cache and the key of the tests."""
    return {
        **os.environ,
        "GARANT_CACHE_FOLDER": str(settings.cache_folder),
        "GARANT_DEVELOPMENT_KEY": str(settings.development_key),
        "GARANT_THREADS": "1",
        "JAVA_HOME": str(java_home(os.environ)),
        # A short life: what is compiled well would not be used long enough (32 s of processor time became 19).
        "JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(Path(garant.__file__).parents[1]),
    }


def started(command: list[str | Path], environment: Mapping[str, str]) -> Any:  # noqa: ANN401 - the JSON of a command
    """What a command that succeeds says as JSON."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=dict(environment), check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def digests(
    lender: Path, short: TrainResult, environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Manifest digests of the commands, on DuckDB."""
    out, model = tmp_path_factory.mktemp("commands"), short.bundle.folder
    run = [sys.executable, "-m", "garant"]
    said = ["--bundle", model, "--lang", "fr", "--output", "json"]
    scored = started([*run, "score", lender, *said, "--format", "csv", "--out", out / "scores"], environment)
    components = ["--components", COMPONENTS, "--out", out / "pca"]
    projected = started([*run, "pca", out / "scores", *said, *components], environment)
    return {"scores": scored["manifest_digest"], "pca": projected["manifest_digest"]}


def digests_in(out: Path) -> dict[str, str]:
    """Manifest digests of what a portfolio wrote."""
    return {name: manifest_digest(LocalRuns(out / name).current().manifest) for name in ("scores", "pca")}


@pytest.fixture
def portfolio(lender: Path, short: TrainResult, settings: Settings, tmp_path: Path) -> Iterator[Portfolio]:
    """The lender's portfolio in French, on DuckDB."""
    place = tmp_path / "out"
    with open_portfolio(
        lender, bundle=short.bundle.folder, out=place, engine="duckdb", language="fr", settings=settings
    ) as opened:
        yield opened


def test_its_steps_are_the_runs_of_the_commands_and_are_not_made_twice(
    portfolio: Portfolio, digests: dict[str, str], tmp_path: Path
) -> None:
    first = portfolio.score()
    assert portfolio.pca(components=int(COMPONENTS)).notes[-1].endswith(digests["pca"])
    assert digests_in(tmp_path / "out") == digests
    again = portfolio.score()
    assert again.rows == first.rows
    assert again.notes == ("Ce résultat existait déjà\N{NO-BREAK SPACE}: rien n’a été refait.", *first.notes)
    assert len(list((tmp_path / "out" / "scores").glob("run_id=*/attempt=*"))) == 1


def test_its_tables_count_and_show_no_person(portfolio: Portfolio, lender: Path, short: TrainResult) -> None:
    def number(text: str) -> int:
        return int(re.sub(r"\D", "", text))

    checked = portfolio.check()
    parts = [(lender / f"application_{part}.csv").read_text().splitlines()[1:] for part in ("train", "test")]
    n_clients = sum(map(len, parts))
    assert number(checked.rows[0][1]) == n_clients
    assert all(number(row[1]) == sum(map(number, row[2:])) for row in checked.rows)
    inputs = portfolio.features()
    assert sum(number(row[1]) for row in inputs.rows) == len(short.bundle.columns)
    scored = portfolio.score()
    assert sum(number(row[1]) for row in scored.rows) == n_clients
    shares = [
        float(row[2].rstrip("%\N{NARROW NO-BREAK SPACE}\N{NO-BREAK SPACE}").replace(",", ".")) for row in scored.rows
    ]
    assert shares == pytest.approx([100 * number(row[1]) / n_clients for row in scored.rows], abs=0.06)
    shown = [checked, inputs, scored, portfolio.pca(variance=0.3), portfolio.spent()]
    ids = {line.partition(",")[0] for part in parts for line in part}
    assert not [word for table in shown for row in table.rows for word in map(str, row) if word in ids]
    assert portfolio.scree().svg.startswith("<svg")


def test_it_names_the_csv_files_and_adds_up_vcpu_hours(portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch) -> None:
    portfolio.score()
    portfolio.pca(components=2)
    files = portfolio.files().rows
    assert {Path(name).name for name, _ in files} >= {"scores.csv", "pca_scores.csv", "pca_loadings.csv"}
    assert all(Path(name).is_file() for name, _ in files)
    spent = portfolio.spent()
    assert [row[0] for row in spent.rows] == ["Variables et scores", "Composantes"]
    assert {row[2] for row in spent.rows} == {"1"}
    portfolio._spent[:] = [("score", 1800.0, 4), ("pca", 900.0, 6)]
    assert [row[3] for row in portfolio.spent().rows] == ["2,0000", "1,5000"]
    assert "3,5" in portfolio.spent().notes[0]
    monkeypatch.setattr("garant.runs.portfolio.SHOWN", 2)
    few = portfolio.files()
    assert few.rows == files[:2]
    assert re.sub(r"\D", "", few.notes[0]) == str(len(files) - 2)


def test_places_in_a_bucket_give_the_same_runs(
    lender: Path,
    short: TrainResult,
    settings: Settings,
    digests: dict[str, str],
    s3: Any,  # noqa: ANN401
    bucket: str,
) -> None:
    for name, folder in (("raw", lender), ("model", short.bundle.folder)):
        for path in (path for path in folder.rglob("*") if path.is_file()):
            s3.client.upload_file(str(path), bucket, f"{name}/{path.relative_to(folder).as_posix()}")
    there = f"s3://{bucket}"
    with open_portfolio(
        f"{there}/raw",
        bundle=f"{there}/model",
        out=f"{there}/out",
        engine="duckdb",
        language="fr",
        settings=settings.model_copy(update={"s3_endpoint": s3.endpoint, "s3_region": "eu-west-3"}),
    ) as opened:
        assert opened.score().notes[-1].endswith(digests["scores"])
        assert opened.pca(components=int(COMPONENTS)).notes[-1].endswith(digests["pca"])
        assert repr(opened.scree()).startswith(f"{there}/out/pca/run_id=")
        assert opened.scree().svg.startswith("<svg")
        listed = [name for name, _ in opened.files().rows]
    for place in listed:
        assert s3.client.head_object(Bucket=bucket, Key=place.removeprefix(f"{there}/"))["ContentLength"] > 0


@pytest.mark.parametrize(("step", "first"), [("pca", "score"), ("scree", "pca"), ("files", "score")])
def test_a_step_out_of_order_says_which_comes_first(portfolio: Portfolio, step: str, first: str) -> None:
    with pytest.raises(UsageError, match=re.escape(f"{first}()")):
        getattr(portfolio, step)()


def test_a_bucket_that_was_not_filled_in_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names no bucket"):
        open_portfolio("s3://BUCKET/raw", bundle="s3://BUCKET/model", out=tmp_path, engine="duckdb")


def test_the_notebook_makes_the_runs_of_the_commands(
    lender: Path,
    short: TrainResult,
    environment: Mapping[str, str],
    digests: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = {"DATA": lender, "BUNDLE": short.bundle.folder, "OUT": tmp_path / "out"}
    own = {f"GARANT_NOTEBOOK_{name}": str(place) for name, place in places.items()}
    for name, value in {**environment, **own, "GARANT_SPARK_MASTER": "local[2]"}.items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(ROOT / "notebooks" / "portfolio_emr.ipynb", as_version=4)
    notebook.cells = [cell for cell in notebook.cells if "emr" not in cell.metadata.get("tags", [])]
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    done = client.execute()
    assert digests_in(tmp_path / "out") == digests
    found = [output for cell in done.cells for output in cell.get("outputs", [])]
    assert sum("image/svg+xml" in output.get("data", {}) for output in found) == 1
    assert sum("text/html" in output.get("data", {}) for output in found) == 6
    spent = [output["data"]["text/plain"] for output in found if "vCPU-heures" in str(output.get("data"))]
    assert "Contrôle" in spent[0]


def test_spark_submit_makes_the_run_of_the_command_in_the_session_that_it_started(
    lender: Path,
    short: TrainResult,
    environment: Mapping[str, str],
    digests: dict[str, str],
    tmp_path: Path,
) -> None:
    events = tmp_path / "events"
    events.mkdir()
    chosen = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "3",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.compress": "false",
        "spark.eventLog.dir": events.as_uri(),
    }
    submit = [Path(sys.executable).with_name("spark-submit"), "--master", "local[2]", "--driver-memory", "1g"]
    options = [part for name, value in chosen.items() for part in ("--conf", f"{name}={value}")]
    command = ["score", lender, "--bundle", short.bundle.folder, "--engine", "spark", "--lang", "fr"]
    entry = Path(garant.__file__).with_name("__main__.py")
    # What a setting says of the master is for programs that start Spark themselves.
    variables = {**environment, "PYSPARK_PYTHON": sys.executable, "GARANT_SPARK_MASTER": "local[1]"}
    said = started(
        [*submit, *options, entry, *command, "--format", "csv", "--output", "json", "--out", tmp_path / "scores"],
        variables,
    )
    assert said["manifest_digest"] == digests["scores"]
    told = [
        json.loads(line)
        for path in events.rglob("*")
        if path.is_file()
        for line in path.read_text().splitlines()
        if line.startswith("{")
    ]
    names = [event["Event"] for event in told]
    assert names.count("SparkListenerApplicationStart") == 1
    assert names.count("SparkListenerJobEnd") > 1
    [settings] = [event["Spark Properties"] for event in told if event["Event"] == "SparkListenerEnvironmentUpdate"]
    assert settings["spark.master"] == "local[2]"
    assert settings["spark.sql.shuffle.partitions"] == "3"
