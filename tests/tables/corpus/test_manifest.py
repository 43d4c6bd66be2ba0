"""Files that ship with a manifest are held to it; files that change while they are read are noticed."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from garant.exceptions import TableError
from garant.tables.acceptance import accept_tables
from garant.tables.schema import TABLES
from garant.tables.sources import DataFolder, find_sources

NAME = "garant-manifest.json"


def listed(path: Path, **other: Any) -> dict[str, Any]:  # noqa: ANN401 - what a manifest may hold
    data = path.read_bytes()
    n_rows = pq.read_metadata(path).num_rows if path.suffix == ".parquet" else 200
    said = {"table": path.name.partition(".")[0], "rows": n_rows, "bytes": len(data)}
    return {**said, "sha256": hashlib.sha256(data).hexdigest(), **other}


def manifest(change: Callable[[dict[str, Any]], object] = lambda _: None, version: int = 1) -> Callable[[Path], None]:
    """Write a manifest of the folder in which one thing may be wrong."""

    def write(folder: Path) -> None:
        files = {path.name: listed(path) for path in folder.iterdir() if path.name.partition(".")[0] in TABLES}
        change(files)
        (folder / NAME).write_text(json.dumps({"format": "garant-manifest", "version": version, "files": files}))

    return write


def other(**values: Any) -> Callable[[dict[str, Any]], object]:  # noqa: ANN401
    """Say something else of the bureau's file."""
    return lambda files: next(said for name, said in files.items() if name.startswith("bureau.")).update(values)


def wrong(change: Callable[[dict[str, Any]], object], *says: str) -> dict[str, Any]:
    return {"do": lambda x: x.then(manifest(change)), "refused": "file.manifest", "says": says}


CASES: dict[str, dict[str, Any]] = {
    "a manifest that fits": {"do": lambda x: x.then(manifest())},
    "fewer bytes than listed": wrong(other(bytes=10**9), "bureau.", "1000000000"),
    "another content than listed": wrong(other(sha256="0" * 64), "bureau."),
    "fewer rows than listed": wrong(other(rows=201), "bureau.", "201"),
    "another table than listed": wrong(other(table="bureau_balance"), "bureau."),
    "a file that is not listed": wrong(
        lambda files: files.pop(next(name for name in files if name.startswith("bureau."))), "bureau."
    ),
    "a listed file that is not there": wrong(
        lambda files: files.update({"bureau/part-9.csv": {**next(iter(files.values())), "table": "bureau"}}),
        "bureau/part-9.csv",
    ),
    "a manifest of a later version": {
        "do": lambda x: x.then(manifest(version=99)),
        "formats": (".csv",),
        "refused": "file.manifest_format",
        "says": [NAME],
    },
    "a manifest that is no JSON": {
        "do": lambda x: x.then(lambda folder: (folder / NAME).write_text("{")),
        "formats": (".csv",),
        "refused": "file.manifest_format",
        "says": [NAME],
    },
}

ELSEWHERE = {"file.changed", "file.gone", "file.no_permission"}
"""Rules that a state of the folder cannot break; the tests below break them."""


def test_files_are_held_to_their_manifest(case: dict[str, Any], suffix: str, run_case: Callable[..., None]):
    run_case(case, suffix)


@pytest.fixture
def found(lender: Callable[[str], Any], tmp_path: Path) -> DataFolder:
    lender(".csv").write(tmp_path / "data")
    data = find_sources(tmp_path / "data")
    assert isinstance(data, DataFolder)
    return data


def test_a_file_that_grows_while_it_is_read_is_refused(found: DataFolder, tmp_path: Path):
    def grow(step: str, _done: int, _total: int) -> None:
        if "bureau.csv" in step:
            with (found.folder / "bureau.csv").open("a") as stream:
                stream.write("100001,1,Active,-1,1,1.0,\n")

    with pytest.raises(TableError, match=r"bureau\.csv: the file changed") as caught:
        accept_tables(found, tmp_path / "out", progress=grow, threads=1)
    assert caught.value.rule == "file.changed"
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_file_that_is_replaced_by_one_of_equal_size_is_refused(found: DataFolder, tmp_path: Path):
    def replace(step: str, _done: int, _total: int) -> None:
        if "bureau.csv" in step:
            old = found.folder / "bureau.csv"
            (found.folder / "new").write_bytes(old.read_bytes().replace(b"Active", b"Closed"))
            (found.folder / "new").replace(old)

    with pytest.raises(TableError, match=r"bureau\.csv: the file changed"):
        accept_tables(found, tmp_path / "out", progress=replace, threads=1)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_file_that_vanishes_before_it_is_read_is_refused(found: DataFolder, tmp_path: Path):
    (found.folder / "bureau.csv").unlink()
    with pytest.raises(TableError, match=r"bureau\.csv: is not there any more") as caught:
        accept_tables(found, tmp_path / "out", threads=1)
    assert caught.value.rule == "file.gone"
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_may_not_be_read_is_refused(found: DataFolder, tmp_path: Path):
    (found.folder / "bureau.csv").chmod(0)
    with pytest.raises(TableError, match=r"bureau\.csv") as caught:
        accept_tables(found, tmp_path / "out", threads=1)
    assert caught.value.rule == "file.no_permission"
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
