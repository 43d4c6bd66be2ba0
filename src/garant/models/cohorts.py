"""Applicants by month or quarter of application: whether ranking and level hold over time."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from garant.metrics.discrimination import auc


class Period(StrEnum):
    """Length of a cohort."""

    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Applicants of one month or quarter.

    Parameters
    ----------
    period : str
        ``"2026-01"`` or ``"2026-Q1"``.
    rows, positives : int
        Applicants with a mature outcome, and those among them with payment difficulties.
    immature : int
        Applicants whose outcome window has not ended; they enter no other number.
    mean_pd, observed : float
        Mean PD and bad rate; NaN without a mature outcome.
    auc : float
        NaN where one class is missing.
    """

    period: str
    rows: int
    positives: int
    immature: int
    mean_pd: float
    observed: float
    auc: float


def cohorts(
    application_date: npt.NDArray[np.datetime64],
    label: npt.NDArray[np.int8],
    pd: npt.NDArray[np.float64],
    *,
    mature: npt.NDArray[np.bool_],
    period: Period = Period.QUARTER,
) -> tuple[Cohort, ...]:
    """Cohorts in order of time; all arrays have shape (n,)."""
    months = application_date.astype("datetime64[M]").astype(np.int64)
    numbers = months // 3 if period is Period.QUARTER else months
    return tuple(_cohort(_name(int(n), period), numbers == n, label, pd, mature) for n in np.unique(numbers))


def _cohort(
    name: str,
    inside: npt.NDArray[np.bool_],
    label: npt.NDArray[np.int8],
    pd: npt.NDArray[np.float64],
    mature: npt.NDArray[np.bool_],
) -> Cohort:
    known = inside & mature
    y, p = label[known], pd[known]
    return Cohort(
        period=name,
        rows=len(y),
        positives=int(np.sum(y)),
        immature=int(np.count_nonzero(inside & ~mature)),
        mean_pd=float(np.mean(p)) if len(y) else float("nan"),
        observed=float(np.mean(y)) if len(y) else float("nan"),
        auc=auc(y, p) if len(y) else float("nan"),
    )


def _name(number: int, period: Period) -> str:
    if period is Period.QUARTER:
        year, quarter = divmod(number, 4)
        return f"{1970 + year}-Q{quarter + 1}"
    year, month = divmod(number, 12)
    return f"{1970 + year}-{month + 1:02d}"
