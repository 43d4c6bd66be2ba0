"""Monthly records of credits elsewhere, the recent months counting more, and how long delays went on.

Sums are divided by the weight of the reported months, so that the number of months reported cancels out.
"""

from garant.features.feature import Feature, Sign, Unit
from garant.features.ratio import number, ratio
from garant.features.topic import Topic
from garant.features.window import ALL, Window
from garant.tables.expressions import Rows

_LATE = Topic(table="bureau_balance", prefix="bureau_balance", family="overdue_elsewhere", sign=Sign.RAISES)


def features(credit: Rows) -> tuple[Feature, ...]:
    """Features of recent and lasting delays elsewhere."""
    return (
        weighted_late_share(credit, ALL),
        weighted_late_30_share(credit, ALL),
        worst_days_mean(credit, ALL),
        late_streak_max(credit, ALL),
    )


def weighted_late_share(credit: Rows, window: Window) -> Feature:
    """Share of the reported months with a late payment, the recent months counting more."""
    late = ratio(credit.weight_late.sum().coalesce(0), credit.weight_reported.sum())
    return _LATE.feature("weighted_late_share", Unit.SHARE, late, window=window)


def weighted_late_30_share(credit: Rows, window: Window) -> Feature:
    """Share of the reported months more than 30 days late, the recent months counting more."""
    late = ratio(credit.weight_late_30.sum().coalesce(0), credit.weight_reported.sum())
    return _LATE.feature("weighted_late_30_share", Unit.SHARE, late, window=window)


def worst_days_mean(credit: Rows, window: Window) -> Feature:
    """Mean over the credits of the worst delay class of each."""
    worst = credit[f"worst_{window}"]
    return _LATE.feature("worst_days_mean", Unit.DAYS, ratio(worst.sum(), worst.count()), window=window)


def late_streak_max(credit: Rows, window: Window) -> Feature:
    """Longest run of consecutive late months of one credit; 0 when never late."""
    longest = credit.longest_run.coalesce(0).max(where=credit[f"reported_{window}"] > 0)
    return _LATE.feature("late_streak_max", Unit.MONTHS, number(longest), window=window)
