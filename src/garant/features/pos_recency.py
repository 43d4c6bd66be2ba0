"""Monthly records of instalment loans here: delays by recency, how long they went on, and what still runs."""

from garant.features.aggregates import share
from garant.features.feature import Feature, Missing, Sign, Unit
from garant.features.ratio import number, ratio
from garant.features.topic import Topic
from garant.features.window import ALL, MONTHS_12, Window
from garant.tables.expressions import Condition, Rows

_LOANS = Topic(table="POS_CASH_balance", prefix="pos", family="current_loans")
_LATE = Topic(table="POS_CASH_balance", prefix="pos", family="late_payments", sign=Sign.RAISES)

RUNNING_MONTHS = 2
"""A loan whose latest record is older than this many months is taken to have ended."""


def features(loan: Rows) -> tuple[Feature, ...]:
    """Features of recent and lasting delays and of running loans."""
    return (
        loans_n(loan, ALL),
        running_share(loan, ALL),
        remaining_share(loan, ALL),
        weighted_late_share(loan, ALL),
        late_share_change(loan, MONTHS_12),
        late_streak_max(loan, ALL),
    )


def is_running(loan: Rows) -> Condition:
    """True for a loan with a recent record that was not completed."""
    return (loan.completed == 0) & (loan.last_month >= -RUNNING_MONTHS)


def loans_n(loan: Rows, window: Window) -> Feature:
    """Instalment loans here with monthly records."""
    return _LOANS.feature("loans_n", Unit.COUNT, number(loan.count(where=loan[f"months_{window}"] > 0)), window=window)


def running_share(loan: Rows, window: Window) -> Feature:
    """Share of the instalment loans here that still run."""
    running = share(loan, is_running(loan), loan[f"months_{window}"] > 0)
    return _LOANS.feature("running_share", Unit.SHARE, running, window=window)


def remaining_share(loan: Rows, window: Window) -> Feature:
    """Instalments left as a share of the terms of the loans that still run; NULL when none does."""
    stated = is_running(loan) & loan.longest_term.notnull() & (loan[f"months_{window}"] > 0)
    left = ratio(loan.remaining.sum(where=stated), loan.longest_term.sum(where=stated))
    return _LOANS.feature("remaining_share", Unit.SHARE, left, window=window, missing=Missing.NOT_APPLICABLE)


def weighted_late_share(loan: Rows, window: Window) -> Feature:
    """Share of the months that were late, the recent months counting more."""
    late = ratio(loan.weight_late.sum().coalesce(0), loan.weight.sum())
    return _LATE.feature("weighted_late_share", Unit.SHARE, late, window=window)


def late_share_change(loan: Rows, window: Window) -> Feature:
    """Share of late months in the window less the share before it; NULL unless there are months in both."""
    late, months = loan[f"late_{window}"].sum(), loan[f"months_{window}"].sum()
    before = ratio(loan[f"late_{ALL}"].sum() - late, loan[f"months_{ALL}"].sum() - months)
    change = ratio(late, months) - before
    return _LATE.feature(
        "late_share_change", Unit.SHARE, change, window=window, sign=Sign.NONE, missing=Missing.NO_DENOMINATOR
    )


def late_streak_max(loan: Rows, window: Window) -> Feature:
    """Longest run of consecutive late months of one loan; 0 when never late."""
    longest = loan.longest_run.coalesce(0).max(where=loan[f"months_{window}"] > 0)
    return _LATE.feature("late_streak_max", Unit.MONTHS, number(longest), window=window)
