"""Months of cards here, computed plainly."""

from collections import defaultdict

from plain.measures import (
    Measure,
    ago,
    cell,
    equals,
    exceeds,
    in_units,
    largest,
    mean_of,
    per,
    ratio_of,
    share,
    smallest,
    states,
    trend,
    weighted_ratio,
    weighted_share,
)
from plain.rows import Cell, History, Row, Rows, as_float, difference, latest, longest_run, over, positive_part

MONTH, LIMIT, DRAWN, CASH = (
    "MONTHS_BALANCE",
    "AMT_CREDIT_LIMIT_ACTUAL",
    "AMT_DRAWINGS_CURRENT",
    "AMT_DRAWINGS_ATM_CURRENT",
)
MINIMUM, PAID, OWED = "AMT_INST_MIN_REGULARITY", "AMT_PAYMENT_TOTAL_CURRENT", "owed"
MONEY_ROOM = 10**13

late, limited, due = exceeds("SK_DPD"), exceeds(LIMIT), exceeds(MINIMUM)


def history(rows: Rows) -> History:
    """Months of all cards, with what is owed: an overpaid card owes nothing."""
    return History([{**row, OWED: positive_part(row["AMT_BALANCE"])} for row in rows], day=MONTH)


def weight(month: Row) -> int:
    """36 less the months before the application."""
    return max(36 + month[MONTH], 0)


def newest(column: str) -> Measure:
    """Latest stated amount, of several cards the highest."""
    return lambda past, _, window: latest(past.inside(window), MONTH, cell(column), room=MONEY_ROOM)


def utilisation_latest(past: History, client: Row, window: str) -> Cell:
    """Latest balance by latest limit."""
    owed, limit = (newest(column)(past, client, window) for column in (OWED, LIMIT))
    assert not isinstance(owed, str)
    assert not isinstance(limit, str)
    return over(owed, limit)


def utilisation_change(past: History, client: Row, window: str) -> Cell:
    """Use of the limit in the window less that before it."""
    earlier = History(past.before(window), day=MONTH)
    recent, before = (ratio_of(OWED, LIMIT)(*of) for of in ((past, client, window), (earlier, client, "all")))
    assert not isinstance(recent, str)
    assert not isinstance(before, str)
    return difference(recent, before)


def utilisation_max(past: History, _: Row, window: str) -> Cell:
    """Highest use of a month."""
    used = [over(month[OWED], month[LIMIT]) for month in past.inside(window)]
    return max((each for each in used if each is not None), default=None)


def late_streak(past: History, _client: Row, _window: str) -> Cell:
    """Longest late run of one card."""
    cards: dict[int, list[int]] = defaultdict(list)
    for month in filter(late, past.newest_first):
        cards[month["SK_ID_PREV"]].append(month[MONTH])
    return as_float(max(map(longest_run, cards.values()), default=0))


MEASURES: dict[str, Measure] = {
    "card_balance_mean": in_units(mean_of(cell(OWED))),
    "card_balance_trend": trend(cell(OWED)),
    "card_limit_latest": in_units(newest(LIMIT)),
    "card_drawings_mean": in_units(mean_of(cell(DRAWN))),
    "card_active_months_share": share(exceeds(DRAWN)),
    "card_balance_to_income": per(newest(OWED), "AMT_INCOME_TOTAL"),
    "card_utilisation_mean": ratio_of(OWED, LIMIT),
    "card_utilisation_max": utilisation_max,
    "card_over_limit_share": share(lambda month: month[OWED] is not None and month[OWED] > month[LIMIT], limited),
    # payments
    "card_cash_share": ratio_of(CASH, DRAWN),
    "card_cash_n_mean": mean_of(cell("CNT_DRAWINGS_ATM_CURRENT")),
    "card_cash_months_share": share(exceeds(CASH), states(CASH)),
    "card_paid_to_owed": ratio_of(PAID, OWED),
    "card_minimum_to_income": per(newest(MINIMUM), "AMT_INCOME_TOTAL"),
    "card_paid_to_minimum": ratio_of(PAID, MINIMUM, due),
    "card_below_minimum_share": share(lambda month: month[PAID] is not None and month[PAID] < month[MINIMUM], due),
    "card_late_days_max": largest(cell("SK_DPD")),
    "card_late_share": share(late),
    # over time
    "card_drawings_trend": trend(cell(DRAWN)),
    "card_drawing_mean": in_units(ratio_of(DRAWN, "CNT_DRAWINGS_CURRENT", exceeds("CNT_DRAWINGS_CURRENT"))),
    "card_limit_to_asked": per(newest(LIMIT), "AMT_CREDIT"),
    "card_nothing_owed_share": share(equals(OWED, 0), states(OWED)),
    "card_utilisation_latest": utilisation_latest,
    "card_utilisation_change": utilisation_change,
    "card_weighted_utilisation": weighted_ratio(OWED, LIMIT, weight),
    "card_late_days_tolerant_max": largest(cell("SK_DPD_DEF")),
    "card_weighted_late_share": weighted_share(weight, late),
    "card_last_late_months": smallest(ago(MONTH), late),
    "card_late_streak_max": late_streak,
}
