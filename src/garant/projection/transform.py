"""Rows as the components see them: scores, and how much of a row the components miss."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from garant.exceptions import DataError
from garant.projection.components import Components
from garant.projection.moments import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Reconstruction:
    """What is lost when n rows are described by their scores alone, in squared standard deviations.

    Values that a row does not state count nowhere: they cannot be missed.

    Parameters
    ----------
    by_row : array of float64, shape (n,)
        Mean over the columns that the row states; 0 for a row that states none.
    total : array of float64, shape (f,)
        Sum over the rows of each column; those of several blocks add up.
    known : array of float64, shape (f,)
        Rows that state the column.
    """

    by_row: Floats
    total: Floats
    known: Floats

    @property
    def by_column(self) -> Floats:
        """Mean of each column over the rows that state it, shape (f,); 0 where none does."""
        return self.total / np.maximum(self.known, 1)


def block_of(batch: pa.RecordBatch | pa.Table, columns: tuple[str, ...]) -> Floats:
    """Columns of `batch` as an array of shape (n, f); NULL is NaN.

    Raises
    ------
    DataError
        When a column is absent.
    """
    missing = [name for name in columns if name not in batch.schema.names]
    if missing:
        raise DataError(f"The components are made of {missing[0]}, which these rows do not have.")
    block = np.empty((batch.num_rows, len(columns)))
    for position, name in enumerate(columns):
        block[:, position] = batch.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return block


def standardised(block: Floats, components: Components) -> Floats:
    """Values in standard deviations from the mean; an unknown value is the mean, 0."""
    return np.nan_to_num((block - components.mean) / components.scale, nan=0.0)


def scores(block: Floats, components: Components) -> Floats:
    """Scores of the rows, shape (n, k)."""
    # One thread, so that the same block gives the same digits on every machine.
    with threadpool_limits(1):
        return standardised(block, components) @ components.loadings


def reconstruction(block: Floats, components: Components) -> Reconstruction:
    """What the scores of the rows of `block` miss, by row and by column."""
    known = ~np.isnan(block)
    z = standardised(block, components)
    with threadpool_limits(1):
        missed = np.where(known, z - (z @ components.loadings) @ components.loadings.T, 0.0) ** 2
    return Reconstruction(
        by_row=missed.sum(axis=1) / np.maximum(known.sum(axis=1), 1),
        total=missed.sum(axis=0),
        known=known.sum(axis=0).astype(np.float64),
    )
