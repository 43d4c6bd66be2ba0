"""Out-of-time split by the day of the application, without outcomes that nobody could know yet.

A label with an outcome window of N months (payment difficulties within N months of the application) is *mature* when
that window has ended by the day until which the data were observed. The label of a younger application is 0 today and
may be 1 tomorrow, so it is used neither for training nor for testing.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.exceptions import DataError, UsageError

Mask = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, kw_only=True, eq=False)
class TimeSplit:
    """Who is trained on, who is tested, who is too young for either.

    Parameters
    ----------
    start : str
        First month that is tested, ``"2026-01"``.
    observed_until : str
        Day until which outcomes were observed, ``"2026-06-30"``.
    train, test, immature : arrays of bool, shape (n,)
        Each application is in exactly one.
    """

    start: str
    observed_until: str
    train: Mask
    test: Mask
    immature: Mask


def out_of_time_split(
    application_date: Days | None,
    *,
    start: str,
    window_months: int | None,
    observed_until: str | None = None,
) -> TimeSplit:
    """Train before the month `start`, test from it on, mature outcomes only.

    Parameters
    ----------
    application_date : array of datetime64[D], shape (n,), or None
        Day of each application; None where the data have no calendar.
    start : str
        Month, ``"2026-01"``.
    window_months : int or None
        Outcome window of the label; with None every outcome counts as mature.
    observed_until : str, optional
        Day until which outcomes were observed; the last application day when absent, which is the earliest that is
        possible and so excludes rather too many.

    Raises
    ------
    UsageError
        When `start` is no month, or the data have no application date: no date is ever made up.
    DataError
        When no mature application lies on one of the two sides.
    """
    if application_date is None:
        raise UsageError(
            "An out-of-time split needs the column APPLICATION_DATE in the application table. Without it only a random "
            "split is possible: leave the option out."
        )
    if not _MONTH.fullmatch(start):
        raise UsageError(f"Out-of-time month '{start}': expected a month such as 2026-01.")
    undated = int(np.count_nonzero(np.isnat(application_date)))
    if undated:
        raise DataError(
            f"APPLICATION_DATE is empty for {undated} applications, expected a day for an out-of-time split."
        )
    last = np.datetime64(observed_until, "D") if observed_until else np.max(application_date).astype("datetime64[D]")
    mature = is_mature(application_date, window_months=window_months, observed_until=last)
    late = application_date.astype("datetime64[M]") >= np.datetime64(start, "M")
    split = TimeSplit(start=start, observed_until=str(last), train=mature & ~late, test=mature & late, immature=~mature)
    for name, side in (("before", split.train), ("from", split.test)):
        if not np.any(side):
            first, final = np.min(application_date), np.max(application_date)
            message = f"No application with a known outcome {name} {start}: applications run from {first} to {final}"
            if window_months:
                message += (
                    f", outcomes were observed until {last}, the outcome window is {window_months} months "
                    "(window_months of [label] in tables.toml)"
                )
            raise DataError(f"{message}. Choose another month.")
    return split


def is_mature(application_date: Days, *, window_months: int | None, observed_until: np.datetime64) -> Mask:
    """Whether the outcome window of each application has ended by `observed_until`."""
    if not window_months:
        return np.ones(len(application_date), dtype=np.bool_)
    return add_months(application_date, window_months) <= observed_until


def add_months(days: Days, months: int) -> Days:
    """The same day of the month `months` later, or the last day of a shorter month."""
    month = days.astype("datetime64[M]")
    day_of_month = days.astype("datetime64[D]") - month.astype("datetime64[D]")
    later = month + np.timedelta64(months, "M")
    last_day = (later + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    return np.minimum(later.astype("datetime64[D]") + day_of_month, last_day)
