"""One client in the matrix, as plain values: Arrow is made of them only where somebody wants it."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from garant.engines.sqlite import batch_of


@dataclass(frozen=True, slots=True, eq=False)
class MatrixRow:
    """One row of the matrix.

    Parameters
    ----------
    columns : StructType
        The key, the product asked for, then features and policy facts by name.
    values : tuple
        One value per column; NULL is None.
    """

    columns: pa.StructType
    values: tuple[Any, ...]

    @property
    def batch(self) -> pa.RecordBatch:
        """The row as Arrow; made anew at every call."""
        return batch_of([self.values], self.columns)
