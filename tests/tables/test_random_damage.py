"""Whatever happens to a file: it is refused, or every row is accounted for and the sound ones survive.

A row counts as sound when its line, or its position in a Parquet file, still holds what was written there at first.
"""

import csv
import gzip
import io
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from garant.exceptions import GarantError
from garant.tables.acceptance import accept_tables
from garant.tables.accepted import AcceptedTables, open_accepted
from garant.tables.sources import DataFolder, Purpose, find_sources

Row = dict[str, str]
Tables = dict[str, list[Row]]
Meant = Callable[[str, str, str], object]

WITHOUT = ("previous_application", "credit_card_balance")
"""Tables that add nothing to those that are damaged."""

TOKENS = (
    *(b'"', b'""', b",", b"\n", b"\r", b"\r\n", b"\0", b"\xe9", "é".encode(), b"\xff\xfe", b";", b"\t", b" "),
    *(b"-", b".", b"0", b"9", b"1e400", b"NaN", b"=", b"\xc2\xa0", b"365243", b"XNA"),
)

NASTY = (
    *("", " ", "NaN", "NULL", "NA", "null", "inf", "-inf", "1e400", "1e-400", "-0", "0", "1", "-1", "2", "+5", "007"),
    *("1.5", "1,5", "1 000", "1\u00a0000", "1_000", "１２", "0x10", "true", "XNA", "XAP", "365243", "-7000", "-100000"),
    *("0.0001", "59.000000000000004", "9223372036854775807", "9223372036854775808", "9007199254740993", "9" * 400),
    *('say "x"', "a\nb", "a\r\nb", "=cmd|'/c calc'!A0", "<script>", "\u202eabc", "\ufeff", "C", "c", "2026-01-31"),
)

Make = Callable[[list[str]], pa.Array]

EXACT: tuple[Make, ...] = (
    lambda cells: pa.array([Decimal(c) if c else None for c in cells], pa.decimal128(38, 3)),
    lambda cells: pa.array([Decimal(c) if c else None for c in cells], pa.decimal256(60, 10)),
    lambda cells: pa.array([int(Decimal(c)) if c else None for c in cells], pa.int64()),
    lambda cells: pa.array([int(Decimal(c)) if c else None for c in cells], pa.uint64()),
    lambda cells: pa.array(cells).dictionary_encode(),
    lambda cells: pa.array(cells, pa.large_string()),
)
"""Other types of a column, which mostly hold its cells exactly."""

TYPES: tuple[Make, ...] = (
    lambda cells: pa.array([int(Decimal(c)) if c else None for c in cells], pa.int16()),
    lambda cells: pa.array([float(c) if c else None for c in cells], pa.float64()),
    lambda cells: pa.array([float(c) if c else None for c in cells], pa.float32()),
    lambda cells: pa.array([c.encode() for c in cells], pa.binary()),
    lambda cells: pa.array([[c] for c in cells]),
    lambda cells: pa.array([{"cell": c} for c in cells]),
    lambda cells: pa.array([c == "1" for c in cells]),
    lambda cells: pa.array([int(Decimal(c)) if c else None for c in cells], pa.timestamp("us")),
    lambda cells: pa.array([int(Decimal(c)) if c else None for c in cells], pa.date32()),
    lambda cells: pa.nulls(len(cells)),
)
"""Other types that mostly do not; a type that cannot be made of the cells leaves the column as it is."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One damage: to which table, of what kind, where, with what."""

    table: str
    kind: str
    place: int
    other: int


def edits(*kinds: str) -> st.SearchStrategy[list[Edit]]:
    tables = ("application", "bureau", "bureau_balance", "POS_CASH_balance", "installments_payments")
    one = st.builds(
        Edit, st.sampled_from(tables), st.sampled_from(kinds), st.integers(0, 10_000), st.integers(0, 10_000)
    )
    return st.lists(one, min_size=1, max_size=5)


def random_tables(seed: int) -> Tables:
    """Tables of up to 25 clients with up to 4 rows of each child table, and some rows of nobody's."""
    rng = np.random.default_rng(seed)
    first = int(rng.choice([100_001, 2**53 - 3, 2**63 - 30]))
    clients = [first + n for n in range(int(rng.integers(2, 26)))]

    def amount() -> str:
        return str(rng.choice(["", "0", "0.0", "0.001", str(rng.integers(10**11)), f"{rng.integers(10**9)}.125"]))

    def day() -> str:
        return str(rng.choice(["0", str(-rng.integers(1, 20_000)), f"{-rng.integers(1, 3_000)}.0"]))

    tables: Tables = {
        "application": [
            {
                "SK_ID_CURR": str(client),
                "TARGET": str(number % 2),
                "NAME_CONTRACT_TYPE": str(rng.choice(["Cash loans", "Revolving loans", "XNA", "Prêt, neuf"])),
                "AMT_INCOME_TOTAL": amount(),
                "AMT_CREDIT": amount(),
                "AMT_ANNUITY": amount(),
                "DAYS_BIRTH": str(-rng.integers(6_574, 40_000)),
                "DAYS_EMPLOYED": str(rng.choice(["365243", day()])),
                "EXT_SOURCE_2": str(rng.choice(["", repr(rng.random()), "9.53E-05"])),
            }
            for number, client in enumerate(clients)
        ]
    }
    kids = [(client, number) for client in (*clients, 77) for number in range(int(rng.integers(0, 5)))]
    numbers = list(enumerate(kids, start=5_000_001))
    tables["bureau"] = [
        {
            "SK_ID_CURR": str(client),
            "SK_ID_BUREAU": str(number),
            "CREDIT_ACTIVE": str(rng.choice(["Active", "Closed"])),
            "DAYS_CREDIT": day(),
            "AMT_CREDIT_SUM": amount(),
            "AMT_CREDIT_SUM_DEBT": f"-{rng.integers(1000)}.5",
        }
        for number, (client, _) in numbers
    ]
    tables["bureau_balance"] = [
        {"SK_ID_BUREAU": str(number), "MONTHS_BALANCE": str(-month), "STATUS": str(rng.choice(list("CX012345")))}
        for number, (_, months) in numbers
        for month in range(months)
    ]
    contract = {"SK_DPD": "0", "SK_DPD_DEF": ""}
    tables["POS_CASH_balance"] = [
        {"SK_ID_PREV": str(client), "SK_ID_CURR": str(client), "MONTHS_BALANCE": str(-number), **contract}
        for client, number in kids
    ]
    tables["installments_payments"] = [
        {
            "SK_ID_PREV": str(client),
            "SK_ID_CURR": str(client),
            "NUM_INSTALMENT_NUMBER": str(number),
            "DAYS_INSTALMENT": day(),
            "DAYS_ENTRY_PAYMENT": day(),
            "AMT_INSTALMENT": amount(),
            "AMT_PAYMENT": amount(),
        }
        for client, number in kids
    ]
    headers = {table: list(rows[0]) for table, rows in tables.items() if rows}
    order = {table: list(rng.permutation(names)) for table, names in headers.items()}
    return {
        table: [{name: row[name] for name in order[table]} for row in rows] for table, rows in tables.items() if rows
    }


def text_of(rows: list[Row]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def damaged(data: bytes, edit: Edit) -> bytes:
    """Text of a file after one damage."""
    if edit.kind in LINE_EDITS:
        lines = data.split(b"\n")
        LINE_EDITS[edit.kind](lines, edit.place % max(len(lines) - 1, 1), edit)
        return b"\n".join(lines)
    at, token = edit.place % max(len(data), 1), TOKENS[edit.other % len(TOKENS)]
    return {
        "insert": data[:at] + token + data[at:],
        "delete": data[:at] + data[at + 1 + edit.other % 3 :],
        "replace": data[:at] + token + data[at + len(token) :],
        "flip": data[:at] + bytes(byte ^ (1 << edit.other % 8) for byte in data[at : at + 1]) + data[at + 1 :],
        "cut": data[:at],
    }[edit.kind]


def quote(lines: list[bytes], row: int, edit: Edit) -> None:
    at = edit.other % (len(lines[row]) + 1)
    lines[row] = lines[row][:at] + b'"' + lines[row][at:]


def nasty(lines: list[bytes], row: int, edit: Edit) -> None:
    cells = lines[row].split(b",")
    cells[edit.other % len(cells)] = NASTY[edit.place % len(NASTY)].encode()
    lines[row] = b",".join(cells)


def repeat(lines: list[bytes], row: int, edit: Edit) -> None:
    lines[row:row] = [lines[row]] * (1 + edit.other % 3)


def drop_cell(lines: list[bytes], row: int, _edit: Edit) -> None:
    lines[row] = lines[row].rpartition(b",")[0]


def shuffle(lines: list[bytes], _row: int, edit: Edit) -> None:
    rows = lines[1:-1]
    lines[1:-1] = [rows[position] for position in np.random.default_rng(edit.other).permutation(len(rows))]


def swap(lines: list[bytes], row: int, edit: Edit) -> None:
    n_cells = lines[row].count(b",") + 1
    lines[1:-1] = [swapped(line, edit.place % n_cells, edit.other % n_cells) for line in lines[1:-1]]


def recode(lines: list[bytes], row: int, edit: Edit) -> None:
    lines[row] = lines[row].replace(b"a", "é".encode(("cp1252", "utf-16-le", "utf-8")[edit.other % 3]))


LINE_EDITS = {edit.__name__: edit for edit in (quote, nasty, repeat, drop_cell, shuffle, swap, recode)}


def swapped(line: bytes, one: int, other: int) -> bytes:
    cells = line.split(b",")
    if max(one, other) < len(cells):
        cells[one], cells[other] = cells[other], cells[one]
    return b",".join(cells)


TEXT_KINDS = (
    *("insert", "delete", "replace", "flip", "cut", "quote", "nasty", "nasty", "nasty", "repeat", "drop_cell"),
    *("shuffle", "swap", "recode"),
)


DAMAGED_TEXT = given(
    seed=st.integers(0, 10_000),
    damage=edits(*TEXT_KINDS),
    suffix=st.sampled_from([".csv", ".csv.gz"]),
    purpose=st.sampled_from(["train", "score"]),
)


@settings(max_examples=50)
@DAMAGED_TEXT
def test_damaged_text_is_refused_or_accounted_for_row_by_row(
    seed: int, damage: list[Edit], suffix: str, purpose: Purpose, meant: Meant
):
    check_text(seed, damage, suffix, purpose, meant)


@pytest.mark.faults
@settings(max_examples=200)
@DAMAGED_TEXT
def test_much_damaged_text_is_refused_or_accounted_for_row_by_row(
    seed: int, damage: list[Edit], suffix: str, purpose: Purpose, meant: Meant
):
    check_text(seed, damage, suffix, purpose, meant)


def check_text(seed: int, damage: list[Edit], suffix: str, purpose: Purpose, meant: Meant) -> None:
    tables = random_tables(seed)
    sound = {table: text_of(rows) for table, rows in tables.items()}
    texts = dict(sound)
    for edit in damage:
        if edit.table in texts:
            texts[edit.table] = damaged(texts[edit.table], edit)
    packed = {t: gzip.compress(data, 1) if suffix == ".csv.gz" else data for t, data in texts.items()}
    with tempfile.TemporaryDirectory() as place:
        accepted = accepted_or_refused(Path(place), packed, suffix, purpose)
        if accepted is None:
            return
        for table, data in texts.items():
            known = dict(zip(sound[table].split(b"\n")[1:-1], tables[table], strict=True))
            lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
            header = next(number for number, line in enumerate(lines, 1) if line)
            places = {number: line for number, line in enumerate(lines, 1) if line and number > header}
            is_whole = lines[header - 1] == sound[table].split(b"\n")[0]
            intact = {number: known[line] for number, line in places.items() if line in known and is_whole}
            stray = any(b'"' in line for number, line in places.items() if number not in intact)
            found = account_for(accepted, table, intact, meant)
            assert found <= places.keys()
            # Only a quote that nobody meant can make one row of several lines.
            assert stray or b'"' in lines[header - 1] or found == places.keys()


DAMAGED_PARQUET = given(
    seed=st.integers(0, 10_000),
    damage=edits("exact", "exact", "exact", "type", "null", "nasty", "repeat", "shuffle", "swap", "cut"),
    purpose=st.sampled_from(["train", "score"]),
)


@settings(max_examples=30)
@DAMAGED_PARQUET
def test_damaged_parquet_is_refused_or_accounted_for_row_by_row(
    seed: int, damage: list[Edit], purpose: Purpose, meant: Meant
):
    check_parquet(seed, damage, purpose, meant)


@pytest.mark.faults
@settings(max_examples=200)
@DAMAGED_PARQUET
def test_much_damaged_parquet_is_refused_or_accounted_for_row_by_row(
    seed: int, damage: list[Edit], purpose: Purpose, meant: Meant
):
    check_parquet(seed, damage, purpose, meant)


def check_parquet(seed: int, damage: list[Edit], purpose: Purpose, meant: Meant) -> None:
    tables = random_tables(seed)
    whole: dict[str, list[Row | None]] = {table: list(rows) for table, rows in tables.items()}
    columns = {table: {name: pa.array([r[name] for r in rows]) for name in rows[0]} for table, rows in tables.items()}
    cuts: dict[str, int] = {}
    for edit in damage:
        if edit.table not in tables:
            continue
        if edit.kind == "cut":
            cuts[edit.table] = edit.place
        else:
            columns[edit.table] = spoiled(columns[edit.table], whole[edit.table], edit)
    data = {table: parquet_of(parts) for table, parts in columns.items()}
    data |= {table: data[table][: at % len(data[table])] for table, at in cuts.items()}
    with tempfile.TemporaryDirectory() as place:
        accepted = accepted_or_refused(Path(place), data, ".parquet", purpose)
        if accepted is None:
            return
        assert not cuts
        for table in tables:
            intact = {position + 2: row for position, row in enumerate(whole[table]) if row is not None}
            assert account_for(accepted, table, intact, meant) == set(range(2, len(whole[table]) + 2))


def spoiled(columns: dict[str, pa.Array], rows: list[Row | None], edit: Edit) -> dict[str, pa.Array]:
    """Columns after one damage; rows that it touches become None in `rows`."""
    names = list(columns)
    name, row = names[edit.other % len(names)], edit.place % len(rows)
    cells = columns[name]
    match edit.kind:
        case "type" | "exact":
            makers = EXACT if edit.kind == "exact" else TYPES
            try:
                made = makers[edit.place % len(makers)](cells.cast(pa.string()).to_pylist())
            except (ValueError, ArithmeticError, pa.ArrowException, AttributeError):
                return columns
            if not holds(made, cells.to_pylist()):
                rows[:] = [None] * len(rows)
            return columns | {name: made}
        case "null" | "nasty":
            if not pa.types.is_string(cells.type):
                return columns
            texts = cells.to_pylist()
            texts[row] = None if edit.kind == "null" else NASTY[edit.place % len(NASTY)]
            rows[row] = None
            return columns | {name: pa.array(texts, pa.string())}
        case "swap":
            other = names[edit.place % len(names)]
            rows[:] = rows if other == name else [None] * len(rows)
            return columns | {name: columns[other], other: cells}
        case "repeat":
            order = [*range(len(rows)), row]
        case _:
            order = np.random.default_rng(edit.other).permutation(len(rows)).tolist()
    rows[:] = [rows[position] for position in order]
    return {column: values.take(pa.array(order)) for column, values in columns.items()}


def holds(made: pa.Array, cells: list[str]) -> bool:
    """Whether a column of another type holds the same values exactly: numbers as integers or decimals, text as text."""
    if pa.types.is_integer(made.type) or pa.types.is_decimal(made.type):
        numbers = [None if value is None else Decimal(value) for value in made.to_pylist()]
        return numbers == [Decimal(cell) if cell else None for cell in cells]
    is_text = pa.types.is_dictionary(made.type) or pa.types.is_large_string(made.type)
    return is_text and made.to_pylist() == cells


def parquet_of(columns: Mapping[str, pa.Array]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(dict(columns)), sink)
    return sink.getvalue().to_pybytes()


def accepted_or_refused(
    place: Path, files: Mapping[str, bytes], suffix: str, purpose: Purpose
) -> AcceptedTables | None:
    """Accepted tables that reconcile; None for data that are refused on purpose, without a trace of them."""
    folder = place / "data"
    folder.mkdir()
    for table, data in files.items():
        (folder / f"{table}{suffix}").write_bytes(data)
    absent = {"bureau", "bureau_balance", "POS_CASH_balance", "installments_payments"} - files.keys()
    without = (*WITHOUT, *absent, *(["bureau_balance"] if "bureau" in absent else []))
    try:
        found = find_sources(folder, without=without)
        assert isinstance(found, DataFolder)
        accept_tables(found, place / "out", purpose=purpose, threads=1)
    except GarantError as error:
        event("refused")
        code, message = error.exit_code, str(error)
        if code not in {2, 3} or len(message) < 20 or [path.name for path in place.iterdir()] != ["data"]:
            raise
        return None
    event("accepted")
    accepted = open_accepted(place / "out", verify=True)
    for count in accepted.report.files:
        assert count.rows == count.accepted + count.orphans + count.quarantined
    assert sorted(path.name for path in place.iterdir()) == ["data", "out"]
    return accepted


def account_for(accepted: AcceptedTables, table: str, intact: Mapping[int, Row], meant: Meant) -> set[int]:
    """Lines at which rows of the table are, each once; sound rows hold what was meant."""
    if table not in accepted.tables:
        return set(intact)
    good = [row for path in (*accepted.files[table], accepted.orphans(table)) for row in rows_of(path)]
    bad = rows_of(accepted.quarantine(table))
    lines = Counter(row["source_line"] for row in (*good, *bad))
    assert set(lines.values()) <= {1}
    for row in good:
        for name, cell in intact.get(row["source_line"], {}).items():
            assert row[name] == meant(table, name, cell), (table, row["source_line"], name)
    for row in bad:
        if row["source_line"] in intact:
            # A sound row can fall only together with others: a copy, a contradiction, a contract of two clients.
            codes = {rule.rpartition(".")[2] for rule in row["rules"]}
            assert codes <= {"duplicate", "conflict", "owner"}, row
    return set(lines)


def rows_of(path: Path | None) -> list[dict[str, Any]]:
    return [] if path is None else pq.read_table(path).to_pylist()


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_sound_random_tables_are_accepted_whole(seed: int, meant: Meant):
    tables = random_tables(seed)
    with tempfile.TemporaryDirectory() as place:
        files = {table: text_of(rows) for table, rows in tables.items()}
        accepted = accepted_or_refused(Path(place), files, ".csv", "train")
        assert accepted is not None
        assert accepted.report.n_quarantined == 0
        for table, rows in tables.items():
            intact = dict(enumerate(rows, start=2))
            assert account_for(accepted, table, intact, meant) == intact.keys()
