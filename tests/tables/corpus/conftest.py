"""The corpus of conditions: a small lender, what is done to its files, what must become of every row.

A module of the corpus holds ``CASES``: a sentence and a mapping with these keys.

==============  ====================================================================================================
``do``          function that damages the `Lender`
``refused``     id of the file rule that refuses the data; without it they are accepted
``says``        words that the refusal's message must hold
``aside``       row rule → (file without suffix, physical line) of the rows in quarantine; all others are not there
``orphans``     table → physical lines of its orphans
``warns``       warning that the sound lender does not have → words of it
``formats``     suffixes of the files; all three by default
``daily``       those of them that `make test` runs; by default ``DAILY`` of the module, or all
``purpose``     ``train`` (default) or ``score``
``lines``       file without suffix → function from the position of a row to its physical line, where lines shift
``without``     tables to go on without
==============  ====================================================================================================

Each test of the corpus runs every case in every format; some of them, by `make faults` alone. What accepted rows must
hold is computed from the text of the cells by the fixture ``meant``, not by the reader.
"""

import csv
import gzip
import io
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.exceptions import GarantError, TableError
from garant.storage import sha256_file
from garant.tables.acceptance import accept_tables
from garant.tables.accepted import AcceptedTables, open_accepted
from garant.tables.rules import Severity, rule_of
from garant.tables.schema import TABLES
from garant.tables.sources import DataFolder, Purpose, find_sources

Row = dict[str, str]
Lines = Callable[[int], int]
Place = tuple[str, int]
"""A file without its suffix and a physical line."""

FORMATS = (".csv", ".csv.gz", ".parquet")

N_CLIENTS = 200
"""So many that six broken rows are a small share: ten are one row in twenty."""


def _rows(client: int) -> dict[str, Row]:
    """One row of each table of the client; client n stands on line n + 2 of every file."""
    sk, credit, contract = str(100_001 + client), str(5_000_001 + client), str(2_000_001 + client)
    retired = client % 7 == 0
    return {
        "application": {
            "SK_ID_CURR": sk,
            "TARGET": str(int(client % 5 == 0)),
            "NAME_CONTRACT_TYPE": "Revolving loans" if client % 9 == 0 else "Cash loans",
            "CNT_CHILDREN": str(client % 3),
            "AMT_INCOME_TOTAL": f"{20_000 + 137 * client}.5",
            "AMT_CREDIT": f"{40_000 + client}.125",
            "AMT_ANNUITY": f"{2_400 + client}.0",
            "DAYS_BIRTH": str(-9_000 - 31 * client),
            "DAYS_EMPLOYED": "365243" if retired else str(-600 - client),
            "ORGANIZATION_TYPE": "XNA" if retired else "Trade: type 2",
            "EXT_SOURCE_2": "0.059000000000000004",
            "APARTMENTS_AVG": "" if client % 10 < 6 else "0.0247",
        },
        "bureau": {
            "SK_ID_CURR": sk,
            "SK_ID_BUREAU": credit,
            "CREDIT_ACTIVE": "Active" if client % 2 else "Closed",
            "DAYS_CREDIT": str(-400 - client),
            "DAYS_CREDIT_ENDDATE": "512.0",
            "AMT_CREDIT_SUM": f"{91_323 + client}.0",
            "AMT_CREDIT_SUM_DEBT": "" if client % 4 else "0.0",
        },
        "bureau_balance": {
            "SK_ID_BUREAU": credit,
            "MONTHS_BALANCE": str(-1 - client % 12),
            "STATUS": "C0X"[client % 3],
        },
        "previous_application": {
            "SK_ID_PREV": contract,
            "SK_ID_CURR": sk,
            "NAME_CONTRACT_STATUS": "Approved",
            "AMT_APPLICATION": "0.0",
            "AMT_CREDIT": f"{1_000 + client}.0",
            "DAYS_DECISION": str(-606 - client),
            "SELLERPLACE_AREA": "-1",
            "DAYS_FIRST_DRAWING": "365243.0",
        },
        "POS_CASH_balance": {
            "SK_ID_PREV": contract,
            "SK_ID_CURR": sk,
            "MONTHS_BALANCE": str(-1 - client % 5),
            "SK_DPD": "0",
        },
        "installments_payments": {
            "SK_ID_PREV": contract,
            "SK_ID_CURR": sk,
            "NUM_INSTALMENT_NUMBER": "6",
            "DAYS_INSTALMENT": "-1180.0",
            "DAYS_ENTRY_PAYMENT": str(-1187.0 - client),
            "AMT_INSTALMENT": "6948.36",
            "AMT_PAYMENT": "6948.36",
        },
        "credit_card_balance": {
            "SK_ID_PREV": contract,
            "SK_ID_CURR": sk,
            "MONTHS_BALANCE": "-6",
            "AMT_BALANCE": "56.97",
            "AMT_CREDIT_LIMIT_ACTUAL": "135000",
            "SK_DPD": "0",
        },
    }


@dataclass(slots=True)
class Lender:
    """Seven sound tables, and what a case does to them before they are written.

    Parameters
    ----------
    suffix : str
        Format of the files.
    files : dict of str to list of Row
        Rows of each file, by its name without suffix.
    """

    suffix: str
    files: dict[str, list[Row]]
    config: str = ""
    line_end: str = "\n"
    headers: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    _text_edits: dict[str, list[Callable[[bytes], bytes]]] = field(default_factory=dict[str, Any])
    _byte_edits: dict[str, list[Callable[[bytes], bytes]]] = field(default_factory=dict[str, Any])
    _typed: dict[tuple[str, str], Callable[[list[str]], pa.Array]] = field(default_factory=dict[tuple[str, str], Any])
    _later: list[Callable[[Path], object]] = field(default_factory=list[Callable[[Path], object]])

    def cell(self, file: str, client: int, column: str, value: str) -> None:
        """Write another value into the cell of one client."""
        self.files[file][client][column] = value

    def every(self, file: str, column: str, value: Callable[[str], str]) -> None:
        """Write other values into a column."""
        for row in self.files[file]:
            row[column] = value(row.get(column, ""))

    def add(self, file: str, like: int, **cells: str) -> None:
        """Append a copy of the row of client `like`, with other cells."""
        self.files[file].append(self.files[file][like] | cells)

    def empty(self, file: str) -> None:
        """Leave the header and no row."""
        self.headers[file] = tuple(self.files[file][0])
        self.files[file] = []

    def drop(self, file: str, *columns: str) -> None:
        """Leave columns out."""
        self.files[file] = [
            {name: cell for name, cell in row.items() if name not in columns} for row in self.files[file]
        ]

    def rename(self, file: str, **names: str) -> None:
        """Write other names into the header."""
        self.files[file] = [{names.get(name, name): cell for name, cell in row.items()} for row in self.files[file]]

    def swap(self, file: str, one: str, other: str) -> None:
        """Swap the cells of two columns."""
        for row in self.files[file]:
            row[one], row[other] = row[other], row[one]

    def turn(self, file: str) -> None:
        """Turn the order of the columns."""
        self.files[file] = [{name: row[name] for name in reversed(row)} for row in self.files[file]]

    def split(self, file: str, at: int, *names: str) -> None:
        """Write the rows of a file into two others."""
        rows = self.files.pop(file)
        self.files[names[0]], self.files[names[1]] = rows[:at], [dict(row) for row in rows[at:]]

    def move(self, file: str, to: str) -> None:
        """Give the file another name."""
        self.files[to] = self.files.pop(file)

    def text(self, file: str, edit: Callable[[bytes], bytes]) -> None:
        """Edit the text of a delimited file before it is packed."""
        self._text_edits.setdefault(file, []).append(edit)

    def lines(self, file: str, edit: Callable[[list[bytes]], list[bytes]]) -> None:
        """Edit the lines of a delimited file before it is packed; the last one is what follows the last line end."""
        end = self.line_end.encode()
        self.text(file, lambda data: end.join(edit(data.split(end))))

    def stored(self, file: str, edit: Callable[[bytes], bytes]) -> None:
        """Edit the bytes of a file as they lie on disk."""
        self._byte_edits.setdefault(file, []).append(edit)

    def typed(self, file: str, column: str, make: Callable[[list[str]], pa.Array]) -> None:
        """Give a column of a Parquet file another type than string."""
        self._typed[file, column] = make

    def then(self, act: Callable[[Path], object]) -> None:
        """Do something to the data folder when all is written."""
        self._later.append(act)

    def write(self, folder: Path) -> None:
        """Write all files."""
        folder.mkdir(parents=True)
        for name, rows in self.files.items():
            path = folder / f"{name}{self.suffix}"
            path.parent.mkdir(exist_ok=True)
            data = self._parquet(name, rows) if self.suffix == ".parquet" else self._text(name, rows)
            for edit in self._byte_edits.get(name, []):
                data = edit(data)
            path.write_bytes(data)
        if self.config:
            (folder / "tables.toml").write_text(self.config, encoding="utf-8")
        for act in self._later:
            act(folder)

    def _text(self, name: str, rows: list[Row]) -> bytes:
        stream = io.StringIO()
        writer = csv.DictWriter(stream, fieldnames=self._header(name), lineterminator=self.line_end)
        writer.writeheader()
        writer.writerows(rows)
        data = stream.getvalue().encode()
        for edit in self._text_edits.get(name, []):
            data = edit(data)
        return gzip.compress(data, 1, mtime=0) if self.suffix == ".csv.gz" else data

    def _parquet(self, name: str, rows: list[Row]) -> bytes:
        columns = {column: [row[column] for row in rows] for column in self._header(name)}
        arrays = {
            column: self._typed.get((name, column), lambda texts: pa.array(texts, pa.string()))(texts)
            for column, texts in columns.items()
        }
        sink = pa.BufferOutputStream()
        pq.write_table(pa.table(arrays), sink, write_page_checksum=True)
        return sink.getvalue().to_pybytes()

    def _header(self, name: str) -> tuple[str, ...]:
        return tuple(self.files[name][0]) if self.files[name] else self.headers[name]


@pytest.fixture
def lender() -> Callable[[str], Lender]:
    """Make a sound lender in a format."""
    return sound_lender


def sound_lender(suffix: str) -> Lender:
    made = [_rows(client) for client in range(N_CLIENTS)]
    return Lender(suffix, {table: [rows[table] for rows in made] for table in TABLES})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that asks for `case` with every case of its module in every format."""
    if "case" not in metafunc.fixturenames:
        return
    daily = vars(metafunc.module).get("DAILY", FORMATS)
    runs = [
        pytest.param(
            case,
            suffix,
            id=f"{sentence} ({suffix[1:]})",
            marks=() if suffix in case.get("daily", daily) else pytest.mark.faults,
        )
        for sentence, case in vars(metafunc.module)["CASES"].items()
        for suffix in case.get("formats", FORMATS)
    ]
    metafunc.parametrize(("case", "suffix"), runs)


@pytest.fixture
def run_case(
    tmp_path: Path, sound_warnings: Mapping[str, set[tuple[str, str]]], meant: Callable[[str, str, str], object]
) -> Callable[..., None]:
    """Write a damaged lender, read it, and hold what became of it to the expectation of the case."""

    def run(case: Mapping[str, Any], suffix: str) -> None:
        lender = sound_lender(suffix)
        case["do"](lender)
        folder = tmp_path / "data"
        lender.write(folder)
        read = _Reading(folder, tmp_path / "out", case.get("purpose", "train"), case.get("without", ()))
        if "refused" in case:
            _expect_refusal(read, case["refused"], case.get("says", ()))
        else:
            accepted = read.accept()
            _expect_rows(accepted, lender, case, meant)
            _expect_warnings(accepted, sound_warnings[suffix], case.get("warns", {}))
        assert sorted(path.name for path in tmp_path.iterdir()) == ["data"] + ["out"] * ("refused" not in case)

    return run


@dataclass(frozen=True, slots=True)
class _Reading:
    folder: Path
    out: Path
    purpose: Purpose
    without: Collection[str]

    def accept(self) -> AcceptedTables:
        found = find_sources(self.folder, without=self.without)
        assert isinstance(found, DataFolder)
        accept_tables(found, self.out, purpose=self.purpose, threads=1)
        return open_accepted(self.out, verify=True)


@pytest.fixture(scope="session")
def sound_warnings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[tuple[str, str]]]:
    """Rule and table of each warning about the sound lender, in each format."""
    found: dict[str, set[tuple[str, str]]] = {}
    for suffix in FORMATS:
        place = tmp_path_factory.mktemp("sound")
        sound_lender(suffix).write(place / "data")
        report = _Reading(place / "data", place / "out", "train", ()).accept().report
        found[suffix] = {(warning.rule, warning.table) for warning in report.warnings}
    return found


def _expect_refusal(read: _Reading, rule: str, words: Collection[str]) -> None:
    before = _content(read.folder)
    with pytest.raises(GarantError) as caught:
        read.accept()
    error = caught.value
    assert isinstance(error, TableError), error
    assert error.rule == rule, error
    assert rule_of(rule).severity is Severity.FILE
    assert error.exit_code == 3
    missing = [word for word in words if word not in str(error)]
    assert not missing, str(error)
    assert "{" not in str(error)
    assert "{" not in error.french
    assert not read.out.exists()
    assert _content(read.folder) == before


def _content(folder: Path) -> dict[str, str]:
    """Digest of every file, those whose right to be read is taken away excepted."""
    return {
        path.as_posix(): sha256_file(path) if path.stat().st_mode & 0o400 else ""
        for path in folder.rglob("*")
        if path.is_file()
    }


def _expect_rows(
    accepted: AcceptedTables, lender: Lender, case: Mapping[str, Any], meant: Callable[[str, str, str], object]
) -> None:
    rows = _placed(lender, case.get("lines", {}))
    aside: dict[Place, set[str]] = {}
    for rule, places in case.get("aside", {}).items():
        assert rule_of(rule).severity is Severity.ROW
        for place in places:
            aside.setdefault(place, set()).add(rule)
    report = accepted.report
    assert {rule.rule: rule.rows for rule in report.rules} == {r: len(p) for r, p in case.get("aside", {}).items()}
    for table in accepted.tables:
        suffix_of = {count.file: count.file.removesuffix(lender.suffix) for count in report.files}
        own = {suffix_of[count.file] for count in report.files if count.table == table}
        quarantined = _by_place(accepted.quarantine(table), suffix_of)
        assert {place: set(row["rules"]) for place, row in quarantined.items()} == {
            place: rules for place, rules in aside.items() if place[0] in own
        }, table
        orphans = _by_place(accepted.orphans(table), suffix_of)
        assert sorted(line for _, line in orphans) == sorted(case.get("orphans", {}).get(table, [])), table
        expected = {place: raw for place, raw in rows.items() if place[0] in own}
        names = {name for raw in expected.values() for name in raw}
        kept = {p: row for part in accepted.files[table] for p, row in _by_place(part, suffix_of, names).items()}
        assert kept.keys() == expected.keys() - quarantined.keys() - orphans.keys(), table
        for place, row in [*kept.items(), *orphans.items()]:
            assert {name: row[name] for name in expected[place] if name in row} == {
                name: meant(table, name, cell) for name, cell in expected[place].items() if name in row
            }, place
        count = report.table(table)
        n_rows = len(expected.keys() | quarantined.keys())
        assert (count.rows, count.accepted, count.orphans, count.quarantined) == (
            n_rows,
            len(kept),
            len(orphans),
            len(quarantined),
        ), table


def _expect_warnings(
    accepted: AcceptedTables, sound: set[tuple[str, str]], expected: Mapping[str, Collection[str]]
) -> None:
    found = [w for w in accepted.report.warnings if (w.rule, w.table) not in sound]
    assert sorted({warning.rule for warning in found}) == sorted(expected)
    for rule, words in expected.items():
        assert rule_of(rule).severity is Severity.WARNING
        texts = " ".join(warning.en for warning in found if warning.rule == rule)
        assert all(word in texts for word in words), texts


def _placed(lender: Lender, lines: Mapping[str, Lines]) -> dict[Place, Row]:
    """Raw row at each place; columns by our names, whatever the case of the header."""
    return {
        (file, lines.get(file, lambda position: position + 2)(position)): {
            name.strip().upper() if name.strip().lower() != "subject_ref" else "subject_ref": cell
            for name, cell in row.items()
        }
        for file, rows in lender.files.items()
        for position, row in enumerate(rows)
    }


def _by_place(
    path: Path | None, stems: Mapping[str, str], names: Collection[str] | None = None
) -> dict[Place, dict[str, Any]]:
    """Rows of a Parquet file by their places; with all columns, or with those of `names`."""
    if path is None:
        return {}
    there = pq.read_schema(path).names
    wanted = there if names is None else [name for name in there if name in names or name.startswith("source_")]
    rows = pq.read_table(path, columns=wanted).to_pylist()
    found = {(stems[row["source_file"]], row["source_line"]): row for row in rows}
    assert len(found) == len(rows), "a place is there twice"
    return found
