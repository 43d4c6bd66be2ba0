"""The one cast to float32: NULL, levels, columns by name."""

import numpy as np
import pyarrow as pa
import pytest

from garant.features.encode import (
    MAX_RARE_LEVELS,
    InputColumn,
    encode,
    freeze_levels,
    rare_levels,
    unknown_levels,
)

COLUMNS = (InputColumn("kind", ("car", "cash"), rare=()), InputColumn("debt"))


def batch(kinds: list[str | None], debts: list[float | None]) -> pa.Table:
    return pa.table({"debt": pa.array(debts, pa.float64()), "kind": pa.array(kinds, pa.string())})


def test_null_is_nan_a_frozen_level_its_code_and_any_other_level_zero():
    found = encode(batch(["cash", "car", "boat", None], [1.5, None, 0.0, -2.0]), COLUMNS)
    expected = np.array([[2, 1.5], [1, np.nan], [0, 0], [np.nan, -2]], dtype=np.float32)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == np.float32


def test_columns_are_taken_by_name_whatever_their_order():
    table = batch(["car"], [3.0])
    np.testing.assert_array_equal(encode(table, COLUMNS), encode(table.select(["kind", "debt"]), COLUMNS))


def test_a_missing_column_is_an_error_not_a_guess():
    with pytest.raises(KeyError):
        encode(batch(["car"], [3.0]).drop_columns("debt"), COLUMNS)


def test_levels_are_frozen_in_alphabetical_order_from_enough_rows():
    column = pa.chunked_array([["b", "a", "b", None], ["b", "a", "c"]])
    assert freeze_levels(column, min_rows=2) == ("a", "b")


def test_unknown_levels_are_counted_and_null_is_none_of_them():
    assert unknown_levels(batch(["boat", "boat", None, "car"], [0.0] * 4), COLUMNS) == {"kind": 2}
    assert unknown_levels(batch(["car"], [0.0]), COLUMNS) == {}


def test_levels_that_training_met_too_seldom_are_not_unknown():
    met = pa.chunked_array([["car", "car", "boat", None, "plane"]])
    rare = rare_levels(met, ("car",))
    columns = (InputColumn("kind", ("car",), rare), InputColumn("debt"))
    assert unknown_levels(batch(["boat", "plane", "rocket", "car", None], [0.0] * 5), columns) == {"kind": 1}
    assert rare is not None
    assert not set(rare) & {"boat", "plane"}


def test_free_text_has_no_unknown_levels():
    rare = rare_levels(pa.array([f"text {i}" for i in range(MAX_RARE_LEVELS + 1)]), ())
    assert rare is None
    columns = (InputColumn("kind", (), rare), InputColumn("debt"))
    assert unknown_levels(batch(["anything"], [0.0]), columns) == {}
