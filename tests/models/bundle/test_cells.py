"""Cells of similar applicants: everybody is in one, none is small, and a person falls where training put the like."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.exceptions import InvariantError
from garant.features.encode import InputColumn
from garant.models.bundle.cells import MIN_CELL_ROWS, Bound, Cell, CellsEntry, grow_cells

COLUMNS = (InputColumn("a"), InputColumn("b"), InputColumn("c"))


def sample(rows: int, *, seed: int = 0, missing: float = 0.2, distinct: int = 10_000) -> npt.NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    matrix = np.round(rng.normal(size=(rows, 3)) * distinct / 10) / (distinct / 10)
    matrix[rng.random((rows, 3)) < missing] = np.nan
    return matrix.astype(np.float32)


def person(row: npt.NDArray[np.float32]) -> dict[str, float | None]:
    return {c.name: None if np.isnan(v) else float(v) for c, v in zip(COLUMNS, row, strict=True)}


@given(
    rows=st.integers(MIN_CELL_ROWS, 2_500),
    seed=st.integers(0, 50),
    missing=st.sampled_from([0.0, 0.02, 0.3, 0.95]),
    distinct=st.sampled_from([10, 40, 10_000]),
)
def test_everybody_is_in_exactly_one_cell_of_at_least_two_hundred(
    rows: int, seed: int, missing: float, distinct: int
) -> None:
    matrix = sample(rows, seed=seed, missing=missing, distinct=distinct)
    grown = grow_cells(matrix, COLUMNS, [0, 1, 2])
    assert grown is not None
    entry, members = grown
    assert sorted(np.concatenate(members).tolist()) == list(range(rows))
    assert [cell.rows for cell in entry.cells] == [len(inside) for inside in members]
    assert min(cell.rows for cell in entry.cells) >= MIN_CELL_ROWS
    for number, inside in enumerate(members):
        for at in inside[:5]:
            assert entry.number_of(person(matrix[at])) == number


def test_a_large_sample_is_parted_by_every_feature() -> None:
    grown = grow_cells(sample(20_000), COLUMNS, [0, 1, 2])
    assert grown is not None
    assert {len(cell.bounds) for cell in grown[0].cells} == {3}
    assert 27 <= len(grown[0].cells) <= 64


def test_a_feature_parts_the_applicants_into_thirds_at_rounded_values() -> None:
    matrix = sample(9_000, missing=0.0)
    grown = grow_cells(matrix, COLUMNS, [1])
    assert grown is not None
    entry, members = grown
    assert [len(inside) for inside in members] == pytest.approx([3_000] * 3, abs=50)
    edges = [bound.below for cell in entry.cells for bound in cell.bounds if bound.below is not None]
    # Three significant digits: an edge is nobody's value.
    assert edges == [float(f"{edge:.3g}") for edge in edges]
    assert [cell.bounds[0].at_least for cell in entry.cells] == [None, *edges]


def test_a_sample_too_small_for_all_features_is_parted_by_the_first() -> None:
    grown = grow_cells(sample(700, missing=0.0), COLUMNS, [2, 0])
    assert grown is not None
    assert {bound.feature for cell in grown[0].cells for bound in cell.bounds} == {"c"}
    assert len(grown[0].cells) == 3


def test_a_part_that_is_too_small_joins_its_neighbour() -> None:
    # The thirds begin at 5 and at 9; only 120 lie below the first of them.
    values = np.concatenate([np.full(120, 1.0), np.full(380, 5.0), np.full(400, 9.0)])
    matrix = np.column_stack([values] * 3).astype(np.float32)
    grown = grow_cells(matrix, COLUMNS, [0])
    assert grown is not None
    assert [cell.rows for cell in grown[0].cells] == [500, 400]


def test_a_tiny_sample_has_no_cells() -> None:
    assert grow_cells(sample(MIN_CELL_ROWS - 1), COLUMNS, [0, 1, 2]) is None


def test_whoever_has_a_value_that_training_never_missed_or_met_has_a_cell_too() -> None:
    grown = grow_cells(sample(5_000, missing=0.0), COLUMNS, [0, 1])
    assert grown is not None
    for a, b in ((None, None), (-99.0, 99.0), (99.0, None)):
        assert 0 <= grown[0].number_of({"a": a, "b": b}) < len(grown[0].cells)


def test_those_without_a_value_are_a_cell_of_their_own_where_they_are_many() -> None:
    grown = grow_cells(sample(5_000, missing=0.5), COLUMNS, [0])
    assert grown is not None
    entry, members = grown
    number = entry.number_of({"a": None})
    assert entry.cells[number].bounds == (Bound(feature="a", missing=True, valued=False),)
    assert abs(len(members[number]) - 2_500) < 150


def test_a_value_on_a_border_falls_where_training_put_it() -> None:
    # 0.3 as float32 is a little more than 0.3: without the cast it would lie on the other side of a border of 0.300…01.
    border = float(np.float32(0.3))
    below, above = Bound(feature="a", below=border), Bound(feature="a", at_least=border)
    entry = CellsEntry(features=("a",), cells=(Cell(rows=200, bounds=(below,)), Cell(rows=200, bounds=(above,))))
    assert entry.number_of({"a": 0.3}) == 1


def test_those_without_a_value_are_not_like_those_with_one() -> None:
    bound = Bound(feature="a", missing=True, valued=False)
    assert (bound.holds(None), bound.holds(float("nan")), bound.holds(1.0)) == (True, True, False)


def test_cells_that_leave_somebody_out_are_an_error() -> None:
    entry = CellsEntry(features=("a",), cells=(Cell(rows=200, bounds=(Bound(feature="a", below=1.0),)),))
    with pytest.raises(InvariantError, match="No cell"):
        entry.number_of({"a": 2.0})
