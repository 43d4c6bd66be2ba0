"""Parquet of any writer: exactly, or refused with the type named; damage is noticed."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.exceptions import TableError
from garant.tables.accepted import AcceptedTables
from garant.tables.config import ReadOptions
from garant.tables.reading import match_file, read_raw
from garant.tables.schema import TABLES
from garant.tables.source_file import Format, SourceFile

Book = dict[str, list[dict[str, str]]]
Accept = Callable[..., AcceptedTables]
Write = Callable[..., Path]


def replace(folder: Path, table: str, **columns: pa.Array) -> Path:
    """Replace columns of the Parquet file of `table`."""
    path = folder / f"{table}.parquet"
    found = pq.read_table(path)
    for name, values in columns.items():
        found = found.drop_columns([name]) if name in found.column_names else found
        found = found.append_column(name, values)
    try:
        pq.write_table(found, path)
    except pa.ArrowNotImplementedError as missing:
        # The oldest pyarrow that is allowed reads string_view, and does not write it.
        pytest.skip(str(missing))
    return path


def column(accepted: AcceptedTables, table: str, name: str) -> list[Any]:
    return pq.read_table(list(accepted.files[table]))[name].to_pylist()


EXACT: list[tuple[str, pa.Array, list[Any]]] = [
    ("AMT_CREDIT_SUM", pa.array([Decimal("91323.125")] * 30, pa.decimal128(12, 3)), [91_323_125] * 30),
    ("AMT_CREDIT_SUM", pa.array([Decimal("91323.12")] * 30, pa.decimal256(40, 2)), [91_323_120] * 30),
    ("AMT_CREDIT_SUM", pa.array([7] * 30, pa.int32()), [7000] * 30),
    ("AMT_CREDIT_SUM", pa.array(["91323.5"] * 30, pa.large_string()), [91_323_500] * 30),
    ("AMT_CREDIT_SUM", pa.array([None] * 30, pa.null()), [None] * 30),
    ("DAYS_CREDIT", pa.array([-400] * 30, pa.int16()), [-400] * 30),
    ("DAYS_CREDIT", pa.array(["-400"] * 30, pa.string_view()), [-400] * 30),
    ("DAYS_CREDIT", pa.array([-400.0] * 30, pa.float32()), [-400] * 30),
    ("CREDIT_ACTIVE", pa.array(["Active"] * 30).dictionary_encode(), ["Active"] * 30),
    ("CREDIT_ACTIVE", pa.array(["Active"] * 30, pa.large_string()), ["Active"] * 30),
    ("CREDIT_ACTIVE", pa.array(["Active"] * 30, pa.string_view()), ["Active"] * 30),
    ("CREDIT_DAY_OVERDUE", pa.array([2**62] * 30, pa.uint64()), [2**62] * 30),
]


@pytest.mark.parametrize(("name", "values", "expected"), EXACT, ids=[f"{n}-{v.type}" for n, v, _ in EXACT])
def test_types_that_hold_the_values_are_cast_exactly(
    accept: Accept, book: Book, write: Write, name: str, values: pa.Array, expected: list[Any]
):
    folder = write(book, ".parquet")
    replace(folder, "bureau", **{name: values})
    assert column(accept(folder), "bureau", name) == expected


UNFIT: list[tuple[str, pa.Array]] = [
    ("AMT_CREDIT_SUM", pa.array([1.5] * 30, pa.float32())),
    ("DAYS_CREDIT", pa.array([datetime(2026, 1, 31)] * 30, pa.timestamp("us"))),  # noqa: DTZ001 - a raw column has no zone
    ("SK_ID_BUREAU", pa.array([b"5000001"] * 30, pa.binary())),
    ("CREDIT_ACTIVE", pa.array([[1]] * 30)),
    ("DAYS_CREDIT", pa.array([{"days": 1}] * 30)),
]


@pytest.mark.parametrize(("name", "values"), UNFIT, ids=[f"{n}-{v.type}" for n, v in UNFIT])
def test_a_type_that_cannot_hold_the_values_is_named(
    accept: Accept, book: Book, write: Write, name: str, values: pa.Array
):
    folder = write(book, ".parquet")
    replace(folder, "bureau", **{name: values})
    with pytest.raises(
        TableError, match=rf"bureau\.parquet: these columns cannot be read exactly: {name} is "
    ) as caught:
        accept(folder)
    assert caught.value.rule == "file.unfit_types"
    assert str(values.type).partition("<")[0] in str(caught.value)


def test_timestamps_at_midnight_are_dates(accept: Accept, book: Book, write: Write):
    folder = write(book, ".parquet")
    days = pa.array([datetime(2026, 1, 1 + n) for n in range(30)], pa.timestamp("ms"))  # noqa: DTZ001 - see above
    replace(folder, "application", APPLICATION_DATE=days)
    accepted = accept(folder)
    assert column(accepted, "application", "APPLICATION_DATE") == [datetime(2026, 1, 1 + n).date() for n in range(30)]  # noqa: DTZ001


def test_a_file_of_no_rows_is_legal_for_a_child(accept: Accept, book: Book, write: Write):
    folder = write(book, ".parquet")
    path = folder / "bureau_balance.parquet"
    pq.write_table(pq.read_table(path).slice(0, 0), path)
    report = accept(folder).report
    assert (report.table("bureau_balance").rows, report.n_accepted) == (0, 180)


def test_the_suffix_may_be_written_in_capitals(accept: Accept, book: Book, write: Write):
    folder = write(book, ".parquet")
    (folder / "bureau.parquet").rename(folder / "BUREAU.PARQUET")
    assert accept(folder).report.table("bureau").accepted == 30


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_cut_file_is_refused(accept: Accept, book: Book, write: Write, share: float):
    folder = write(book, ".parquet")
    path = folder / "bureau.parquet"
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(TableError, match=r"bureau\.parquet: cannot be read: .*copy or export it again") as caught:
        accept(folder)
    assert caught.value.rule == "file.unreadable"


@pytest.mark.parametrize("dictionary", [False, True], ids=["plain", "dictionary"])
def test_a_flipped_byte_is_noticed_where_pages_have_checksums(book: Book, write: Write, *, dictionary: bool):
    path = write(book, ".parquet") / "bureau.parquet"
    pq.write_table(pq.read_table(path), path, compression="none", use_dictionary=dictionary, write_page_checksum=True)
    sound = path.read_bytes()
    file, schema = SourceFile("bureau", path, path.name, Format.PARQUET), TABLES["bureau"]

    def cells() -> list[dict[str, Any]]:
        match = match_file(file, ReadOptions(), schema, renamed={})
        return [
            {name: values.to_pylist() for name, values in chunk.cells.items()}
            for chunk in read_raw(file, ReadOptions(), schema, match)
        ]

    expected, n_noticed = cells(), 0
    for place in (found.start() for found in re.finditer(b"Active", sound)):
        path.write_bytes(sound[:place] + b"B" + sound[place + 1 :])
        try:
            read = cells()
        except TableError as error:
            n_noticed += error.rule == "file.unreadable" and "CRC checksum verification failed" in str(error)
        else:
            # A flip of the statistics in a header changes nothing that is read.
            assert read == expected
    assert n_noticed == (1 if dictionary else 30)
