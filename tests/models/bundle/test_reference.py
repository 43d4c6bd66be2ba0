"""Distribution of the training sample, without a row of a person."""

import numpy as np
import pytest

from garant.features.encode import InputColumn
from garant.models.bundle.reference import feature_references, quantile_bins, reference_table

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
    found = row([0, 1, 1, 2, NAN] * 20, levels=("north", "south"))
    assert found["levels"] == [None, "north", "south"]
    assert found["shares"] == pytest.approx([0.25, 0.5, 0.25])
    assert found["edges"] is None


def test_a_level_of_fewer_than_twenty_persons_is_counted_with_the_others() -> None:
    found = row([*[1.0] * 100, *[2.0] * 19, *[0.0] * 20], levels=("north", "south"))
    assert found["levels"] == [None, "north"]
    assert found["shares"] == pytest.approx([39 / 139, 100 / 139])


def test_no_bin_of_a_number_holds_one_to_nineteen_persons() -> None:
    rng = np.random.default_rng(1)
    for rows in (5, 45, 130, 999):
        values = np.concatenate([rng.normal(size=rows), [-50.0] * 3, [0.0] * 60])
        edges, counts = quantile_bins(values, 10)
        assert counts.sum() == len(values)
        assert len(counts) == len(edges) + 1
        assert not np.any((counts > 0) & (counts < 20))


def test_counts_come_back_from_the_file_and_count_others_by_the_same_bins() -> None:
    rng = np.random.default_rng(2)
    matrix = np.column_stack([rng.normal(size=1_000), rng.integers(0, 3, 1_000)]).astype(np.float32)
    matrix[:150, 0] = np.nan
    columns = [InputColumn("x"), InputColumn("region", ("north", "south"))]
    number, category = feature_references(reference_table(matrix, columns))
    assert (number.nulls, number.counts.sum(), category.counts.sum()) == (150, 850, 1_000)
    for position, reference in enumerate((number, category)):
        counts, nulls = reference.count(matrix[:, position], columns[position])
        assert counts.tolist() == reference.counts.tolist()
        assert nulls == reference.nulls


def test_a_quantile_of_fewer_than_twenty_persons_is_not_shown() -> None:
    found = row([*map(float, range(805))])
    assert found["quantile_levels"] == [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
    quantiles = found["quantiles"]
    assert isinstance(quantiles, list)
    assert [q is None for q in quantiles] == [True, False, False, False, False, False, True]


def test_a_feature_without_any_value_has_no_distribution() -> None:
    found = row([NAN, NAN])
    assert (found["rows"], found["null_share"], found["shares"]) == (2, 1.0, None)
