"""Components equal those of scikit-learn's full SVD, whatever the blocks, and say what they cannot do."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from garant.exceptions import DataError, UsageError
from garant.projection.components import Components, Extent, principal_components
from garant.projection.moments import Floats, better_shift, centred, moments, rough_means
from garant.projection.transform import reconstruction, scores, standardised


def portfolio(n: int = 3_000, f: int = 24, *, seed: int = 1) -> Floats:
    """Correlated columns of very different scales, up to 1,000 deviations from 0, a third of the values unknown."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, 6)) @ rng.normal(size=(6, f)) + rng.normal(size=(n, f))
    rows = (rows + 10.0 ** rng.uniform(0, 3, f)) * 10.0 ** rng.uniform(-6, 9, f)
    rows[rng.random(rows.shape) < 0.3] = np.nan
    return rows


def names(f: int) -> tuple[str, ...]:
    return tuple(f"feature_{i:02d}" for i in range(f))


def components_of(blocks: Sequence[Floats], *, k: int | None = 8, variance: float | None = None) -> Components:
    """Components of the rows of all blocks."""
    columns, shift = names(blocks[0].shape[1]), rough_means(blocks[0])
    total = moments(blocks[0], shift, columns)
    for block in blocks[1:]:
        total += moments(block, shift, columns)
    return principal_components(centred(total, shift), columns, Extent(number=k, variance=variance))


def by_library(rows: Floats, k: int) -> tuple[Floats, Floats, Floats]:
    """Loadings, ratios and scores of scikit-learn, its signs turned as ours are."""
    z = StandardScaler().fit_transform(SimpleImputer().fit_transform(rows))
    model = PCA(n_components=k, svd_solver="full").fit(z)
    loadings = np.asarray(model.components_).T
    strongest = np.argmax(np.abs(loadings), axis=0)
    signs = np.sign(loadings[strongest, np.arange(k)])
    return loadings * signs, model.explained_variance_ratio_, model.transform(z) * signs


def test_loadings_ratios_and_scores_are_those_of_a_full_svd() -> None:
    rows = portfolio()
    found = components_of([rows])
    loadings, ratio, projected = by_library(rows, 8)
    assert np.abs(found.loadings - loadings).max() <= 1e-6
    assert np.abs(found.ratio - ratio).max() <= 1e-9
    assert np.abs(scores(rows, found) - projected).max() <= 1e-6


def test_blocks_of_any_size_give_the_same_components() -> None:
    rows = portfolio()
    whole, cut = components_of([rows]), components_of(np.array_split(rows, [1, 2, 700, 2_999]))
    assert np.abs(whole.loadings - cut.loadings).max() <= 1e-9
    assert np.abs(whole.ratio - cut.ratio).max() <= 1e-12
    again = components_of(np.array_split(rows, [1, 2, 700, 2_999]))
    assert np.array_equal(cut.loadings, again.loadings)


def test_a_first_block_that_knows_nothing_of_a_column_costs_no_digit() -> None:
    rows = portfolio()
    rows[:100, 3] = np.nan
    cut = components_of([rows[:100], rows[100:]])
    assert np.abs(cut.loadings - by_library(rows, 8)[0]).max() <= 1e-6


def test_columns_without_direction_are_left_out_and_named() -> None:
    rows = portfolio(f=10)
    rows[:, 2], rows[:, 5] = np.nan, 0.1
    rows[7, 5] = np.nan
    found = components_of([rows], k=4)
    assert found.dropped == {"feature_02": "unknown", "feature_05": "constant"}
    assert len(found.columns) == 8
    kept = [i for i in range(10) if i not in {2, 5}]
    assert np.abs(found.loadings - by_library(rows[:, kept], 4)[0]).max() <= 1e-6


def test_the_variance_target_takes_as_few_components_as_reach_it() -> None:
    rows = portfolio()
    found = components_of([rows], k=None, variance=0.8)
    ratio = by_library(rows, 24)[1]
    assert found.k == int(np.flatnonzero(np.cumsum(ratio) >= 0.8)[0]) + 1
    assert components_of([rows], k=None, variance=1.0).k == 24


@pytest.mark.parametrize(
    ("k", "variance", "rows", "said"),
    [
        (5, None, 5, "at most 4"),
        (25, None, 500, "at most 24"),
        (0, None, 500, "1 or more"),
        (None, 1.5, 500, "at most 1"),
        (None, None, 500, "one of them"),
        (2, 0.5, 500, "one of them"),
    ],
)
def test_what_rows_and_columns_cannot_give_is_an_error(
    k: int | None, variance: float | None, rows: int, said: str
) -> None:
    table = portfolio(rows)
    with pytest.raises(UsageError, match=said):
        components_of([table], k=k, variance=variance)


def test_a_value_too_large_to_be_squared_is_named() -> None:
    rows = portfolio()
    rows[5, 7] = 1e200
    with pytest.raises(DataError, match="feature_07"):
        components_of([rows])
    rows[5, 7] = np.inf
    with pytest.raises(DataError, match="feature_07"):
        components_of([rows])


def test_rows_that_all_say_the_same_have_no_component() -> None:
    with pytest.raises(DataError, match="None of the 3 features varies"):
        components_of([np.ones((10, 3))], k=1)


def test_all_components_together_miss_nothing_and_few_miss_what_the_rest_hold() -> None:
    rows = portfolio(f=6)
    every, few = components_of([rows], k=6), components_of([rows], k=2)
    assert reconstruction(rows, every).by_row.max() <= 1e-12
    lost = reconstruction(rows, few)
    known = ~np.isnan(rows)
    total = (standardised(rows, few) ** 2).sum()
    # What the unknown values' means lose is no error, so less is missed than the components leave out.
    assert 0 < (lost.by_row * known.sum(axis=1)).sum() <= total * (1 - few.ratio.sum()) * (1 + 1e-9)
    assert (lost.by_column * known.sum(axis=0)).sum() == pytest.approx((lost.by_row * known.sum(axis=1)).sum())


@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(1, 6))
def test_every_sign_is_that_of_the_largest_loading_ties_by_the_first(seed: int, n: int, f: int) -> None:
    rows: npt.NDArray[np.float64] = np.random.default_rng(seed).integers(-3, 4, (n, f)).astype(np.float64)
    if not (rows.min(axis=0) < rows.max(axis=0)).any():
        return
    k = min(int((rows.min(axis=0) < rows.max(axis=0)).sum()), n - 1)
    found = components_of([rows], k=k)
    size = np.abs(found.loadings)
    strongest = np.argmax(size >= size.max(axis=0) * (1 - 1e-9), axis=0)
    assert (found.loadings[strongest, np.arange(k)] > 0).all()
    assert np.abs(found.loadings.T @ found.loadings - np.eye(k)).max() <= 1e-9


@pytest.mark.parametrize("scale", [1.0, 3.0, 7.7, 1e-3])
def test_of_two_columns_that_mirror_each_other_the_first_is_positive(scale: float) -> None:
    rows = portfolio(500, 3)
    rows[:, 1] = -scale * rows[:, 0]
    found = components_of([rows], k=1)
    assert found.loadings[0, 0] > 0 > found.loadings[1, 0]


def test_components_that_nearly_tie_span_the_library_s_subspace() -> None:
    rng = np.random.default_rng(5)
    whole = rng.normal(size=(400, 5))
    q, _ = np.linalg.qr(whole - whole.mean(axis=0))
    # Two pairs of the same correlation give each eigenvalue 1 ± 0.6 twice, but for 1e-9.
    pairs = [0.6 * q[:, i] + np.sqrt(1 - 0.36) * q[:, i + 1] + nudge * q[:, 4] for i, nudge in ((0, 0.0), (2, 1e-9))]
    rows = np.column_stack([q[:, 0], pairs[0], q[:, 2], pairs[1], q[:, 4]])
    found, library = components_of([rows], k=5), by_library(rows, 5)[0]
    assert found.variance[:2] == pytest.approx(1.6)
    assert abs(found.variance[0] - found.variance[1]) < 1e-8
    for tied in (slice(0, 2), slice(2, 3), slice(3, 5)):
        assert subspace_distance(found.loadings[:, tied], library[:, tied]) <= 1e-6


def test_a_shift_that_was_made_of_other_rows_is_found_out_and_the_second_pass_is_exact() -> None:
    rows = portfolio(2_000, 6)
    rows[:, 2] = 1e7 + np.random.default_rng(1).normal(size=2_000) * 1e-2
    rows[:100, 2] = np.nan
    shift = rough_means(rows[:100])
    first = centred(moments(rows, shift, names(6)), shift)
    better = better_shift(first, shift)
    assert better is not None
    assert better[2] == pytest.approx(1e7)
    assert np.array_equal(np.delete(better, 2), np.delete(shift, 2))
    second = centred(moments(rows, better, names(6)), better)
    assert better_shift(second, better) is None
    found = principal_components(second, names(6), Extent(number=6))
    assert np.abs(found.spectrum - by_library(rows, 6)[1]).max() <= 1e-9


def subspace_distance(a: Floats, b: Floats) -> float:
    """Largest difference of the projectors on two subspaces."""
    return float(np.abs(a @ a.T - b @ b.T).max())


def test_a_share_that_is_reached_but_for_rounding_is_reached() -> None:
    ratio = np.array([0.6, 0.3, 0.1])
    assert np.cumsum(ratio)[1] < 0.9
    assert [Extent(variance=share).reached(ratio) for share in (0.6, 0.9, 0.91, 1.0)] == [1, 2, 3, 3]
