"""Credits elsewhere, computed plainly."""

from plain.measures import (
    Measure,
    ago,
    cell,
    equals,
    every,
    exceeds,
    gap_days,
    in_units,
    largest,
    mean_of,
    number,
    of_newest,
    per,
    ratio_of,
    recent_share,
    share,
    smallest,
    states,
    sum_of,
    total_of,
    trend,
    weighted_mean,
    weighted_ratio,
    weighted_share,
)
from plain.rows import Cell, History, Row, Rows, above, over, stated, together, total

DAY, AMOUNT, DEBT, END, CLOSED = (
    *("DAYS_CREDIT", "AMT_CREDIT_SUM", "AMT_CREDIT_SUM_DEBT"),
    *("DAYS_CREDIT_ENDDATE", "DAYS_ENDDATE_FACT"),
)

active, card = equals("CREDIT_ACTIVE", "Active"), equals("CREDIT_TYPE", "Credit card")
active_card = every(active, card)
consumer = equals("CREDIT_TYPE", "Consumer credit")
end_ahead = every(active, exceeds(END))


def history(rows: Rows) -> History:
    """Credits by day and number."""
    return History(rows, day=DAY, key=["SK_ID_BUREAU"])


def weight(row: Row) -> int:
    """1,095 less the days before the application."""
    return max(1095 + row[DAY], 0)


def ever_overdue(row: Row) -> bool:
    """Overdue now or once."""
    return above(row["AMT_CREDIT_MAX_OVERDUE"], 0) or above(row["CREDIT_DAY_OVERDUE"], 0)


def planned(row: Row) -> bool:
    """A planned end after the opening."""
    return above(row[END], row[DAY])


def term(row: Row) -> int:
    """Planned days from opening to end."""
    return row[END] - row[DAY]


def early(row: Row) -> bool:
    """Closed by now, not before it was opened, with a plan that is not before the opening."""
    closed, plan = row[CLOSED], row[END]
    return closed is not None and row[DAY] <= closed <= 0 and plan is not None and plan >= row[DAY]


def kinds(past: History, _: Row, window: str) -> Cell:
    """How many of five kinds were there."""
    five = {"Credit card", "Consumer credit", "Car loan", "Mortgage", "Microloan"}
    return float(len(five & {row["CREDIT_TYPE"] for row in past.inside(window)}))


def last_running(past: History, _: Row, window: str) -> Cell:
    """1 when the newest runs, 0 when it does not."""
    state = past.inside(window)[0]["CREDIT_ACTIVE"]
    return None if state is None else float(state == "Active")


def closed_n(past: History, _: Row, window: str) -> Cell:
    """Credits that ended in the window."""
    ended = [row for row in past.newest_first if row[CLOSED] is not None and row[CLOSED] <= 0]
    return float(len(History(ended, day=CLOSED).inside(window)))


def elapsed(past: History, _: Row, window: str) -> Cell:
    """Passed days by planned ones."""
    rows = [row for row in past.inside(window) if end_ahead(row) and planned(row)]
    return over(sum(0 - row[DAY] for row in rows), sum(map(term, rows)))


def recent_debt(past: History, _: Row, window: str) -> Cell:
    """Debt on credits of the window by all debt."""
    return over(total(past.inside(window), DEBT), total(past.newest_first, DEBT))


def annuities(past: History) -> int:
    """Annuities of the running credits."""
    return sum(stated(filter(active, past.newest_first), "AMT_ANNUITY"))


def charges(past: History, client: Row, _: str) -> Cell:
    """The annuity asked for and those of running credits by income."""
    return over(together(client["AMT_ANNUITY"], annuities(past)), client["AMT_INCOME_TOTAL"])


def debt_and_asked(past: History, client: Row, window: str) -> Cell:
    """Debt and the loan asked for by income."""
    return over(together(total(past.inside(window), DEBT), client["AMT_CREDIT"]), client["AMT_INCOME_TOTAL"])


MEASURES: dict[str, Measure] = {
    "bureau_credits_n": number(),
    "bureau_active_n": number(active),
    "bureau_active_share": share(active),
    "bureau_history_days": largest(ago(DAY)),
    "bureau_last_credit_days": smallest(ago(DAY)),
    "bureau_cards_n": number(card),
    "bureau_car_loans_n": number(equals("CREDIT_TYPE", "Car loan")),
    "bureau_consumer_n": number(consumer),
    "bureau_microloans_n": number(equals("CREDIT_TYPE", "Microloan")),
    "bureau_mortgages_n": number(equals("CREDIT_TYPE", "Mortgage")),
    "bureau_credit_sum": in_units(total_of(AMOUNT)),
    "bureau_credit_mean": in_units(mean_of(cell(AMOUNT))),
    "bureau_remaining_days_max": largest(cell(END), end_ahead),
    "bureau_early_days_mean": mean_of(lambda row: row[END] - row[CLOSED], early),
    "bureau_last_closed_days": smallest(ago(CLOSED), lambda row: row[CLOSED] is not None and row[CLOSED] <= 0),
    # debt
    "bureau_debt_sum": in_units(total_of(DEBT)),
    "bureau_debt_to_credit": ratio_of(DEBT, AMOUNT, states(DEBT)),
    "bureau_active_debt_to_credit": ratio_of(DEBT, AMOUNT, every(active, states(DEBT))),
    "bureau_card_debt_to_credit": ratio_of(DEBT, AMOUNT, every(active_card, states(DEBT))),
    "bureau_debt_to_income": per(total_of(DEBT), "AMT_INCOME_TOTAL"),
    "bureau_charges_to_income": charges,
    "bureau_overdue_sum": in_units(total_of("AMT_CREDIT_SUM_OVERDUE")),
    "bureau_overdue_days_max": largest(cell("CREDIT_DAY_OVERDUE")),
    "bureau_worst_overdue_max": in_units(largest(cell("AMT_CREDIT_MAX_OVERDUE"))),
    "bureau_overdue_credits_share": share(ever_overdue),
    "bureau_last_overdue_credit_days": smallest(ago(DAY), ever_overdue),
    "bureau_worst_overdue_to_credit": ratio_of("AMT_CREDIT_MAX_OVERDUE", AMOUNT, states("AMT_CREDIT_MAX_OVERDUE")),
    "bureau_prolonged_n": total_of("CNT_CREDIT_PROLONG"),
    # kinds
    "bureau_kinds_n": kinds,
    "bureau_cards_share": share(card),
    "bureau_active_cards_n": number(active_card),
    "bureau_closed_n": closed_n,
    "bureau_last_type": of_newest("CREDIT_TYPE"),
    "bureau_last_running": last_running,
    "bureau_last_amount": in_units(sum_of(AMOUNT)),
    "bureau_active_credit_sum": in_units(total_of(AMOUNT, active)),
    "bureau_card_limit_sum": in_units(total_of("AMT_CREDIT_SUM_LIMIT", active_card)),
    "bureau_consumer_debt_to_credit": ratio_of(DEBT, AMOUNT, every(active, consumer, states(DEBT))),
    "bureau_card_debt_to_limit": ratio_of(
        DEBT, "AMT_CREDIT_SUM_LIMIT", every(active_card, exceeds("AMT_CREDIT_SUM_LIMIT"))
    ),
    # plans
    "bureau_term_days_mean": mean_of(term, planned),
    "bureau_remaining_days_mean": mean_of(cell(END), end_ahead),
    "bureau_elapsed_share": elapsed,
    "bureau_ending_soon_n": number(every(end_ahead, lambda row: row[END] <= 365)),
    "bureau_past_end_n": number(every(active, lambda row: row[END] is not None and row[END] <= 0)),
    # over time
    "bureau_recent_share": recent_share(),
    "bureau_age_days_mean": mean_of(ago(DAY)),
    "bureau_active_age_days_mean": mean_of(ago(DAY), active),
    "bureau_gap_days_mean": gap_days(DAY),
    "bureau_weighted_active_share": weighted_share(weight, active),
    "bureau_weighted_credit_mean": in_units(weighted_mean(AMOUNT, weight)),
    "bureau_credit_trend": trend(cell(AMOUNT)),
    "bureau_weighted_debt_to_credit": weighted_ratio(DEBT, AMOUNT, weight, states(DEBT)),
    "bureau_recent_debt_share": recent_debt,
    "bureau_weighted_overdue_share": weighted_share(weight, ever_overdue),
    # against what is asked for now
    "bureau_credit_max_to_asked": per(largest(cell(AMOUNT)), "AMT_CREDIT"),
    "bureau_credit_mean_to_asked": per(mean_of(cell(AMOUNT)), "AMT_CREDIT"),
    "bureau_last_amount_to_asked": per(sum_of(AMOUNT), "AMT_CREDIT"),
    "bureau_debt_to_asked": per(total_of(DEBT), "AMT_CREDIT"),
    "bureau_debt_and_asked_to_income": debt_and_asked,
    "bureau_annuities_to_income": lambda past, client, _: over(annuities(past), client["AMT_INCOME_TOTAL"]),
}
