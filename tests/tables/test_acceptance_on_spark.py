"""Raw tables read by Spark's workers: the same accepted rows, quarantine, orphans and counts as on a laptop."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from garant.engines.spark import SparkEngine
from garant.exceptions import TableError
from garant.storage import sha256_file
from garant.tables.acceptance import accept_tables
from garant.tables.sources import DataFolder, find_sources
from garant.tables.synthetic import generate

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark"), pytest.mark.usefixtures("spark_session")]

Rows = list[dict[str, str]]


def change(path: Path, edit: Callable[[Rows], Rows]) -> None:
    """Write a CSV file anew."""
    rows = edit(list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def cut(path: Path, n_parts: int) -> list[Path]:
    """Make a folder of part files of a CSV file."""
    header, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.unlink()
    folder = path.with_suffix("")
    folder.mkdir()
    parts = [folder / f"part-{number}.csv" for number in range(n_parts)]
    for number, part in enumerate(parts):
        part.write_text(header + "".join(lines[number::n_parts]), encoding="utf-8")
    return parts


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lender with everything that is set aside, in one file and across files."""
    folder = tmp_path_factory.mktemp("messy") / "lender"
    generate(folder, scale=0.002, seed=5, file_format="csv")
    first, second, third = cut(folder / "bureau.csv", 3)
    known: Rows = []
    # Broken cells; copies and contradictions in another file than the first row of the key.
    change(first, lambda rows: known.extend(rows) or [{**rows[0], "DAYS_CREDIT": "soon"}, *rows[1:]])
    change(second, lambda rows: [*rows, dict(known[1]), {**known[2], "DAYS_CREDIT": "-3"}])
    change(third, lambda rows: [*rows, {**rows[0], "SK_ID_BUREAU": "987654321", "SK_ID_CURR": "987654321"}])
    pos, _ = cut(folder / "POS_CASH_balance.csv", 2)
    # The contract of one client under another one.
    change(pos, lambda rows: [*rows, {**rows[0], "SK_ID_CURR": rows[-1]["SK_ID_CURR"], "MONTHS_BALANCE": "-90"}])
    change(folder / "application_train.csv", lambda rows: [{**rows[0], "NAME_FAMILY_STATUS": "Elsewhere"}, *rows[1:]])
    return folder


@pytest.fixture
def engine() -> Iterator[SparkEngine]:
    with SparkEngine() as running:
        yield running


def source(folder: Path) -> DataFolder:
    found = find_sources(folder)
    assert isinstance(found, DataFolder)
    return found


def contents(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in folder.rglob("*") if path.is_file()}


def test_accepted_tables_are_the_same_bytes_with_the_same_report(
    messy: Path, engine: SparkEngine, tmp_path: Path
) -> None:
    told: list[tuple[str, int, int]] = []
    here = accept_tables(source(messy), tmp_path / "here")
    there = accept_tables(source(messy), tmp_path / "there", engine=engine, progress=lambda *step: told.append(step))
    rules = {rule.rule for rule in here.report.rules}
    assert {"bureau.SK_ID_BUREAU.duplicate", "bureau.SK_ID_BUREAU.conflict"} < rules
    assert any(rule.endswith(".owner") for rule in rules)
    assert here.report.n_orphans
    assert here.report.warnings
    assert there.report == here.report
    assert there.digest == here.digest
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
    assert not [name for name in contents(tmp_path / "there") if "/." in name]
    assert [step for step, _, _ in told] == [f"read {count.file}" for count in here.report.files]


def test_a_file_that_is_refused_is_refused_in_the_same_words(messy: Path, engine: SparkEngine, tmp_path: Path) -> None:
    bad = messy / "bureau" / "part-1.csv"
    before = bad.read_bytes()
    bad.write_bytes(before.replace(b"Active", b"Act\xffve", 1))
    try:
        with pytest.raises(TableError) as here:
            accept_tables(source(messy), tmp_path / "here")
        with pytest.raises(TableError) as there:
            accept_tables(source(messy), tmp_path / "there", engine=engine)
    finally:
        bad.write_bytes(before)
    assert "bureau/part-1.csv" in str(there.value)
    assert (str(there.value), there.value.rule) == (str(here.value), here.value.rule)
    assert not list(tmp_path.iterdir())


def test_raw_tables_of_a_bucket_are_not_given_to_workers(capsys: pytest.CaptureFixture[str]) -> None:
    from garant.cli.app import main

    with pytest.raises(SystemExit) as ended:
        main(["check", "s3://bucket/raw", "--engine", "spark"])
    assert ended.value.code == 2
    assert "s3://bucket/raw is in a bucket" in capsys.readouterr().err
