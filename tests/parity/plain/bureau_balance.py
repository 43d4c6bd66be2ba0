"""Months of credits elsewhere, computed plainly: per credit first, then per client."""

from collections import defaultdict
from collections.abc import Callable

from plain.measures import Measure
from plain.rows import Cell, History, Row, Rows, as_float, longest_run, mean, over

MONTH = "MONTHS_BALANCE"
DAYS_LATE = {"0": 0, "1": 1, "2": 31, "3": 61, "4": 91, "5": 120}


def history(rows: Rows) -> History:
    """Months of all credits of a client."""
    return History(rows, day=MONTH)


def late_by(month: Row) -> int | None:
    """Least days past due of a month; None where it reports no delay."""
    return DAYS_LATE.get(month["STATUS"])


def is_late(month: Row, beyond: int = 0) -> bool:
    """Whether a month is late by more than so many days."""
    return (late_by(month) or 0) > beyond


def weight(month: Row) -> int:
    """36 less the months before the application."""
    return max(36 + month[MONTH], 0)


def reported(months: Rows) -> Rows:
    """Months that tell whether they were late."""
    return [month for month in months if late_by(month) is not None]


def per_credit(past: History) -> list[Rows]:
    """Reported months of each credit that has any."""
    found: dict[int, Rows] = defaultdict(list)
    for month in reported(past.newest_first):
        found[month["SK_ID_BUREAU"]].append(month)
    return list(found.values())


def late_share(beyond: int) -> Measure:
    """Late months by reported ones."""

    def measure(past: History, _: Row, window: str) -> Cell:
        months = reported(past.inside(window))
        return over(sum(is_late(month, beyond) for month in months), len(months))

    return measure


def weighted_late_share(beyond: int) -> Measure:
    """The same by weight."""

    def measure(past: History, _: Row, window: str) -> Cell:
        months = reported(past.inside(window))
        return over(sum(weight(m) for m in months if is_late(m, beyond)), sum(map(weight, months)))

    return measure


def worst(months: Rows) -> int | None:
    """Worst delay class."""
    return max((late_by(month) or 0 for month in reported(months)), default=None)


def of_credits(judge: Callable[[list[Rows]], Cell]) -> Measure:
    """A measure of the credits with their reported months."""
    return lambda past, _client, _window: judge(per_credit(past))


def longest(found: list[Rows]) -> Cell:
    """Longest late run of one credit."""
    runs = [longest_run(month[MONTH] for month in months if is_late(month)) for months in found]
    return as_float(max(runs, default=None))


MEASURES: dict[str, Measure] = {
    "bureau_balance_late_share": late_share(0),
    "bureau_balance_late_30_share": late_share(30),
    "bureau_balance_worst_days": lambda past, _, window: as_float(worst(past.inside(window))),
    "bureau_balance_late_credits_share": of_credits(
        lambda found: over(sum(any(map(is_late, months)) for months in found), len(found))
    ),
    "bureau_balance_last_late_months": lambda past, _client, _window: as_float(
        min((0 - month[MONTH] for month in past.newest_first if is_late(month)), default=None)
    ),
    "bureau_balance_weighted_late_share": weighted_late_share(0),
    "bureau_balance_weighted_late_30_share": weighted_late_share(30),
    "bureau_balance_worst_days_mean": of_credits(lambda found: mean([worst(months) or 0 for months in found])),
    "bureau_balance_late_streak_max": of_credits(longest),
}
