"""Some rows of a source file, cut into raw cells but not yet judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from garant.tables.rules import Code

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LostRow:
    """A row that could not be cut into cells."""

    line: int
    code: Code
    raw: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of a source file.

    Parameters
    ----------
    cells : mapping of str to Arrow array of shape (n,)
        Raw cells of each of our columns that the file has.
    lines : int64 array of shape (n,)
        Physical line at which each row starts; the header is line 1.
    raw : callable
        Gives the raw text of the rows at some positions below n.
    lost : tuple of LostRow
        Rows that could not be cut into cells.
    n_physical : int
        Rows that the file has here, counted without the parser: n + lost.
    done : int
        Bytes of the file read so far.
    """

    cells: Mapping[str, pa.Array]
    lines: npt.NDArray[np.int64]
    raw: Callable[[Positions], list[str]]
    lost: tuple[LostRow, ...]
    n_physical: int
    done: int
