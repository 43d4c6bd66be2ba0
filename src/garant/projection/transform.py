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
    """What is lost when n rows are described by their scores alone.

    Parameters
    ----------
    by_row : array of float64, shape (n,)
        Mean squared error of the row's columns, in squared standard deviations.
    by_column : array of float64, shape (f,)
        Mean squared error of each column over the rows.
    """

    by_row: Floats
    by_column: Floats


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
    """Mean squared errors by row and by column, of values that the row states; the rest cannot be missed."""
    known = ~np.isnan(block)
    z = standardised(block, components)
    with threadpool_limits(1):
        missed = np.where(known, z - (z @ components.loadings) @ components.loadings.T, 0.0) ** 2
    return Reconstruction(
        by_row=missed.sum(axis=1) / np.maximum(known.sum(axis=1), 1),
        by_column=missed.sum(axis=0) / np.maximum(known.sum(axis=0), 1),
    )
