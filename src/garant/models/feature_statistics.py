"""What a sample of applicants shows of a feature: how much is missing, and whether it changed since training."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.features.encode import InputColumn
from garant.metrics.psi import Stability, stability_of_codes, stability_of_numbers


@dataclass(frozen=True, slots=True)
class FeatureStatistics:
    """One feature among the applicants of a data folder.

    Parameters
    ----------
    labelled, unlabelled : int
        Applicants whose outcome is known and whose is not: those of training and those that are scored.
    null_labelled, null_unlabelled : float or None
        Share of them for whom the feature is NULL; None without any.
    stability : Stability or None
        PSI of the unlabelled against the labelled applicants; None where there is only one kind.
    """

    labelled: int
    unlabelled: int
    null_labelled: float | None
    null_unlabelled: float | None
    stability: Stability | None


def statistics(
    values: npt.NDArray[np.float32], is_labelled: npt.NDArray[np.bool_], column: InputColumn
) -> FeatureStatistics:
    """Statistics of one feature.

    Parameters
    ----------
    values : array of float32, shape (n,)
        Encoded values, see `garant.features.encode.encode`; NaN is NULL.
    is_labelled : array of bool, shape (n,)
        Whether the outcome of the applicant is known.
    column : InputColumn
        The feature: levels that are not frozen count as one.
    """
    known, unknown = values[is_labelled], values[~is_labelled]
    compare = stability_of_numbers if column.levels is None else stability_of_codes
    return FeatureStatistics(
        labelled=len(known),
        unlabelled=len(unknown),
        null_labelled=_null_share(known),
        null_unlabelled=_null_share(unknown),
        stability=compare(known, unknown) if len(known) and len(unknown) else None,
    )


def _null_share(values: npt.NDArray[np.float32]) -> float | None:
    return float(np.mean(np.isnan(values))) if len(values) else None
