"""Distribution of the training sample, without a row of a person."""

import numpy as np
import pytest

from garant.features.encode import InputColumn
from garant.models.bundle.reference import reference_table

NAN = float("nan")


def row(values: list[float], levels: tuple[str, ...] | None = None) -> dict[str, object]:
    matrix = np.array(values, dtype=np.float32)[:, None]
    return reference_table(matrix, [InputColumn("x", levels)]).to_pylist()[0]


def test_shares_of_a_number_are_those_between_its_deciles() -> None:
    found = row([*map(float, range(1_000)), *[NAN] * 250])
    assert found["null_share"] == pytest.approx(0.2)
    assert found["edges"] == [99.0, 199.0, 299.0, 399.0, 499.0, 599.0, 699.0, 799.0, 899.0]
    assert found["shares"] == pytest.approx([0.099, *[0.1] * 8, 0.101])
    assert found["mean"] == pytest.approx(499.5)


def test_a_value_that_most_rows_share_is_one_edge() -> None:
    found = row([0.0] * 900 + [5.0] * 100)
    assert found["edges"] == [0.0]
    assert found["shares"] == pytest.approx([0.0, 1.0])


def test_shares_of_a_category_are_those_of_other_and_of_each_level() -> None:
    found = row([0, 1, 1, 2, NAN], levels=("north", "south"))
    assert found["levels"] == [None, "north", "south"]
    assert found["shares"] == pytest.approx([0.25, 0.5, 0.25])
    assert found["edges"] is None


def test_a_quantile_of_fewer_than_twenty_persons_is_not_shown() -> None:
    found = row([*map(float, range(805))])
    assert found["quantile_levels"] == [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
    quantiles = found["quantiles"]
    assert isinstance(quantiles, list)
    assert [q is None for q in quantiles] == [True, False, False, False, False, False, True]


def test_a_feature_without_any_value_has_no_distribution() -> None:
    found = row([NAN, NAN])
    assert (found["rows"], found["null_share"], found["shares"]) == (2, 1.0, None)
