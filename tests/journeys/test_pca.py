"""`garant pca` as a user runs it: on the run that scored, on a disk and in a bucket."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("journey")

Garant = Callable[..., Any]


@pytest.fixture(scope="module")
def pca_run(garant: Garant, lender: Path, model: Path, run: dict[str, Any]) -> Any:  # noqa: ANN401 - what was said
    """Components of the scored clients, said as JSON."""
    arguments = ("--bundle", model, "--variance", "0.5", "--out", lender.parent / "pca", "--output", "json")
    return garant("pca", Path(run["folder"]).parents[1], *arguments)


def test_the_portfolio_that_was_scored_has_components(pca_run: Any, run: dict[str, Any]) -> None:  # noqa: ANN401
    assert pca_run.code == 0, pca_run.err
    said = pca_run.json
    assert said["rows"]["clients"] == run["rows"]["applicants"] - run["rows"]["set_aside"]
    assert said["explained"][-1]["cumulative"] >= 0.5 > said["explained"][-2]["cumulative"]
    folder = Path(said["folder"]) / "pca"
    with (folder / "pca_scores.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 1 + said["rows"]["clients"]
    assert rows[0] == ["SK_ID_CURR", *(entry["component"] for entry in said["explained"])]
    made = {"components", "pca_loadings.csv", "pca_loadings.parquet", "pca_scores", "plane.svg", "scree.svg"}
    assert made < {path.name for path in folder.iterdir()}


def test_a_table_says_what_was_used_and_what_comes_next(
    garant: Garant,
    lender: Path,
    model: Path,
    run: dict[str, Any],
    pca_run: Any,  # noqa: ANN401
) -> None:
    out = lender.parent / "pca"
    arguments = ("pca", Path(run["folder"]).parents[1], "--bundle", model, "--variance", "0.5", "--out", out)
    said = garant(*arguments)
    assert said.code == 0, said.err
    assert "nothing to do" in said.out
    assert "categories left out" in said.out
    assert f"garant pca LATER --with {pca_run.json['folder']}" in said.out
    listed = list(csv.DictReader(garant(*arguments, "--output", "csv").out.splitlines()))
    assert [row["component"] for row in listed] == [entry["component"] for entry in pca_run.json["explained"]]
    # The components of this run, applied to the raw tables, give every client the same place.
    later = garant("pca", lender, "--with", out, "--out", lender.parent / "later", "--output", "json")
    assert later.code == 0, later.err
    first, again = (
        Path(folder) / "pca" / "pca_scores.csv" for folder in (pca_run.json["folder"], later.json["folder"])
    )
    assert first.read_bytes() == again.read_bytes()


def test_misuse_is_said_and_nothing_is_written(garant: Garant, run: dict[str, Any], tmp_path: Path) -> None:
    done = garant("pca", run["folder"], "--components", "100000", "--out", tmp_path / "out")
    assert done.code == 2
    assert "at most" in done.err
    assert not (tmp_path / "out").exists()


def test_in_a_bucket_it_writes_the_bytes_of_a_disk_and_the_same_run_does_nothing(
    garant: Garant,
    model: Path,
    run: dict[str, Any],
    pca_run: Any,  # noqa: ANN401
    s3: Any,  # noqa: ANN401
    bucket: str,
) -> None:
    there = f"s3://{bucket}"
    runs = Path(run["folder"]).parents[1]
    for path in (path for path in runs.rglob("*") if path.is_file()):
        s3.client.upload_file(str(path), bucket, f"runs/{path.relative_to(runs).as_posix()}")
    arguments = ("--bundle", model, "--variance", "0.5", "--out", f"{there}/pca", "--output", "json")
    done = garant("pca", f"{there}/runs", *arguments)
    assert done.code == 0, done.err
    assert {**done.json, "folder": ""} == {**pca_run.json, "folder": ""}
    attempt = Path(pca_run.json["folder"])
    place = f"pca/{attempt.parent.name}/{attempt.name}"
    for path in (path for path in attempt.rglob("*") if path.is_file()):
        key = f"{place}/{path.relative_to(attempt).as_posix()}"
        assert s3.client.get_object(Bucket=bucket, Key=key)["Body"].read() == path.read_bytes()
    assert garant("pca", f"{there}/runs", *arguments).json["repeated"]
    placed = garant("pca", f"{there}/runs", "--with", f"{there}/pca", "--out", f"{there}/placed", "--output", "json")
    assert placed.code == 0, placed.err
    name = "pca/pca_scores.csv"
    assert placed.json["rows"]["clients"] == done.json["rows"]["clients"]
    folder = placed.json["folder"].removeprefix(f"{there}/")
    written = s3.client.get_object(Bucket=bucket, Key=f"{folder}/{name}")["Body"].read()
    assert written == (attempt / name).read_bytes()


@pytest.mark.faults
@pytest.mark.spark
def test_spark_works_in_a_bucket_without_a_disk_that_all_see(
    garant: Garant,
    model: Path,
    run: dict[str, Any],
    pca_run: Any,  # noqa: ANN401
    s3: Any,  # noqa: ANN401
    bucket: str,
) -> None:
    there = f"s3://{bucket}"
    runs = Path(run["folder"]).parents[1]
    for path in (path for path in runs.rglob("*") if path.is_file()):
        s3.client.upload_file(str(path), bucket, f"runs/{path.relative_to(runs).as_posix()}")
    arguments = ("--bundle", model, "--variance", "0.5", "--engine", "spark", "--output", "json")
    for source, out in ((f"{there}/runs", f"{there}/a"), (runs, f"{there}/b")):
        done = garant("pca", source, *arguments, "--out", out)
        assert done.code == 0, done.err
        assert done.json["manifest_digest"] == pca_run.json["manifest_digest"]
        prefix = done.json["folder"].removeprefix(f"{there}/") + "/"
        listed = s3.client.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]
        there_are = {found["Key"].removeprefix(prefix) for found in listed}
        attempt = Path(pca_run.json["folder"])
        assert there_are - {".writer"} == {p.relative_to(attempt).as_posix() for p in attempt.rglob("*") if p.is_file()}
