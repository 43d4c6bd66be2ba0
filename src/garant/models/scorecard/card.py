"""A fitted scorecard: bins, their weights of evidence and one weight per feature."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.exceptions import DataError, InvariantError
from garant.features.encode import InputColumn
from garant.models.scorecard.bins import Bins
from garant.models.scorecard.woe import BinCounts

Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BinnedFeature:
    """A feature's bins with what the sample says of them.

    Parameters
    ----------
    name : str
        Name of the feature.
    bins : NumberBins or CategoryBins
        The partition.
    counts : BinCounts
        Applicants and bad cases of each bin.
    woe : array of float64, shape (bins,)
        Weight of evidence of each bin, above 0 = safer.
    information_value : float
        How well the bins part good from bad payers.
    """

    name: str
    bins: Bins
    counts: BinCounts
    woe: Floats
    information_value: float


@dataclass(frozen=True, slots=True, eq=False)
class CardFeature:
    """A feature of the scorecard.

    Parameters
    ----------
    name : str
        Name of the feature.
    bins : NumberBins or CategoryBins
        The partition.
    woe : array of float64, shape (bins,)
        Weight of evidence of each bin.
    weight : float
        Weight of the feature in log-odds per unit of evidence, above 0: no bin works against what it was seen to be.
    """

    name: str
    bins: Bins
    woe: Floats
    weight: float

    def __post_init__(self) -> None:
        """Raise DataError unless bins and weights belong together and the weight has the right sign."""
        if len(self.woe) != len(self.bins.kinds):
            raise DataError(f"Feature {self.name}: {len(self.woe)} weights for {len(self.bins.kinds)} bins.")
        if not (np.all(np.isfinite(self.woe)) and 0 < self.weight < np.inf):
            raise DataError(f"Feature {self.name}: expected finite weights of evidence and a weight above 0.")


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """A scorecard: log-odds = intercept minus the sum of weight times weight of evidence.

    Parameters
    ----------
    intercept : float
        Log-odds of an applicant whose every bin is as risky as the sample.
    features : tuple of CardFeature
        In the order in which they are summed.
    """

    intercept: float
    features: tuple[CardFeature, ...]

    def bins_of(self, matrix: Matrix, columns: Sequence[InputColumn]) -> npt.NDArray[np.intp]:
        """Bin of each feature for each row of `matrix`, shape (n, features).

        Every value has a bin: infinity the outer ones, NaN that of NULL, a code that nobody froze that of other levels.

        Raises
        ------
        InvariantError
            When `columns` lack a feature of the card or the matrix does not have these columns.
        """
        if matrix.ndim != 2 or matrix.shape[1] != len(columns):  # noqa: PLR2004
            raise InvariantError(f"A matrix of shape {matrix.shape} came to the scorecard with {len(columns)} columns.")
        position = {column.name: number for number, column in enumerate(columns)}
        absent = [feature.name for feature in self.features if feature.name not in position]
        if absent:
            raise InvariantError(f"The scorecard needs {', '.join(absent)}, which the matrix does not have.")
        found = np.empty((len(matrix), len(self.features)), dtype=np.intp)
        for number, feature in enumerate(self.features):
            found[:, number] = feature.bins.index(matrix[:, position[feature.name]])
        return found

    def margin(self, matrix: Matrix, columns: Sequence[InputColumn]) -> Floats:
        """Log-odds of each row, shape (n,), not calibrated and not rounded."""
        return self.margin_of_bins(self.bins_of(matrix, columns))

    def margin_of_bins(self, index: npt.NDArray[np.intp]) -> Floats:
        """Log-odds of rows whose bins are known, see `bins_of`; summed in the order of the features."""
        margin = np.full(len(index), self.intercept)
        for number, feature in enumerate(self.features):
            margin -= (feature.weight * feature.woe)[index[:, number]]
        return margin
