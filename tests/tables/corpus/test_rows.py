"""Rows that cannot be cut into cells, quotes that are never closed, files that were cut."""

from collections.abc import Callable
from typing import Any

TEXT = (".csv", ".csv.gz")


def replaced(line: int, edit: Callable[[bytes], bytes], file: str = "POS_CASH_balance") -> Callable[[Any], None]:
    """Edit one physical line."""
    return lambda x: x.lines(file, lambda lines: [*lines[: line - 1], edit(lines[line - 1]), *lines[line:]])


def broken(line: int, edit: Callable[[bytes], bytes], code: str) -> dict[str, Any]:
    return {
        "do": replaced(line, edit),
        "formats": TEXT,
        "aside": {f"POS_CASH_balance.row.{code}": [("POS_CASH_balance", line)]},
    }


def last_line(line: bytes) -> Callable[[Any], None]:
    return lambda x: x.text("POS_CASH_balance", lambda data: data + line)


CASES: dict[str, dict[str, Any]] = {
    "a short row in the middle": broken(9, lambda line: line.rpartition(b",")[0], "fields"),
    "a row of one cell": broken(9, lambda _: b"2000008", "fields"),
    "a long row in the middle": broken(9, lambda line: line + b",", "fields"),
    "a decimal comma that makes one cell two": broken(9, lambda line: line + b",50", "fields"),
    "a short row with a line end at the end of the file": broken(201, lambda line: line.rpartition(b",")[0], "fields"),
    "a quote in the middle of a cell": broken(9, lambda line: line[:3] + b'"' + line[3:], "quote"),
    "text after a closing quote": broken(9, lambda line: b'"2000008"x,' + line.partition(b",")[2], "quote"),
    "a NUL byte in a cell": broken(9, lambda line: line[:3] + b"\0" + line[3:], "nul"),
    "a line of NUL bytes": broken(9, lambda _: bytes(24), "nul"),
    "short and long rows side by side": {
        "do": lambda x: (
            replaced(9, lambda line: line + b",1")(x),
            replaced(10, lambda line: line.rpartition(b",")[0])(x),
        ),
        "formats": TEXT,
        "aside": {"POS_CASH_balance.row.fields": [("POS_CASH_balance", 9), ("POS_CASH_balance", 10)]},
    },
    "eleven short rows in two hundred": {
        "do": lambda x: x.lines(
            "POS_CASH_balance", lambda ls: [ls[0], *(line.rpartition(b",")[0] for line in ls[1:12]), *ls[12:]]
        ),
        "formats": TEXT,
        "refused": "file.mostly_broken",
        "says": ["POS_CASH_balance.csv", "11 of 200", "POS_CASH_balance.row.fields"],
    },
    "a quote that is never closed": {
        "do": replaced(150, lambda line: b'"' + line),
        "formats": TEXT,
        "refused": "file.open_quote",
        "says": ["POS_CASH_balance.csv", "line 150"],
    },
    "a quote that swallows rows until the next one": {
        "do": lambda x: (
            replaced(50, lambda line: b'"' + line)(x),
            replaced(60, lambda line: line[:3] + b'"' + line[3:])(x),
        ),
        "formats": TEXT,
        "refused": "file.open_quote",
        "says": ["POS_CASH_balance.csv", "line 50"],
    },
    "a quote that swallows rows as whole cells": {
        "do": lambda x: (
            replaced(50, lambda line: line.rpartition(b",")[0] + b',"0')(x),
            replaced(60, lambda line: line + b'"')(x),
        ),
        "formats": TEXT,
        "refused": "file.open_quote",
        "says": ["POS_CASH_balance.csv", "line 50"],
    },
    "a quote that swallows one row": {
        "do": lambda x: (
            replaced(50, lambda line: line[:8] + b'"' + line[8:])(x),
            replaced(51, lambda line: line[:7] + b'"' + line[7:])(x),
        ),
        "formats": TEXT,
        "refused": "file.open_quote",
        "says": ["POS_CASH_balance.csv", "line 50"],
    },
    "a quote that swallows rows as one category": {
        "do": lambda x: (
            replaced(50, lambda line: line.replace(b"Cash", b'"Cash'), "application")(x),
            replaced(60, lambda line: line.replace(b"loans", b'loans"'), "application")(x),
        ),
        "formats": TEXT,
        "refused": "file.open_quote",
        "says": ["application.csv", "line 50"],
    },
    "a short last row without line end": {
        "do": last_line(b"2000008,100008,-"),
        "formats": TEXT,
        "refused": "file.cut",
        "says": ["POS_CASH_balance.csv", "line 202", "3 cells instead of 4"],
    },
    "a row longer than any row": {
        "do": last_line(b"2000008," + b"1" * (20 << 20) + b"\n"),
        "formats": (".csv",),
        "refused": "file.long_row",
        "says": ["POS_CASH_balance.csv", "line 202"],
    },
    "a header without end": {
        "do": lambda x: x.text("POS_CASH_balance", lambda data: data.replace(b"\n", b" ") * 300),
        "formats": (".csv",),
        "refused": "file.long_row",
        "says": ["POS_CASH_balance.csv", "line 1"],
    },
}


def test_a_row_that_cannot_be_cut_is_set_aside_and_a_cut_file_is_refused(
    case: dict[str, Any], suffix: str, run_case: Callable[..., None]
):
    run_case(case, suffix)
