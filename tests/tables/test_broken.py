"""Broken rows as columns: each row once, its breaks in the order of the columns, all rows by line."""

import numpy as np
import pyarrow as pa

from garant.tables.broken import BROKEN, Breaks, broken_whole, by_line
from garant.tables.rules import Code


def test_each_row_has_its_breaks_in_the_order_of_the_columns():
    breaks = Breaks()
    breaks.add("A", {4: Code.TYPE, 1: Code.WHOLE}, pa.array(["0", "1.5", "2", "3", "x"]))
    breaks.add("B", {}, pa.array([None] * 5, pa.string()))
    breaks.add("C", {0: Code.EMPTY, 4: Code.RANGE}, pa.array([None, 1.0, 2.0, 3.0, float("inf")]))
    assert breaks.rows().tolist() == [0, 1, 4]
    table = breaks.table(np.array([2, 3, 6]), pa.array([7, None, 9]), ["r0", "r1", "r4"])
    assert table.to_pylist() == [
        {"line": 2, "client": 7, "columns": ["C"], "codes": ["empty"], "values": [None], "raw": "r0"},
        {"line": 3, "client": None, "columns": ["A"], "codes": ["whole"], "values": ["1.5"], "raw": "r1"},
        {
            "line": 6,
            "client": 9,
            "columns": ["A", "C"],
            "codes": ["type", "range"],
            "values": ["x", "inf"],
            "raw": "r4",
        },
    ]


def test_rows_of_several_tables_are_put_in_order_by_line():
    first = broken_whole([2, 9], ["a", "b"], column="row", codes=[Code.FIELDS, Code.NUL])
    second = broken_whole([5], ["c"], column="K", codes=[Code.OWNER], clients=[1], values=["1, 2"])
    merged = by_line([first, BROKEN.empty_table(), second])
    assert merged.column("raw").to_pylist() == ["a", "c", "b"]
    assert merged.column("codes").to_pylist() == [["fields"], ["owner"], ["nul"]]
    assert merged.column("client").to_pylist() == [None, 1, None]
    assert by_line([]).schema == BROKEN
