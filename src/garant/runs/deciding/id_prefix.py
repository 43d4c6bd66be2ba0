"""Ids that begin with some digits, found among sorted ids without looking at all of them."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

MOST = 10
"""Ids that are shown of a prefix: more of them are told apart by one more digit."""

_PREFIX = re.compile(r"[1-9][0-9]{0,17}")
"""At most as many digits as every int64 holds; an id has no zero in front."""

Ids = npt.NDArray[np.int64]


def ids_with_prefix(ids: Sequence[Ids], prefix: str, *, most: int = MOST) -> list[int]:
    """The first `most` ids whose decimal digits begin with `prefix`, ascending; none where that is no number.

    Ids with one more digit than the prefix are those from ten times it on, and so forth: a binary search for each
    number of digits, whatever the number of ids.

    Parameters
    ----------
    ids : sequence of array of int64
        Ascending, within each array and from one to the next.
    prefix : str
        First digits.
    most : int
        How many to give.
    """
    if not _PREFIX.fullmatch(prefix):
        return []
    ids = [each for each in ids if len(each)]
    greatest = int(ids[-1][-1]) if ids else 0
    found: list[int] = []
    first, last = int(prefix), int(prefix)
    while first <= greatest and len(found) < most:
        # The greatest id of all is an int64, and what is beyond it need not be.
        for piece in _between(ids, first, min(last, greatest)):
            found += piece[: most - len(found)].tolist()
            if len(found) == most:
                break
        first, last = 10 * first, 10 * last + 9
    return found


def _between(ids: Sequence[Ids], first: int, last: int) -> Iterator[Ids]:
    """Pieces with the ids from `first` to `last`."""
    for each in ids:
        if each[-1] < first:
            continue
        if each[0] > last:
            return
        yield each[np.searchsorted(each, first, "left") : np.searchsorted(each, last, "right")]
