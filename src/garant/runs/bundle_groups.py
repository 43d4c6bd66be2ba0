"""Accepted, refused and similar applicants of a training: what reasons and comparisons are measured by."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.stats import rankdata

from garant.explanations.accepted import Accepted
from garant.features.feature import PROTECTED, Feature, Sign, Unit
from garant.models.bundle.cells import CellsEntry, grow_cells
from garant.models.bundle.groups import FeatureGroups, GroupsOfSample, with_groups
from garant.models.bundle.reference import reference_table
from garant.models.cutoff import Outcome
from garant.runs.judged_model import JudgedModel

CLEAR_DIRECTION = 0.5
"""Rank correlation of a value and what it does to the margin from which on one side of it is called adverse."""

CELL_FEATURES = 3
"""Families that applicants are alike in; three thirds of each, and those without a value, are at most 64 cells."""

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class BundleGroups:
    """Groups of the applicants of `model`."""

    model: JudgedModel

    @property
    def cells(self) -> CellsEntry | None:
        """Who is similar; None for a tiny sample."""
        return None if self._grown is None else self._grown[0]

    def reference(self) -> pa.Table:
        """Table of the bundle's ``reference.parquet``."""
        learned_from = self.model.learned_from
        table = reference_table(learned_from.matrix, learned_from.columns)
        outcomes = self._outcomes
        groups = GroupsOfSample(
            accepted=outcomes[Outcome.ACCEPT],
            refused=outcomes[Outcome.REFUSE],
            similar=() if self._grown is None else self._grown[1],
            adverse=self._adverse(),
            contributions=self.accepted_means(),
        )
        return with_groups(table, learned_from.matrix, learned_from.columns, groups)

    def typical(self) -> Accepted:
        """Accepted applicants, before there is a bundle to read them from: contributions alone, no values."""
        means = self.accepted_means()
        features = {name: FeatureGroups(contribution=mean) for name, mean in means.items()}
        families: dict[str, float] = {}
        for feature in self.model.features:
            families[feature.family] = families.get(feature.family, 0.0) + means[feature.name]
        return Accepted(families, features)

    def accepted_means(self) -> dict[str, float]:
        """Mean contribution of each feature among accepted applicants; among all where none is accepted."""
        explained = self.model.explained
        accepted = self._outcomes[Outcome.ACCEPT][explained.rows]
        if not accepted.any():
            accepted = np.ones(len(accepted), dtype=bool)
        return {f.name: float(explained.of_feature(f.name)[accepted].mean()) for f in self.model.features}

    def _adverse(self) -> dict[str, int]:
        """Where the catalogue says what a higher value does, that; else what it does in the folds, if that is clear."""
        explained, matrix = self.model.explained, self.model.learned_from.matrix
        found: dict[str, int] = {}
        for number, feature in enumerate(self.model.features):
            if feature.sign is not Sign.NONE:
                found[feature.name] = 1 if feature.sign is Sign.RAISES else -1
            elif not feature.is_category:
                found[feature.name] = _direction(matrix[explained.rows, number], explained.of_feature(feature.name))
        return found

    @property
    def _outcomes(self) -> Mapping[Outcome, Mask]:
        evaluation = self.model.evaluation
        return evaluation.rows_cutoffs.outcomes(evaluation.pd)

    @cached_property
    def _grown(self) -> tuple[CellsEntry, tuple[npt.NDArray[np.intp], ...]] | None:
        learned_from = self.model.learned_from
        return grow_cells(learned_from.matrix, learned_from.columns, self._main_features())

    def _main_features(self) -> list[int]:
        """Of each of the families that move the margin most, the number that does: their columns."""
        explained, features = self.model.explained, self.model.features
        protected = {feature.family for feature in features if feature.legal in PROTECTED}
        weight = {family: float(np.abs(sums).mean()) for family, sums in explained.by_family(features).items()}
        found: list[int] = []
        for family in sorted(weight, key=lambda name: -weight[name]):
            members = [n for n, f in enumerate(features) if f.family == family and _is_amount(f)]
            if family not in protected and members and len(found) < CELL_FEATURES:
                found.append(max(members, key=lambda n: float(np.abs(explained.of_feature(features[n].name)).mean())))
        return found


def _is_amount(feature: Feature) -> bool:
    return not feature.is_category and feature.unit is not Unit.FLAG


def _direction(values: npt.NDArray[np.float32], contributions: Floats) -> int:
    known = ~np.isnan(values)
    values, contributions = values[known], contributions[known]
    if not len(values) or np.ptp(values) == 0 or np.ptp(contributions) == 0:
        return 0
    correlation = float(np.corrcoef(rankdata(values), rankdata(contributions))[0, 1])
    return int(np.sign(correlation)) if abs(correlation) >= CLEAR_DIRECTION else 0
