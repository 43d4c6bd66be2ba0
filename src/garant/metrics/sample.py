"""What every measure receives: labels of 0 and 1, finite scores, and how often each row counts."""

import numpy as np
import numpy.typing as npt

from garant.exceptions import DataError

Array = npt.NDArray[np.float64]


def checked(
    label: npt.ArrayLike, score: npt.ArrayLike, weight: npt.ArrayLike | None = None
) -> tuple[Array, Array, Array]:
    """Label, score and weight as float64 arrays of one length.

    Parameters
    ----------
    label : array_like of {0, 1}, shape (n,)
        1 = payment difficulties.
    score : array_like of float, shape (n,)
        Anything that is higher for riskier applicants.
    weight : array_like of float, shape (n,), optional
        How often each row counts (0, 1, 2, … in a bootstrap sample); once when absent.

    Raises
    ------
    DataError
        When lengths differ, there is no row, a label is not 0 or 1, a score is not finite or a weight is negative.
    """
    y = np.asarray(label, dtype=np.float64)
    s = np.asarray(score, dtype=np.float64)
    w = np.ones(len(y)) if weight is None else np.asarray(weight, dtype=np.float64)
    if y.ndim != 1 or y.shape != s.shape or y.shape != w.shape or not len(y):
        raise DataError(
            f"Labels, scores and weights must be columns of one length, found {y.shape}, {s.shape}, {w.shape}."
        )
    if not np.all((y == 0) | (y == 1)):
        wrong = y[(y != 0) & (y != 1)][0]
        raise DataError(f"A label is {wrong:g}, expected 0 (paid) or 1 (payment difficulties).")
    if not np.all(np.isfinite(s)):
        raise DataError(f"{np.count_nonzero(~np.isfinite(s))} of {len(s)} scores are not finite numbers.")
    if not np.all(w >= 0):
        raise DataError("A weight is negative or not a number.")
    return y, s, w


def rank_groups(score: Array, weight: Array, groups: int) -> npt.NDArray[np.int64]:
    """Group of each row, 0 to ``groups - 1``, by the share of the sample that scores lower.

    Groups hold about the same weight. Rows of equal score never part, so a group may be empty and the answer does not
    depend on the order of rows.
    """
    order = np.argsort(score, kind="stable")
    s, w = score[order], weight[order]
    before = np.cumsum(w) - w
    first_of_score = np.maximum.accumulate(np.where(np.append(True, np.diff(s) > 0), np.arange(len(s)), 0))
    group = np.empty(len(s), dtype=np.int64)
    group[order] = np.minimum(before[first_of_score] * groups / np.sum(w), groups - 1).astype(np.int64)
    return group
