"""What a bundle keeps of accepted, refused and similar applicants."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.features.encode import InputColumn
from garant.models.bundle.groups import GroupsOfSample, Spread, read_groups, read_similar, with_groups
from garant.models.bundle.reference import reference_table

COLUMNS = (InputColumn("days"), InputColumn("town", ("north", "south", "rare")))
ROWS = 1_000


def stored(days: np.ndarray, town: np.ndarray, **groups: np.ndarray) -> bytes:
    matrix = np.column_stack([days, town]).astype(np.float32)
    everybody = np.ones(len(matrix), dtype=bool)
    found = GroupsOfSample(
        accepted=groups.get("accepted", everybody),
        refused=groups.get("refused", ~everybody),
        similar=(np.arange(300), np.arange(300, len(matrix))),
        adverse={"days": 1},
        contributions={"days": -0.25, "town": 0.5},
    )
    table = with_groups(reference_table(matrix, COLUMNS), matrix, COLUMNS, found)
    out = pa.BufferOutputStream()
    pq.write_table(table, out)
    return out.getvalue().to_pybytes()


def town_of_each() -> np.ndarray:
    return np.where(np.arange(ROWS) < 700, 1.0, np.where(np.arange(ROWS) < 995, 2.0, 3.0))


def test_medians_and_the_middle_of_each_group_come_back() -> None:
    days = np.arange(ROWS, dtype=float)
    accepted = days < 500
    groups = read_groups(stored(days, town_of_each(), accepted=accepted, refused=~accepted))
    assert groups["days"].accepted == Spread(500, 49.0, 249.0, 449.0)
    assert groups["days"].refused.median == 749.0
    assert (groups["days"].adverse, groups["days"].contribution) == (1, -0.25)
    assert (groups["town"].adverse, groups["town"].contribution) == (0, 0.5)


def test_quantiles_are_rounded_so_that_nobodys_value_can_be_told() -> None:
    days = np.full(ROWS, 123_456.0)
    assert read_groups(stored(days, town_of_each()))["days"].accepted.median == 123_000.0


def test_what_rests_on_too_few_applicants_is_left_out() -> None:
    days = np.arange(ROWS, dtype=float)
    few, some = days < 30, days < 100
    groups = read_groups(stored(days, town_of_each(), accepted=some, refused=few))
    # Ten of a hundred lie beyond the tenth percentile, fifty beyond the median.
    assert groups["days"].accepted == Spread(100, None, 49.0, None)
    assert groups["days"].refused == Spread(30)


def test_a_value_that_is_not_there_counts_for_nobody() -> None:
    days = np.where(np.arange(ROWS) % 2 == 0, np.nan, 7.0)
    assert read_groups(stored(days, town_of_each()))["days"].accepted == Spread(500, 7.0, 7.0, 7.0)


def test_levels_have_their_share_and_rare_ones_none() -> None:
    town = read_groups(stored(np.zeros(ROWS), town_of_each()))["town"].accepted
    assert town.median is None
    assert town.shares == {"north": pytest.approx(0.7), "south": pytest.approx(0.3, abs=0.006)}


def test_only_the_cell_that_is_asked_for_is_read() -> None:
    days = np.arange(ROWS, dtype=float)
    data = stored(days, town_of_each())
    assert read_similar(data, 0)["days"].median == 149.0
    assert read_similar(data, 1)["days"].median == 649.0
    assert read_similar(data, 1)["town"].shares["north"] == pytest.approx(0.57)


def test_a_reference_without_groups_knows_of_none() -> None:
    out = pa.BufferOutputStream()
    pq.write_table(reference_table(np.zeros((50, 2), np.float32), COLUMNS), out)
    assert read_groups(out.getvalue().to_pybytes()) == {}


def test_of_a_level_nothing_is_told_where_fewer_than_twenty_have_one() -> None:
    few = np.arange(ROWS) < 19
    town = read_groups(stored(np.zeros(ROWS), town_of_each(), refused=few))["town"].refused
    assert town == Spread(19)


def test_a_quantile_is_told_from_the_twentieth_applicant_beyond_it_on() -> None:
    days = np.arange(ROWS, dtype=float)
    groups = read_groups(stored(days, town_of_each(), accepted=days < 200, refused=days < 199))
    assert groups["days"].accepted == Spread(200, 19.0, 99.0, 179.0)
    assert (groups["days"].refused.low, groups["days"].refused.high) == (None, None)


def test_the_share_of_a_level_is_that_of_those_who_have_one() -> None:
    town = np.where(np.arange(ROWS) % 2 == 0, np.nan, town_of_each())
    assert read_groups(stored(np.zeros(ROWS), town))["town"].accepted.shares["north"] == pytest.approx(0.7)
