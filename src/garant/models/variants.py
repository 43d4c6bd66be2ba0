"""Variants of a model: the same applicants, folds and numbers of trees, with one choice made otherwise.

The difference of the AUCs is the price of the choice, or its worth. Nothing is tuned for a variant: its folds have as
many trees as the model's, so a variant that would stop elsewhere is judged a little too hard.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.exceptions import InvariantError
from garant.features.encode import InputColumn
from garant.metrics.discrimination import auc
from garant.metrics.intervals import Interval
from garant.metrics.paired import auc_difference
from garant.models.parameters import Parameters
from garant.models.training import Chooser, Progress, out_of_fold
from garant.models.training_data import TrainingData

VARIANT_ROWS = 50_000
"""Most applicants that variants are trained on: the interval of a difference is about ±0.002 there."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Variant:
    """A model with one choice made otherwise.

    Parameters
    ----------
    name : str
        End of its text id, ``report.variant.<name>``.
    data : TrainingData
        The model's applicants, in the same order, with the variant's columns.
    parameters : Parameters
        The model's, but for the choice.
    """

    name: str
    data: TrainingData
    parameters: Parameters


@dataclass(frozen=True, kw_only=True, eq=False)
class Judge:
    """The model that variants are compared with: its applicants, folds, trees and out-of-fold margins.

    Parameters
    ----------
    data : TrainingData
        Applicants, all or a sample of them.
    fold : array of int8, shape (n,)
        Fold of each.
    parameters : Parameters
        What it was trained with.
    trees : tuple of int
        Trees of each fold's model.
    margin : array of float64, shape (n,)
        Out-of-fold margins of the model.
    seed : int
        Seed of trees.
    num_threads : int
        Threads of LightGBM.
    chosen : tuple of frozenset of str, or None
        Columns that each fold's model chose, in the order of the folds; None where all have those of `data`.
    """

    data: TrainingData
    fold: npt.NDArray[np.int8]
    parameters: Parameters
    trees: tuple[int, ...]
    margin: npt.NDArray[np.float64]
    seed: int
    num_threads: int
    chosen: tuple[frozenset[str], ...] | None = None

    @property
    def auc(self) -> float:
        """AUC of the model on these applicants."""
        return auc(self.data.label, self.margin)

    def compared(self, variant: Variant, progress: Progress | None = None) -> "Compared":
        """Train `variant` on the same folds and compare.

        Where each fold's model chose its columns, so does the variant's: those that the variant has of them, and those
        that it has beyond `data`. Nothing else is chosen in place of a column that is left out.

        Raises
        ------
        InvariantError
            When the variant has other applicants, or the same in another order.
        """
        if not np.array_equal(variant.data.ids, self.data.ids):
            raise InvariantError(f"Variant '{variant.name}' has other applicants than the model it is compared with.")
        margin = out_of_fold(
            variant.data,
            self.fold,
            seed=self.seed,
            parameters=variant.parameters.among(variant.data.columns),
            num_threads=self.num_threads,
            choose=chosen_again(self.chosen, self.data.columns),
            trees=self.trees,
            progress=progress,
        )[0]
        return Compared(
            name=variant.name,
            features=len(variant.data.columns),
            auc=auc(self.data.label, margin),
            difference=auc_difference(self.data.label, margin, self.margin),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A variant and what it is worth.

    Parameters
    ----------
    name : str
        Name of the variant.
    features : int
        Its columns; where each fold chose, those that it could choose from.
    auc : float
        Its AUC out of fold.
    difference : Interval
        Its AUC less the model's, on the same applicants.
    """

    name: str
    features: int
    auc: float
    difference: Interval


def chosen_again(chosen: Sequence[frozenset[str]] | None, known: Sequence[InputColumn]) -> Chooser | None:
    """Choose for one fold after the other the columns named in `chosen`, and all that are not among `known`."""
    if chosen is None:
        return None
    names, folds = {column.name for column in known}, iter(chosen)

    def choose(rows: TrainingData) -> list[int]:
        own = next(folds)
        return [at for at, column in enumerate(rows.columns) if column.name in own or column.name not in names]

    return choose


def drawn_rows(rows: int, *, seed: int, most: int = VARIANT_ROWS) -> npt.NDArray[np.intp] | None:
    """Numbers of at most `most` of `rows` rows, drawn at random and sorted; None when all are taken."""
    return None if rows <= most else np.sort(np.random.default_rng(seed).permutation(rows)[:most])


def without_columns(data: TrainingData, names: Collection[str]) -> TrainingData:
    """`data` without the columns `names`."""
    return data.only([number for number, column in enumerate(data.columns) if column.name not in names])


def with_columns(data: TrainingData, more: TrainingData) -> TrainingData:
    """`data` with the columns of `more` that it lacks, all sorted by name; applicants are brought together by id.

    Raises
    ------
    InvariantError
        When an applicant of `data` is not in `more`.
    """
    order = np.argsort(more.ids)
    at = order[np.minimum(np.searchsorted(more.ids, data.ids, sorter=order), len(order) - 1)]
    if not np.array_equal(more.ids[at], data.ids):
        raise InvariantError("Columns of other applicants cannot be added.")
    added = without_columns(more, {column.name for column in data.columns}).rows(at)
    columns = (*data.columns, *added.columns)
    sorted_by_name = sorted(range(len(columns)), key=lambda number: columns[number].name)
    return TrainingData(
        matrix=np.hstack([data.matrix, added.matrix])[:, sorted_by_name],
        label=data.label,
        ids=data.ids,
        columns=tuple(columns[number] for number in sorted_by_name),
        application_date=data.application_date,
    )
