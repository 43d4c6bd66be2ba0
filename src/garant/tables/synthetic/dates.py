"""The calendar of the lender: when applications come, how risk drifts, and a shock on demand."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from garant.tables.synthetic.draws import Category, Floats, Ints, Levels

FIRST_DAY = date(2024, 7, 1)
LAST_DAY = date(2026, 6, 30)

WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
WEEKDAY_SHARES = (0.1653, 0.1703, 0.1710, 0.1650, 0.1645, 0.1101, 0.0538)
"""Shares of the days of the week among applications, as measured."""

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Drift:
    """What changes slowly, as the difference between the last and the first day of the calendar.

    Parameters
    ----------
    log_odds : float
        Change of the log-odds of default of the same person.
    income, amount : float
        Relative change of incomes and of amounts asked for.
    external_score : float
        Change of EXT_SOURCE_3, in standard deviations.
    revolving : float
        Relative change of the share of revolving loans.
    """

    log_odds: float = 0.30
    income: float = 0.06
    amount: float = 0.08
    external_score: float = -0.12
    revolving: float = -0.40


@dataclass(frozen=True, slots=True)
class Shock:
    """A sudden change from one day on, to test whether monitoring and time splits see it.

    Parameters
    ----------
    starts : date
        First day with the shock; applications before it are the same with and without.
    log_odds : float
        Added to the log-odds of default.
    income : float
        Relative change of incomes.
    external_score : float
        Change of EXT_SOURCE_2 and EXT_SOURCE_3, in standard deviations.
    """

    starts: date = date(2026, 1, 1)
    log_odds: float = 0.80
    income: float = -0.10
    external_score: float = -0.35

    def covers(self, days: Ints) -> npt.NDArray[np.bool_]:
        """Tell which days since 1970-01-01 lie in the shock."""
        return days >= self.starts.toordinal() - _EPOCH


DRIFT = Drift()


def draw_days(rng: np.random.Generator, n: int) -> Ints:
    """Draw `n` application days, as days since 1970-01-01, busy on weekdays and quiet on Sundays."""
    first, last = FIRST_DAY.toordinal() - _EPOCH, LAST_DAY.toordinal() - _EPOCH
    days = np.arange(first, last + 1)
    weights = np.array(WEEKDAY_SHARES)[weekday(days).codes]
    cumulative = np.cumsum(weights / weights.sum())
    return days[np.searchsorted(cumulative[:-1], rng.random(n), side="right")]


def weekday(days: Ints) -> Category:
    """Day of the week of days since 1970-01-01, which was a Thursday."""
    return Category(((days + WEEKDAYS.index("THURSDAY")) % len(WEEKDAYS)).astype(np.int8), WEEKDAYS)


def elapsed(days: Ints) -> Floats:
    """Position in the calendar, from -0.5 on the first day to 0.5 on the last: drifts keep the overall means."""
    first, last = FIRST_DAY.toordinal() - _EPOCH, LAST_DAY.toordinal() - _EPOCH
    return (days - first) / (last - first) - 0.5


PREVIOUS_WEEKDAYS = Levels.of(
    dict(zip(WEEKDAYS, (0.1514, 0.1581, 0.1521, 0.1481, 0.1543, 0.1407, 0.0953), strict=True))
)
"""Weekdays of earlier applications, as measured: shops are open on Saturday."""
