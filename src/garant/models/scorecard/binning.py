"""Bins of one feature, found by optbinning on the rows given; the only module that imports it."""

import warnings
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from garant.exceptions import MissingPartError
from garant.features.encode import OTHER
from garant.models.scorecard.bins import Bins, CategoryBins, NumberBins, grouped_codes
from garant.models.scorecard.inputs import CardInput, Direction
from garant.models.scorecard.monotone import monotone_edges
from garant.models.scorecard.woe import MIN_ROWS

MIN_SHARE = 0.03
"""Smallest share of the rows with a value in one bin."""

MIN_BADS = 5
"""Fewest bad cases in one bin."""

MAX_BINS = 8
PREBINS = 12
"""Twelve instead of twenty halve the time and change no AUC by more than 0.0005."""

SOLVER_SECONDS = 30
"""Far beyond what eight bins of twenty need (milliseconds): a limit that were ever reached would change the bins."""

Values = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int8]


def can_bin() -> bool:
    """Whether the library that finds bins is installed."""
    return find_spec("optbinning") is not None


def require_binning() -> None:
    """Raise MissingPartError when the library that finds bins is not installed."""
    if not can_bin():
        raise MissingPartError("The scorecard needs optbinning, which is not installed: pip install 'garant[train]'.")


def fit_bins(values: Values, label: Labels, wanted: CardInput) -> Bins | None:
    """Bins of a feature that part good from bad payers best, few and large enough to be printed.

    The bad rate of ranges rises or falls throughout: in the catalogue's direction where one is certain, else in the
    one that the rows show.

    Parameters
    ----------
    values : array of float32, shape (n,)
        Encoded feature.
    label : array of {0, 1}, shape (n,)
        1 = payment difficulties.
    wanted : CardInput
        Name, levels, direction, unit.

    Returns
    -------
    NumberBins, CategoryBins or None
        None when the rows give no second bin.

    Raises
    ------
    MissingPartError
        When optbinning is not installed.
    """
    levels = wanted.column.levels
    known = ~np.isnan(values) if levels is None else values > OTHER
    x, y = values[known], label[known]
    enough = len(x) >= 2 * MIN_ROWS and min(np.sum(y), len(y) - np.sum(y)) >= 2 * MIN_BADS
    if not enough or len(np.unique(x)) < 2:  # noqa: PLR2004 - one value parts nobody
        return None
    return _number_bins(x, y, wanted) if levels is None else _category_bins(x, y, levels)


def _number_bins(x: Values, y: Labels, wanted: CardInput) -> NumberBins | None:
    splits = _optimal_splits(x.astype(np.float64), y, dtype="numerical", trend=_TRENDS[wanted.direction])
    edges = monotone_edges(
        [float(split) for split in splits],
        x,
        y,
        unit=wanted.unit,
        direction=wanted.direction,
        min_rows=_min_rows(len(x)),
    )
    return NumberBins(edges, whole=bool(np.all(x == np.floor(x)))) if edges else None


def _category_bins(x: Values, y: Labels, levels: tuple[str, ...]) -> CategoryBins | None:
    groups = _optimal_splits(x.astype(np.int64).astype(str), y, dtype="categorical", trend="ascending")
    codes = [sorted(int(code) for code in group) for group in groups]
    met = {code for group in codes for code in group}
    # A frozen level without a row here (another fold holds them all) is told nothing: it joins the largest group.
    absent = [code for code in range(1, len(levels) + 1) if code not in met]
    if len(codes) < 2:  # noqa: PLR2004
        return None
    largest = max(range(len(codes)), key=lambda number: int(np.count_nonzero(np.isin(x, codes[number]))))
    codes[largest] = sorted(codes[largest] + absent)
    return CategoryBins(grouped_codes(codes, levels), levels)


_TRENDS: dict[Direction, str] = {1: "ascending", -1: "descending", 0: "auto_asc_desc"}


def _min_rows(rows: int) -> int:
    return max(MIN_ROWS, int(np.ceil(MIN_SHARE * rows)))


def _optimal_splits(x: npt.NDArray[np.generic], y: Labels, *, dtype: str, trend: str) -> list[Any]:
    require_binning()
    from optbinning import OptimalBinning  # noqa: PLC0415 - optional, and it takes seconds to import

    share = min(_min_rows(len(x)) / len(x), 0.5)
    binning = OptimalBinning(
        dtype=dtype,
        solver="cp",
        max_n_prebins=PREBINS,
        min_prebin_size=share,
        min_bin_size=share,
        max_n_bins=MAX_BINS,
        min_bin_n_event=MIN_BADS,
        min_bin_n_nonevent=MIN_BADS,
        monotonic_trend=trend,
        time_limit=SOLVER_SECONDS,
    )
    with warnings.catch_warnings():
        # The library warns of newer scikit-learn and of bins it refuses; what it returns is checked here anyway.
        warnings.simplefilter("ignore")
        binning.fit(x, y.astype(np.int64))
    return list(binning.splits)
