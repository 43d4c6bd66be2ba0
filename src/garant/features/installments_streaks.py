"""Instalments here in the order in which they fell due: the last few of them, and runs of late ones.

The order is total: due day, then loan, version and number of the instalment, which together tell instalments apart. It
is made of the values alone; the order of rows plays no part. The module has a query of its own, narrower than that of
the windows by time, because numbering the instalments holds all of them in memory.
"""

import ibis

from garant.features.aggregates import positive_part
from garant.features.feature import Feature, FeatureGroup, Missing, Sign, Unit
from garant.features.ratio import number, ratio
from garant.features.topic import Topic
from garant.features.window import ALL, DUE_2, DUE_3, DUE_5, Window
from garant.tables.expressions import Rows, Value
from garant.tables.point_in_time import known

_LATE = Topic(table="installments_payments", prefix="installments", family="late_payments", sign=Sign.RAISES)
_SHORT = Topic(
    table="installments_payments",
    prefix="installments",
    family="short_payments",
    sign=Sign.LOWERS,
    missing=Missing.NO_DENOMINATOR,
)

_LATEST = (DUE_2, DUE_3, DUE_5)

_KEY = ("SK_ID_PREV", "NUM_INSTALMENT_VERSION", "NUM_INSTALMENT_NUMBER")


def group() -> FeatureGroup:
    """Features of instalments in their order."""
    run = runs(numbered_instalments())
    return FeatureGroup(
        name="installments_streaks",
        tables=("application", "installments_payments"),
        relation=run,
        features=features(run),
    )


def numbered_instalments() -> Rows:
    """One row per instalment that fell due with its rank, 1 the latest, and its rank among those late or in time."""
    row = known("installments_payments")
    together = row.group_by("SK_ID_CURR", *_KEY, "DAYS_INSTALMENT").aggregate(
        due=row.AMT_INSTALMENT.max(),
        paid=row.AMT_PAYMENT.sum().coalesce(0),
        paid_day=row.DAYS_ENTRY_PAYMENT.max(),
    )
    fell_due = together.filter(together.DAYS_INSTALMENT <= 0)
    late_days = positive_part(fell_due.paid_day.coalesce(0) - fell_due.DAYS_INSTALMENT)
    judged = fell_due.mutate(late_days=late_days, late=ibis.cases((late_days > 0, 1), else_=0))
    latest_first = [judged.DAYS_INSTALMENT.desc(), *(judged[column].desc() for column in _KEY)]
    return judged.mutate(
        rank=ibis.row_number().over(group_by=judged.SK_ID_CURR, order_by=latest_first) + 1,
        rank_of_kind=ibis.row_number().over(group_by=[judged.SK_ID_CURR, judged.late], order_by=latest_first) + 1,
    )


def runs(instalment: Rows) -> Rows:
    """One row per client and run of instalments that were all late or all in time, with sums over the latest few.

    Within a run the rank and the rank among its kind rise together, so their difference, with the kind, names the run.
    """
    placed = instalment.mutate(run=instalment["rank"] - instalment.rank_of_kind)
    columns: dict[str, Value] = {}
    for window in _LATEST:
        inside = window.covers(placed["rank"])
        columns[f"n_{window}"] = placed.count(where=inside)
        columns[f"late_days_{window}"] = placed.late_days.sum(where=inside)
        columns[f"due_{window}"] = placed.due.sum(where=inside)
        columns[f"paid_{window}"] = placed.paid.sum(where=inside)
    return placed.group_by("SK_ID_CURR", "late", "run").aggregate(
        **columns,
        length=placed.late.count(),
        newest=placed["rank"].min(),
    )


def features(run: Rows) -> tuple[Feature, ...]:
    """Features of the latest instalments and of runs."""
    return (
        *(late_days_mean(run, window) for window in _LATEST),
        *(paid_to_due(run, window) for window in (DUE_3, DUE_5)),
        late_streak_n_max(run, ALL),
        in_time_streak_n(run, ALL),
    )


def late_days_mean(run: Rows, window: Window) -> Feature:
    """Mean delay of the instalments that fell due last; those in time count 0."""
    days = ratio(run[f"late_days_{window}"].sum(), run[f"n_{window}"].sum())
    return _LATE.feature("late_days_mean", Unit.DAYS, days, window=window)


def paid_to_due(run: Rows, window: Window) -> Feature:
    """Amount paid per unit due on the instalments that fell due last."""
    paid = ratio(run[f"paid_{window}"].sum(), run[f"due_{window}"].sum())
    return _SHORT.feature("paid_to_due", Unit.SHARE, paid, window=window)


def late_streak_n_max(run: Rows, window: Window) -> Feature:
    """Most instalments in a row that were paid late; 0 when none was."""
    longest = run.length.max(where=run.late == 1).coalesce(0)
    return _LATE.feature("late_streak_n_max", Unit.COUNT, number(longest), window=window)


def in_time_streak_n(run: Rows, window: Window) -> Feature:
    """Instalments in a row, up to the latest, that were paid in time; 0 when the latest was late. More is safer."""
    lately = run.length.max(where=(run.late == 0) & (run.newest == 1)).coalesce(0)
    return _LATE.feature("in_time_streak_n", Unit.COUNT, number(lately), window=window, sign=Sign.LOWERS)
