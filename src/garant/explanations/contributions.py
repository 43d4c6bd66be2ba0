"""Exact contributions of every feature to the margin, in log-odds."""

from functools import lru_cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from garant.exceptions import InvariantError
from garant.explanations.treeshap.compiled import explainer_class

if TYPE_CHECKING:
    import lightgbm

    from garant.explanations.treeshap.explainer import Explainer

Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-9
"""Largest difference allowed between contributions + base value and the margin, in log-odds."""

KEPT_TABLES = 8
"""Models whose tables are kept, a champion with its members: about 15 MB each for 500 trees of 31 leaves."""

WORTH_COMPILING = 500_000
"""Rows x trees from which tables and compiled code are sooner done: LightGBM takes some four seconds for so many."""

_KNOWN: "WeakKeyDictionary[lightgbm.Booster, Explainer]" = WeakKeyDictionary()


def contributions(
    booster: "lightgbm.Booster", matrix: npt.NDArray[np.float32], *, threads: int = 1, of: int | None = None
) -> Floats:
    """Path-dependent TreeSHAP values of each row.

    By compiled code where numba is installed (extra ``fast``) and there are many rows, else by LightGBM, some sixty
    times slower. The two differ in the last digits; a row's values are the same bits whatever rows stand beside it.

    Parameters
    ----------
    booster : Booster
        The model.
    matrix : array of float32, shape (n, features)
        The rows.
    threads : int
        Threads at work; change nothing but the time.
    of : int, optional
        Rows of the whole that `matrix` is a part of: it decides, so that every part is explained in the same way.

    Returns
    -------
    array of float64, shape (n, features + 1)
        Log-odds per feature; the last column is the base value (the margin of nobody in particular).

    Raises
    ------
    InvariantError
        When the model is no sum of plain trees.
    """
    if not len(matrix):
        return np.empty((0, booster.num_feature() + 1))
    rows = len(matrix) if of is None else of
    explainer = prepared(booster) if _is_worth_compiling(booster, rows) else None
    if explainer is None:
        return _reference(booster, matrix, threads)
    return explainer.contributions(matrix, threads=threads)


def checked_contributions(
    booster: "lightgbm.Booster", matrix: npt.NDArray[np.float32], *, threads: int = 1, of: int | None = None
) -> Floats:
    """`contributions` of rows that nobody has scored: they are, here, and must add up to their margin.

    Whoever has the margin already calls `contributions` and `check_additive`.

    Raises
    ------
    InvariantError
        When they do not, or the model is no sum of plain trees.
    """
    values = contributions(booster, matrix, threads=threads, of=of)
    if len(matrix):
        margin = np.asarray(booster.predict(matrix, raw_score=True, num_threads=threads), dtype=np.float64)
        check_additive(values, margin)
    return values


def contributions_of_few(booster: "lightgbm.Booster", matrix: npt.NDArray[np.float32]) -> Floats:
    """`contributions` of a few rows, soon: LightGBM explains them before tables are made that nobody has asked for yet.

    A service that explains one person after another calls `prepared` first.
    """
    explainer = _KNOWN.get(booster)
    if explainer is None:
        return _reference(booster, matrix, threads=1)
    return np.array([explainer.of_one(row) for row in matrix])


def prepared(booster: "lightgbm.Booster") -> "Explainer | None":
    """Tables of `booster`, made at the first call; None without numba."""
    if booster not in _KNOWN and explainer_class() is not None:
        _KNOWN[booster] = _of_text(booster.model_to_string())
    return _KNOWN.get(booster)


def slow_notice(booster: "lightgbm.Booster", rows: int) -> str | None:
    """What to tell somebody who explains `rows` rows without the compiled code that so many are worth; else None."""
    if not _is_worth_compiling(booster, rows) or explainer_class() is not None:
        return None
    return "numba is not installed: explanations take about sixty times as long. Run: pip install 'garant[fast]'"


def check_additive(values: Floats, margin: Floats) -> None:
    """Raise InvariantError unless contributions + base value = margin to 1e-9 in every row."""
    gap = np.abs(values.sum(axis=1) - margin)
    if gap.size and not float(gap.max()) <= TOLERANCE:
        message = f"Contributions miss the margin by up to {gap.max():.3g} log-odds; the explanation is withheld."
        raise InvariantError(message)


@lru_cache(maxsize=KEPT_TABLES)
def _of_text(text: str) -> "Explainer":
    """Explainer of a text: of equal models, as of a bundle that is read twice, tables are made once."""
    explainer = explainer_class()
    if explainer is None:
        raise InvariantError("Compiled explanations need numba.")
    return explainer.of_text(text)


def _is_worth_compiling(booster: "lightgbm.Booster", rows: int) -> bool:
    return rows * booster.num_trees() >= WORTH_COMPILING


def _reference(booster: "lightgbm.Booster", matrix: npt.NDArray[np.float32], threads: int) -> Floats:
    return np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=threads), dtype=np.float64)
