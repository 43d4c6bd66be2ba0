"""Instalments here, computed plainly: payments are brought together per instalment first."""

from collections import defaultdict
from itertools import groupby, takewhile

from plain.measures import Measure, ago, cell, in_units, largest, mean_of, per, ratio_of, share, smallest, sum_of
from plain.measures import number as number_of
from plain.measures import weighted_share as by_weight
from plain.rows import Cell, History, Row, Rows, added, as_float, difference, latest, mean, over, positive_part, stated

KEY = ("SK_ID_PREV", "NUM_INSTALMENT_VERSION", "NUM_INSTALMENT_NUMBER")
ROOM = 100_000


def history(rows: Rows) -> History:
    """Instalments that fell due, by day, loan, version and number."""
    grouped: dict[tuple[object, ...], Rows] = defaultdict(list)
    for row in rows:
        grouped[tuple(row[column] for column in (*KEY, "DAYS_INSTALMENT"))].append(row)
    fell_due = [parts for parts in grouped.values() if (day := parts[0]["DAYS_INSTALMENT"]) is not None and day <= 0]
    return History(map(instalment, fell_due), day="day", key=KEY)


def instalment(parts: Rows) -> Row:
    """What was due, paid of it and when; one without a payment is late until today."""
    day = parts[0]["DAYS_INSTALMENT"]
    days, payments = stated(parts, "DAYS_ENTRY_PAYMENT"), stated(parts, "AMT_PAYMENT")
    in_time = [p for p in parts if p["DAYS_ENTRY_PAYMENT"] is not None and p["DAYS_ENTRY_PAYMENT"] <= day]
    due = max(stated(parts, "AMT_INSTALMENT"), default=None)
    return {
        **{column: parts[0][column] for column in KEY},
        "day": day,
        "due": due,
        "paid": sum(payments),
        "in_time": sum(stated(in_time, "AMT_PAYMENT")),
        "payments": len(payments),
        "late": max((max(days) if days else 0) - day, 0),
        "early": max(day - max(days), 0) if days else None,
        "missing": positive_part(None if due is None else due - sum(payments)),
    }


def weight(one: Row) -> int:
    """1,095 less the days before the application."""
    return max(1095 + one["day"], 0)


def is_late(one: Row, beyond: int = 0) -> bool:
    """Late by more than so many days."""
    return one["late"] > beyond


def is_first(one: Row) -> bool:
    """One of the first three of its loan."""
    return one["NUM_INSTALMENT_NUMBER"] is not None and one["NUM_INSTALMENT_NUMBER"] <= 3


def is_paid(one: Row) -> bool:
    """With a day of payment."""
    return one["early"] is not None


def weighted_late_days(past: History, _client: Row, _window: str) -> Cell:
    """Delays by weight."""
    rows = past.newest_first
    return over(sum(weight(one) * one["late"] for one in rows), sum(map(weight, rows)))


def latest_late(past: History, _client: Row, _window: str) -> Cell:
    """Delay of the instalment due last, the longest of that day."""
    return as_float(latest(past.newest_first, "day", cell("late"), room=ROOM))


def when_late(past: History, _: Row, window: str) -> Cell:
    """Mean delay of the late ones."""
    return mean([one["late"] for one in past.inside(window) if is_late(one)])


def mean_due(rows: Rows) -> float | None:
    """Mean of what is stated due."""
    return mean(stated(rows, "due"))


def due_trend(past: History, _: Row, window: str) -> Cell:
    """Mean instalment in the window per unit of the mean before it."""
    return over(mean_due(past.inside(window)), mean_due(past.before(window)))


def change(value: str, by: str | None) -> Measure:
    """Sum of a column by another, or by the number of instalments, in the window less the same before it."""

    def one(rows: Rows) -> float | None:
        told = added(row[value] for row in rows)
        return over(told, len(rows) if by is None else added(row[by] for row in rows))

    return lambda past, _, window: difference(one(past.inside(window)), one(past.before(window)))


def late_share_change(past: History, _: Row, window: str) -> Cell:
    """Share of late ones in the window less that before it."""
    shares = [over(sum(map(is_late, rows)), len(rows)) for rows in (past.inside(window), past.before(window))]
    return difference(*shares)


def early_days_change(past: History, _: Row, window: str) -> Cell:
    """Mean days paid ahead in the window less that before it."""
    return difference(*(mean(stated(rows, "early")) for rows in (past.inside(window), past.before(window))))


def longest_late_run(past: History, _client: Row, _window: str) -> Cell:
    """Most late ones in a row."""
    runs = [(late, len(list(run))) for late, run in groupby(past.newest_first, key=is_late)]
    return float(max((length for late, length in runs if late), default=0))


def in_time_run(past: History, _client: Row, _window: str) -> Cell:
    """In time in a row up to the latest."""
    return float(len(list(takewhile(lambda one: not is_late(one), past.newest_first))))


MEASURES: dict[str, Measure] = {
    "installments_n": number_of(),
    "installments_due_mean": in_units(mean_of(cell("due"))),
    "installments_last_days": smallest(ago("day")),
    "installments_early_days_mean": mean_of(cell("early")),
    "installments_late_days_max": largest(cell("late")),
    "installments_late_days_mean": mean_of(cell("late")),
    "installments_late_share": share(is_late),
    "installments_late_week_share": share(lambda one: is_late(one, 7)),
    "installments_late_month_share": share(lambda one: is_late(one, 30)),
    "installments_last_late_days": smallest(ago("day"), is_late),
    "installments_latest_late_days": latest_late,
    "installments_late_share_change": late_share_change,
    "installments_short_share": share(lambda one: (one["missing"] or 0) > 0),
    "installments_short_sum": in_units(sum_of("missing")),
    "installments_paid_to_due": ratio_of("paid", "due"),
    "installments_paid_in_time": ratio_of("in_time", "due"),
    "installments_parts_share": share(lambda one: one["payments"] > 1),
    # over time
    "installments_weighted_late_share": by_weight(weight, is_late),
    "installments_weighted_late_days_mean": weighted_late_days,
    "installments_first_late_share": share(is_late, is_first),
    "installments_late_days_when_late": when_late,
    "installments_late_days_change": change("late", None),
    "installments_paid_in_time_change": change("in_time", "due"),
    "installments_early_week_share": share(lambda one: one["early"] > 7, is_paid),
    "installments_early_days_change": early_days_change,
    # against what is asked for now
    "installments_due_to_asked": per(mean_of(cell("due")), "AMT_ANNUITY"),
    "installments_due_max_to_asked": per(largest(cell("due")), "AMT_ANNUITY"),
    "installments_due_to_income": per(sum_of("due"), "AMT_INCOME_TOTAL"),
    "installments_due_trend": due_trend,
    # in their order
    "installments_late_streak_n_max": longest_late_run,
    "installments_in_time_streak_n": in_time_run,
}
