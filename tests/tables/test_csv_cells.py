"""Cells that a spreadsheet would run are written as text."""

import pytest

from garant.tables.csv_cells import harmless


@pytest.mark.parametrize("text", ["=1+1", "+33", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_gets_a_quote(text: str):
    assert harmless(text) == "'" + text


@pytest.mark.parametrize(("cell", "expected"), [("a=1", "a=1"), (-1, -1), (0.1, "0.1"), (None, None), ("", "")])
def test_other_cells_stay(cell: object, expected: object):
    assert harmless(cell) == expected
