"""Why the folds of a training decide as they do: contributions of applicants by models that have not seen them.

The champion has seen everybody that it learned from and is surer of them than it will be of anybody new. What reasons
are measured against must not be, so it is taken from the folds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import lightgbm
import numpy as np
import numpy.typing as npt

from garant.explanations.contributions import checked_contributions
from garant.features.feature import Feature
from garant.models.training_data import TrainingData

EXPLAINED_ROWS = 10_000
"""Applicants whose contributions give the means of a bundle: without compiled code, all would take minutes."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explained:
    """Contributions of applicants who were drawn at random, each by the model of the fold that has not seen it.

    Parameters
    ----------
    rows : array of int, shape (m,)
        Their numbers in the training sample, ascending.
    names : tuple of str
        Features of the sample, of which a champion may have chosen some.
    values : array of float64, shape (m, len(names))
        Log-odds; 0 for a feature that the fold's model does not have.
    """

    rows: npt.NDArray[np.intp]
    names: tuple[str, ...]
    values: Floats

    def of_feature(self, name: str) -> Floats:
        """Contributions of one feature, shape (m,)."""
        return self.values[:, self.names.index(name)]

    def by_family(self, features: Sequence[Feature]) -> dict[str, Floats]:
        """Sum of the contributions of the members of each family of `features`, shape (m,) each."""
        members: dict[str, list[int]] = {}
        known = set(self.names)
        for feature in features:
            if feature.name in known:
                members.setdefault(feature.family, []).append(self.names.index(feature.name))
        return {family: self.values[:, found].sum(axis=1) for family, found in sorted(members.items())}


class FoldExplanations:
    """Explains the drawn rows of each fold as its model is made.

    Parameters
    ----------
    sample : TrainingData
        What the folds are made of.
    seed : int
        Draws the rows.
    threads : int
        Threads at work; change nothing but the time.
    """

    def __init__(self, sample: TrainingData, *, seed: int, threads: int) -> None:
        self._columns = {column.name: number for number, column in enumerate(sample.columns)}
        self._rows = np.sort(np.random.default_rng(seed).permutation(len(sample.label))[:EXPLAINED_ROWS])
        self._values = np.zeros((len(self._rows), len(self._columns)))
        self._threads = threads

    def observe(self, booster: lightgbm.Booster, unseen: TrainingData, rows: npt.NDArray[np.intp]) -> None:
        """Explain those of the `unseen` rows that were drawn; `rows` are their numbers in the sample."""
        drawn = np.isin(rows, self._rows)
        found = checked_contributions(booster, unseen.matrix[drawn], threads=self._threads, of=len(self._rows))
        columns = np.array([self._columns[column.name] for column in unseen.columns])
        self._values[np.searchsorted(self._rows, rows[drawn])[:, None], columns] = found[:, :-1]

    @property
    def explained(self) -> Explained:
        """What was explained so far."""
        return Explained(rows=self._rows, names=tuple(self._columns), values=self._values)
