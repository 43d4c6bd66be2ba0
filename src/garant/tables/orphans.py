"""Child rows whose parent is not among the accepted rows: set aside and counted apart, because that is normal."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]

_DENSE_SPAN = 1 << 26
"""Ids that lie closer together than this are looked up in one bit array of at most 64 MB."""


Whole = TypeVar("Whole", np.int64, np.uint64)


def rising(numbers: npt.NDArray[Whole]) -> npt.NDArray[Whole]:
    """Distinct `numbers`, rising; of millions, numpy's ``unique``, which hashes them, takes twenty times as long."""
    ordered = np.sort(numbers)
    is_new = np.ones(len(ordered), np.bool_)
    is_new[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_new]


class IdSet:
    """Ids of accepted rows; answers for a whole column whether its ids are in it.

    Parameters
    ----------
    ids : int64 array
        Ids in any order.
    """

    def __init__(self, ids: Ids) -> None:
        self._sorted = rising(ids)
        self._first = int(self._sorted[0]) if len(ids) else 0
        span = int(self._sorted[-1]) - self._first + 1 if len(ids) else 0
        self._dense: npt.NDArray[np.bool_] | None = None
        if 0 < span <= _DENSE_SPAN:
            self._dense = np.zeros(span, np.bool_)
            self._dense[self._sorted - self._first] = True

    @classmethod
    def of(cls, parts: Sequence[Ids]) -> "IdSet":
        """Set of the ids of several arrays."""
        return cls(np.concatenate([np.zeros(0, np.int64), *parts]))

    def contains(self, ids: Ids) -> npt.NDArray[np.bool_]:
        """Whether each of `ids` is in the set."""
        if not len(self._sorted):
            return np.zeros(len(ids), np.bool_)
        inside = (ids >= self._first) & (ids <= self._sorted[-1])
        if self._dense is not None:
            return inside & self._dense[np.where(inside, ids - self._first, 0)]
        return inside & (self._sorted[np.minimum(np.searchsorted(self._sorted, ids), len(self._sorted) - 1)] == ids)
