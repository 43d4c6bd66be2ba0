"""Whatever happens to a file, its rows are accounted for or the file is refused."""

import gzip
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garant.exceptions import DataError
from garant.tables.acceptance import accept_tables
from garant.tables.schema import TABLES
from garant.tables.sources import DataFolder, find_sources

Book = dict[str, list[dict[str, str]]]

TOKENS = [
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\xe9",
    "é".encode(),
    b"1e400",
    b"NaN",
    b"-",
    b".",
    b"0",
    b" ",
    b";",
    b'""',
]


@st.composite
def damage(draw: st.DrawFn) -> list[tuple[str, str, int, bytes]]:
    """Some edits: table, kind, place, bytes."""
    edit = st.tuples(
        st.sampled_from(["application", "bureau", "bureau_balance", "installments_payments"]),
        st.sampled_from(["insert", "delete", "replace", "cut", "repeat_line", "drop_cell", "turn_over"]),
        st.integers(0, 10_000),
        st.sampled_from(TOKENS),
    )
    return draw(st.lists(edit, min_size=1, max_size=4))


def damaged(data: bytes, kind: str, place: int, token: bytes) -> bytes:
    at = place % max(len(data), 1)
    lines = data.split(b"\n")
    row = place % max(len(lines) - 1, 1)
    return {
        "insert": data[:at] + token + data[at:],
        "delete": data[:at] + data[at + 1 :],
        "replace": data[:at] + token + data[at + len(token) :],
        "cut": data[:at],
        "repeat_line": b"\n".join([*lines[: row + 1], lines[row], *lines[row + 1 :]]),
        "drop_cell": b"\n".join([*lines[:row], lines[row].rpartition(b",")[0], *lines[row + 1 :]]),
        "turn_over": b"\n".join([lines[0], *reversed(lines[1:])]),
    }[kind]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(edits=damage(), suffix=st.sampled_from([".csv", ".csv.gz"]))
def test_rows_are_accounted_for_or_the_file_is_refused(
    book: Book, write: Callable[..., Path], edits: list[tuple[str, str, int, bytes]], suffix: str
):
    raw = write(book, folder="sound")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "data"
        folder.mkdir()
        texts = {path.stem: path.read_bytes() for path in raw.iterdir()}
        for table, kind, at, token in edits:
            texts[table] = damaged(texts[table], kind, at, token)
        for table, data in texts.items():
            path = folder / f"{table}{suffix}"
            path.write_bytes(gzip.compress(data, 1) if suffix == ".csv.gz" else data)
        found = find_sources(folder)
        assert isinstance(found, DataFolder)
        try:
            accepted = accept_tables(found, Path(place) / "out", threads=1)
        except DataError:
            assert sorted(path.name for path in Path(place).iterdir()) == ["data"]
            return
        for table in TABLES:
            count = accepted.report.table(table)
            assert count.rows == count.accepted + count.orphans + count.quarantined
            lines = Counter(
                line
                for path in (*accepted.files[table], accepted.quarantine(table), accepted.orphans(table))
                if path is not None
                for line in pq.read_table(path, columns=["source_line"])["source_line"].to_pylist()
            )
            # Every row once, at a line that exists; a line that is nobody's is blank or inside a quoted cell.
            text = texts[table].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
            assert max(lines.values()) == 1
            assert set(lines) <= set(range(2, len(text) + 1))
            if b'"' not in texts[table]:
                first = next(number for number, line in enumerate(text, 1) if line)
                assert set(lines) == {number for number, line in enumerate(text, 1) if line and number > first}


def test_a_thousand_random_edits_of_one_file_leave_no_traceback(book: Book, write: Callable[..., Path], tmp_path: Path):
    rng = np.random.default_rng(7)
    folder = write(book)
    sound = (folder / "bureau.csv").read_bytes()
    outcomes: Counter[str] = Counter()
    found = find_sources(folder)
    assert isinstance(found, DataFolder)
    for number in range(40):
        data = sound
        for _ in range(25):
            kind = ("insert", "replace", "delete")[rng.integers(3)]
            data = damaged(data, kind, int(rng.integers(10_000)), TOKENS[rng.integers(4, len(TOKENS))])
        (folder / "bureau.csv").write_bytes(data)
        try:
            accept_tables(found, tmp_path / f"out{number}", threads=1)
            outcomes["accepted"] += 1
        except DataError:
            outcomes["refused"] += 1
    assert outcomes.total() == 40
    assert min(outcomes.values()) > 0
