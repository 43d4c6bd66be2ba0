"""How well each feature alone tells the outcome: a column that knows the future gives itself away here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.metrics.discrimination import auc_of_classes, auc_sd, auc_sd_by_chance
from garant.models.training_data import TrainingData

LARGEST_AUC = 0.80
"""A feature above it is strong, in either direction. garant's own; the best on Home Credit's samples reaches 0.76."""

CHANCE_SDS = 4.0
"""A strong AUC must also lie so many standard deviations of a useless feature from 0.5: twenty rows prove nothing."""

FEW_SDS = 2.33
"""On the rows that state a feature, where these are a part of all, its AUC must lie above `LARGEST_AUC` by so many of
its own standard deviations (99 %, one-sided): hundreds of features are tried on parts of a sample, some of them small.
"""

Labels = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FeatureAuc:
    """How well one feature alone tells the outcome.

    Parameters
    ----------
    name : str
        Feature.
    auc : float
        AUC of its values on rows where it is present, turned so that it is at least 0.5; NaN where these rows are of
        one class. Levels of a category are ranked by the bad rate that they have in other folds.
    rows : int
        Rows where it is present.
    auc_with_missing : float
        AUC on all rows with NULL as a group of its own, on the better side of all values.
    is_strong : bool
        Whether either is larger than a feature's should be, and not by chance.
    """

    name: str
    auc: float
    rows: int
    auc_with_missing: float
    is_strong: bool

    @property
    def strongest(self) -> float:
        """The larger of the two."""
        return float(np.nanmax([self.auc, self.auc_with_missing]))


def feature_aucs(data: TrainingData, fold: npt.NDArray[np.int8]) -> tuple[FeatureAuc, ...]:
    """Every feature with the AUC that it has alone, the strongest first.

    Parameters
    ----------
    data : TrainingData
        Applicants with a known outcome.
    fold : array of int8, shape (n,)
        Fold of each row; a level's bad rate is taken from the other folds.
    """
    found = [_feature_auc(data, fold, number) for number in range(len(data.columns))]
    return tuple(sorted(found, key=lambda feature: (-feature.strongest, feature.name)))


def strong_features(found: Sequence[FeatureAuc]) -> tuple[FeatureAuc, ...]:
    """Those that tell the outcome better than a feature should."""
    return tuple(feature for feature in found if feature.is_strong)


def _feature_auc(data: TrainingData, fold: npt.NDArray[np.int8], number: int) -> FeatureAuc:
    column, label = data.columns[number], data.label
    values = data.matrix[:, number]
    present = ~np.isnan(values)
    if column.levels is not None:
        values = _bad_rates(values, label, fold)
    bad, good = values[present & (label == 1)], values[present & (label == 0)]
    missing_bad, missing_good = (int(np.sum(~present & (label == value))) for value in (1, 0))
    inside = auc_of_classes(bad, good)
    whole = _with_missing(inside, (len(bad), len(good)), (missing_bad, missing_good))
    alone = max(inside, 1 - inside)
    strong = [
        _is_strong(alone - FEW_SDS * auc_sd(alone, len(bad), len(good)), len(bad), len(good)),
        _is_strong(whole, len(bad) + missing_bad, len(good) + missing_good),
    ]
    return FeatureAuc(column.name, alone, len(bad) + len(good), whole, any(strong))


def _bad_rates(codes: npt.NDArray[np.float32], label: Labels, fold: npt.NDArray[np.int8]) -> npt.NDArray[np.float32]:
    """Bad rate of each row's level in the other folds, drawn to that of all by one applicant; NULL stays NULL.

    A rate that held the row's own label would tell it.
    """
    present = ~np.isnan(codes)
    level = np.where(present, codes, 0).astype(np.int64)
    rates = np.full(len(codes), np.nan, dtype=np.float32)
    for number in np.unique(fold):
        seen, asked = present & (fold != number), present & (fold == number)
        rows = np.bincount(level[seen], minlength=int(level.max()) + 1)
        bad = np.bincount(level[seen], weights=label[seen], minlength=len(rows))
        mean = float(np.mean(label[seen])) if np.any(seen) else 0.0
        rates[asked] = ((bad + mean) / (rows + 1))[level[asked]]
    return rates


def _with_missing(inside: float, present: tuple[int, int], missing: tuple[int, int]) -> float:
    """AUC on all rows from that on present ones: NULL below or above all values, whichever ranks better either way."""
    bad, good = present
    missing_bad, missing_good = missing
    pairs = (bad + missing_bad) * (good + missing_good)
    if not pairs:
        return math.nan
    known = (0.0 if math.isnan(inside) else inside) * bad * good + missing_bad * missing_good / 2
    found = [(known + missing_bad * good) / pairs, (known + bad * missing_good) / pairs]
    return max(*found, *(1 - area for area in found))


def _is_strong(area: float, bad: int, good: int) -> bool:
    return area - 0.5 > max(LARGEST_AUC - 0.5, CHANCE_SDS * auc_sd_by_chance(bad, good))
