"""Who is scored by whom: stratified folds, and the inner split that decides when training stops.

Everything here is drawn from rows sorted by ``SK_ID_CURR``, so the same applicants in any order and from any number of
files fall into the same folds.
"""

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold

from garant.exceptions import DataError

MIN_CLASS_ROWS = 2
"""Rows of each class that every fold must be able to hold."""

Rows = npt.NDArray[np.intp]
"""Row numbers."""


def stratified_folds(
    label: npt.NDArray[np.int8], ids: npt.NDArray[np.int64], *, folds: int, seed: int
) -> npt.NDArray[np.int8]:
    """Fold of each row, with the bad rate of the sample in each fold.

    Parameters
    ----------
    label : array of {0, 1}, shape (n,)
        1 = payment difficulties.
    ids : array of int64, shape (n,)
        ``SK_ID_CURR``, each once.
    folds : int
        Number of folds, at least 2.
    seed : int
        Same seed and same applicants, in any order: same folds.

    Returns
    -------
    array of int8, shape (n,)
        0 to ``folds - 1``.

    Raises
    ------
    DataError
        When an id comes twice or a class has fewer than two rows per fold.
    """
    if folds < 2 or folds > np.iinfo(np.int8).max:  # noqa: PLR2004 - one fold scores nobody
        raise DataError(f"{folds} folds asked, expected 2 to {np.iinfo(np.int8).max}.")
    check_classes(label, folds=folds)
    order = np.argsort(ids, kind="stable")
    if np.any(np.diff(ids[order]) == 0):
        twice = ids[order][np.flatnonzero(np.diff(ids[order]) == 0)[0]]
        raise DataError(f"SK_ID_CURR {twice} comes twice in the training sample, expected one row per applicant.")
    fold = np.empty(len(label), dtype=np.int8)
    splitter = StratifiedKFold(n_splits=folds, shuffle=True, random_state=seed)
    for number, (_, scored) in enumerate(splitter.split(np.zeros((len(label), 1)), label[order])):
        fold[order[scored]] = number
    return fold


def check_classes(label: npt.NDArray[np.int8], *, folds: int) -> None:
    """Raise DataError when a class is too rare for `folds` folds; the message says how many would do."""
    counts = np.bincount(label, minlength=2)
    rare = int(np.argmin(counts))
    if counts[rare] < MIN_CLASS_ROWS * folds:
        possible = int(counts[rare]) // MIN_CLASS_ROWS
        remedy = (
            f"Ask for at most {possible} folds"
            if possible > 1
            else "No number of folds works: more outcomes are needed"
        )
        raise DataError(
            f"Only {counts[rare]} of {len(label)} applicants have label {rare}; {folds} folds need at least "
            f"{MIN_CLASS_ROWS * folds} of each label. {remedy}."
        )


def inner_splits(label: npt.NDArray[np.int8], *, seed: int, parts: int, parts_used: int) -> list[tuple[Rows, Rows]]:
    """Splits for early stopping inside the rows that a model is trained on.

    The scored fold is not among the rows that are passed in, so it can never decide when training stops.

    Parameters
    ----------
    label : array of {0, 1}, shape (m,)
        Labels of the training rows alone, sorted by ``SK_ID_CURR``.
    seed : int
        Seed of the draw.
    parts : int
        Into how many parts the rows are cut.
    parts_used : int
        How many of the parts are watched, one after the other.

    Returns
    -------
    list of (trained, watched)
        Row numbers among the m rows, sorted; at most as many parts as the rarer class has rows.
    """
    parts = min(parts, int(np.min(np.bincount(label, minlength=2))))
    splitter = StratifiedKFold(n_splits=parts, shuffle=True, random_state=seed)
    return list(splitter.split(np.zeros((len(label), 1)), label))[:parts_used]
