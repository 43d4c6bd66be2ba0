"""What a model is trained on: encoded features, labels and ids of the applicants with a known outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from garant.exceptions import DataError
from garant.features.encode import InputColumn


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingData:
    """What a model is trained on: one row per applicant.

    Parameters
    ----------
    matrix : array of float32, shape (n, f)
        Encoded features; NaN is NULL, categories are codes.
    label : array of int8, shape (n,)
        1 = payment difficulties.
    ids : array of int64, shape (n,)
        ``SK_ID_CURR``, each once.
    columns : tuple of InputColumn
        Names and levels of the f columns.
    application_date : array of datetime64[D], shape (n,), or None
        Day of the application where the lender's data know it.
    """

    matrix: npt.NDArray[np.float32]
    label: npt.NDArray[np.int8]
    ids: npt.NDArray[np.int64]
    columns: tuple[InputColumn, ...]
    application_date: npt.NDArray[np.datetime64] | None = None

    def __post_init__(self) -> None:
        """Check shapes, labels and values.

        Raises
        ------
        DataError
            When lengths differ, a label is neither 0 nor 1, or a value is infinite.
        """
        rows = len(self.label)
        if self.matrix.shape != (rows, len(self.columns)) or self.ids.shape != (rows,):
            raise DataError(
                f"Training sample: matrix {self.matrix.shape}, {len(self.columns)} columns, {rows} labels and "
                f"{len(self.ids)} ids do not belong together."
            )
        if not len(self.columns):
            raise DataError("Training sample: no feature at all.")
        if not np.all((self.label == 0) | (self.label == 1)):
            raise DataError("Training sample: a label is neither 0 nor 1. Leave out applicants without an outcome.")
        infinite = np.flatnonzero(np.isinf(self.matrix).any(axis=0))
        if len(infinite):
            raise DataError(f"Training sample: feature {self.columns[infinite[0]].name} holds an infinite value.")

    def rows(self, which: npt.NDArray[Any]) -> "TrainingData":
        """Sample of the rows `which` (a mask or row numbers)."""
        dates = self.application_date
        return TrainingData(
            matrix=self.matrix[which],
            label=self.label[which],
            ids=self.ids[which],
            columns=self.columns,
            application_date=None if dates is None else dates[which],
        )

    def only(self, which: Sequence[int]) -> "TrainingData":
        """Sample with the columns `which` alone, in that order."""
        return TrainingData(
            matrix=self.matrix[:, list(which)],
            label=self.label,
            ids=self.ids,
            columns=tuple(self.columns[number] for number in which),
            application_date=self.application_date,
        )
