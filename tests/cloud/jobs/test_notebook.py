"""The notebook runs without a person before it, once, and keeps nothing of a person."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from garant.cloud.notebook_job import Executed, execute, main
from job_platform import BUCKETS, Platform
from job_scripts import really_run

NOTEBOOK = Path(__file__).parents[3] / "notebooks" / "portfolio_emr.en.ipynb"

Cell = dict[str, Any]


def notebook(*sources: str) -> Cell:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": ["old"], "source": source} for source in sources]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def outputs(done: Executed) -> str:
    return json.dumps([cell.get("outputs") for cell in done.notebook["cells"]])


def test_cells_share_a_namespace_and_old_outputs_go() -> None:
    done = execute(notebook("a = 20", "assert a == 20\na += 1", "assert a == 21"))
    assert done.failure == ""
    assert [cell["outputs"] for cell in done.notebook["cells"]] == [[], [], []]
    assert [cell["execution_count"] for cell in done.notebook["cells"]] == [1, 2, 3]


@pytest.mark.parametrize("source", ["[{'SK_ID_CURR': 100001}]", "print('SK_ID_CURR 100001')", "'100001'", "100001"])
def test_what_may_be_the_row_of_a_person_is_not_kept(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    done = execute(notebook(source))
    assert done.failure == ""
    assert "100001" not in outputs(done)
    assert "not kept" in outputs(done)
    assert "100001" not in capsys.readouterr().out


def test_the_first_cell_that_fails_is_the_last_and_tells_why() -> None:
    done = execute(notebook("a = 1", "raise ValueError('planted')", "b = 2"))
    assert done.failure == "cell 2: ValueError: planted"
    [error] = done.notebook["cells"][1]["outputs"]
    assert (error["output_type"], error["evalue"], error["traceback"]) == ("error", "planted", [])
    assert done.notebook["cells"][2]["execution_count"] is None


def on_duckdb(given: Cell) -> Cell:
    """The same notebook with the engine of this machine, so that no Spark need be started."""
    for cell in given["cells"]:
        cell["source"] = "".join(cell["source"]).replace("language=LANGUAGE)", 'language=LANGUAGE, engine="duckdb")')
    return given


def portfolio(platform: Platform, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("DATA", platform.lender), ("BUNDLE", platform.bundle), ("OUT", out)):
        monkeypatch.setenv(f"GARANT_NOTEBOOK_{name}", str(value))


def require_whole(done: Executed, out: Path) -> None:
    """Everything that the notebook shows was kept, and its runs are there."""
    assert done.failure == ""
    cells = [cell for cell in done.notebook["cells"] if cell["cell_type"] == "code"]
    assert [bool(cell["outputs"]) for cell in cells] == [False, False, False, *[True] * 7, False]
    assert not [word for word in ("A value of type", "printed lines") if word in outputs(done)]
    assert "image/svg+xml" in outputs(done)
    assert (out / "scores" / "current.json").is_file()
    assert (out / "pca" / "current.json").is_file()
    assert "Traceback" not in outputs(done)


def test_the_notebook_of_the_portfolio_comes_to_its_end(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portfolio(platform, tmp_path / "out", monkeypatch)
    require_whole(execute(on_duckdb(json.loads(NOTEBOOK.read_text(encoding="utf-8")))), tmp_path / "out")


@pytest.mark.faults
@pytest.mark.spark
def test_the_notebook_of_the_portfolio_comes_to_its_end_on_spark(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portfolio(platform, tmp_path / "out", monkeypatch)
    monkeypatch.setenv("GARANT_SPARK_MASTER", "local[2]")
    require_whole(execute(json.loads(NOTEBOOK.read_text(encoding="utf-8"))), tmp_path / "out")


def test_a_notebook_is_sent_run_as_a_job_and_not_run_twice(
    platform: Platform, tmp_path: Path, make_notebook: Callable[..., Path]
) -> None:
    assert platform.garant("upload", str(platform.lender)).code == 0
    against_policy: list[str] = []
    platform.cloud.script = really_run(platform.s3, tmp_path, against_policy)
    path = make_notebook("import os", "assert os.environ['GARANT_NOTEBOOK_OUT'].startswith('s3://')\n[100001]")
    words = ["notebook", str(path), "--bundle", str(platform.bundle), "--environment", str(platform.environment)]
    said = platform.garant(*words)
    platform.cloud.wait()
    assert said.code == 0, said.err
    assert against_policy == []
    [name] = platform.cloud.started
    run_id = name.split("-")[1]
    result = platform.read("results", f"notebooks/run_id={run_id}/{path.name}").decode()
    assert "not kept" in result
    assert "[100001]" in json.loads(result)["cells"][1]["source"], "the code is as it was"
    assert f"s3://{BUCKETS['results']}/notebooks/run_id={run_id}/{path.name}" in said.out

    again = platform.garant(*words)
    assert again.code == 0
    assert "is there already: nothing was started" in again.err
    assert platform.cloud.started == [name]


def test_another_notebook_than_the_one_that_was_sent_is_not_run(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.dumps(notebook("raise SystemExit('it was run')")).encode()
    platform.s3.put_object(Bucket=BUCKETS["curated"], Key="environments/n.ipynb", Body=content)
    source, result = f"s3://{BUCKETS['curated']}/environments/n.ipynb", f"s3://{BUCKETS['results']}/notebooks/n.ipynb"
    assert main([source, "0" * 64, result]) == 3
    assert "is not the notebook that was sent" in capsys.readouterr().err
    assert platform.keys("results", "notebooks/") == set()
    assert main([source, result]) == 2
    assert main(["here.ipynb", "0" * 64, result]) == 2


def test_a_notebook_that_failed_is_told_and_run_again(
    platform: Platform, tmp_path: Path, make_notebook: Callable[..., Path]
) -> None:
    assert platform.garant("upload", str(platform.lender)).code == 0
    platform.cloud.script = really_run(platform.s3, tmp_path, [])
    path = make_notebook("raise SystemError('planted')")
    words = ["notebook", str(path), "--bundle", str(platform.bundle), "--environment", str(platform.environment)]
    said = platform.garant(*words)
    assert said.code == 3
    assert "error: cell 1: SystemError: planted" in said.err
    assert platform.garant(*words).code == 3
    assert len(platform.cloud.started) == 2, "one that failed is not taken for one that was run"
    assert platform.garant("notebook", "none.ipynb", *words[2:]).code == 2
    assert platform.garant("notebook", str(platform.bundle / "bundle.json"), *words[2:]).code == 2


@pytest.fixture
def make_notebook(tmp_path: Path) -> Callable[..., Path]:
    """Write a small notebook."""

    def make(*sources: str) -> Path:
        path = tmp_path / "small.ipynb"
        path.write_text(json.dumps(notebook(*sources)), encoding="utf-8")
        return path

    return make
