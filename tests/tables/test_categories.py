"""What is noticed in categories on the way."""

import pyarrow as pa
import pytest

from garant.tables.categories import LEVELS, Noticed, read_levels
from garant.tables.columns import Column, Kind
from garant.tables.convert import convert_text
from garant.tables.rules import Code
from garant.tables.schema import TABLES

COLUMN = Column("NAME", Kind.CATEGORY, sentinels=("XNA",), levels=("Cash", "Card"))
CLOSED = Column("STATUS", Kind.CATEGORY, nullable=False, levels=("C", "0"), closed=True)


@pytest.mark.parametrize("is_coded", [False, True])
def test_spaces_and_unknown_values_are_counted_by_row(*, is_coded: bool):
    raw = pa.array(["Cash", " Cash", "Cash ", "Gold", " Gold", "Gold", None, "XNA", " XNA ", "   ", "NaN"])
    values, noticed = read_levels(raw.dictionary_encode() if is_coded else raw, COLUMN)
    assert values.type == LEVELS
    assert values.to_pylist() == ["Cash"] * 3 + ["Gold"] * 3 + [None] * 5
    # A cell of nothing but spaces has no value that spaces could stand around.
    assert noticed == Noticed(stripped=4, new={"Gold": 3})


def test_known_values_sentinels_and_empty_cells_are_no_news():
    assert read_levels(pa.array(["Cash", None, "XNA", "NULL", ""]), COLUMN)[1] == Noticed()


def test_a_column_without_declared_values_never_meets_a_new_one():
    assert read_levels(pa.array(["anything", "else"]), Column("X", Kind.CATEGORY))[1] == Noticed()


def test_a_level_that_no_row_has_is_not_reported():
    coded = pa.DictionaryArray.from_arrays(pa.array([0, 0], pa.int32()), pa.array(["Cash", "Gold", " Card"]))
    assert read_levels(coded, COLUMN)[1] == Noticed()


def test_another_value_of_a_closed_column_breaks_a_rule_and_is_no_warning():
    converted = convert_text(pa.array(["C", "0", " C", "6", "c", None, "6", ""]), CLOSED)
    assert converted.broken == {3: Code.LEVEL, 4: Code.LEVEL, 6: Code.LEVEL, 5: Code.EMPTY, 7: Code.EMPTY}
    assert converted.noticed == Noticed(stripped=1)


def test_the_months_of_a_bureau_credit_have_eight_values_and_no_other_category_is_closed():
    closed = {(table.name, column.name) for table in TABLES.values() for column in table.columns if column.closed}
    assert closed == {("bureau_balance", "STATUS")}
    values = [*"CX012345", "6", "-1", "c", "DPD 1", None]
    converted = convert_text(pa.array(values), TABLES["bureau_balance"]["STATUS"])
    assert converted.broken == {8: Code.LEVEL, 9: Code.LEVEL, 10: Code.LEVEL, 11: Code.LEVEL, 12: Code.EMPTY}


def test_every_level_that_a_feature_or_equal_treatment_names_is_a_declared_one():
    for table in TABLES.values():
        for column in table.columns:
            assert set(column.sensitive_levels) <= set(column.levels)
            assert not set(column.levels) & set(column.sentinels)
            assert len(set(column.levels)) == len(column.levels)
