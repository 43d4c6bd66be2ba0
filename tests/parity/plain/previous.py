"""Earlier applications here, computed plainly."""

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
    trend,
    weighted_mean,
    weighted_share,
)
from plain.rows import Cell, History, Row, Rows, Test, above, added, latest, over, stated

DAY, CREDIT, ANNUITY, ASKED = "DAYS_DECISION", "AMT_CREDIT", "AMT_ANNUITY", "AMT_APPLICATION"
LAST_DUE, FIRST_PLAN = "DAYS_LAST_DUE", "DAYS_LAST_DUE_1ST_VERSION"
MONEY_ROOM = 10**13

approved, refused = equals("NAME_CONTRACT_STATUS", "Approved"), equals("NAME_CONTRACT_STATUS", "Refused")
cash, goods = equals("NAME_CONTRACT_TYPE", "Cash loans"), equals("NAME_CONTRACT_TYPE", "Consumer loans")
rated = every(approved, states("NAME_YIELD_GROUP"))


def history(rows: Rows) -> History:
    """Requests by day and number."""
    return History(rows, day=DAY, key=["SK_ID_PREV"])


def weight(row: Row) -> int:
    """1,095 less the days before the application."""
    return max(1095 + row[DAY], 0)


def running(row: Row) -> bool:
    """Granted, without an end or with one ahead."""
    return approved(row) and (row["FLAG_NO_TERMINATION"] == 1 or above(row["DAYS_TERMINATION"], 0))


def ended(row: Row) -> bool:
    """Granted, with its last instalment behind."""
    return approved(row) and row[LAST_DUE] is not None and row[LAST_DUE] <= 0


def planned(row: Row) -> int | None:
    """All payments of the plan."""
    annuity, payments = row[ANNUITY], row["CNT_PAYMENT"]
    return None if annuity is None or payments is None else annuity * payments


def priced(row: Row) -> bool:
    """Granted, with a plan."""
    return approved(row) and above(planned(row), 0)


def early_days(row: Row) -> int | None:
    """Days by which the loan ended before its first plan."""
    return None if row[FIRST_PLAN] is None else row[FIRST_PLAN] - row[LAST_DUE]


def cost(past: History, _: Row, window: str) -> Cell:
    """Planned payments per unit borrowed."""
    rows = [row for row in past.inside(window) if priced(row)]
    return over(added(map(planned, rows)), added(stated(rows, CREDIT)))


def cost_max(past: History, _: Row, window: str) -> Cell:
    """The dearest of them."""
    costs = [over(planned(row), row[CREDIT]) for row in past.inside(window) if priced(row)]
    return max((each for each in costs if each is not None), default=None)


def last_of(column: str, where: Test) -> Measure:
    """Amount of the newest row that states one, the largest of that day."""

    def measure(past: History, _: Row, window: str) -> Cell:
        rows = [row for row in past.inside(window) if where(row)]
        return latest(rows, DAY, cell(column), room=MONEY_ROOM)

    return measure


def term_to_earlier(past: History, client: Row, window: str) -> Cell:
    """Annuities that repay the loan asked for, per unit of the same of earlier ones."""
    earlier = ratio_of(CREDIT, ANNUITY, every(approved, exceeds(ANNUITY)))(past, client, window)
    assert not isinstance(earlier, str)
    return over(over(client["AMT_CREDIT"], client["AMT_ANNUITY"]), earlier)


def running_annuities(past: History, client: Row, window: str) -> Cell:
    """Annuities of running loans by income, 0 when none runs."""
    owed = sum(stated(filter(running, past.inside(window)), ANNUITY))
    return over(owed, client["AMT_INCOME_TOTAL"])


def refused_change(past: History, _: Row, window: str) -> Cell:
    """Share refused in the window less that before it."""
    shares = [over(sum(map(refused, rows)), len(rows)) for rows in (past.inside(window), past.before(window))]
    recent, before = shares
    return None if recent is None or before is None else recent - before


def last_goods(past: History, _: Row, window: str) -> Cell:
    """Goods of the newest, what points to health told as Other."""
    kind = past.inside(window)[0]["NAME_GOODS_CATEGORY"]
    return "Other" if kind in {"Medicine", "Medical Supplies"} else kind


MEASURES: dict[str, Measure] = {
    "previous_applications_n": number(),
    "previous_approved_share": share(approved),
    "previous_cancelled_share": share(equals("NAME_CONTRACT_STATUS", "Canceled")),
    "previous_history_days": largest(ago(DAY)),
    "previous_last_days": smallest(ago(DAY)),
    "previous_last_status": of_newest("NAME_CONTRACT_STATUS"),
    "previous_refused_n": number(refused),
    "previous_refused_share": share(refused),
    "previous_last_refused_days": smallest(ago(DAY), refused),
    "previous_refused_scoring_n": number(every(refused, equals("CODE_REJECT_REASON", "SCO", "SCOFR"))),
    "previous_refused_limit_n": number(every(refused, equals("CODE_REJECT_REASON", "LIMIT"))),
    # terms
    "previous_credit_mean": in_units(mean_of(cell(CREDIT), approved)),
    "previous_granted_to_asked": ratio_of(CREDIT, ASKED, every(approved, exceeds(ASKED))),
    "previous_credit_max_to_asked": per(largest(cell(CREDIT), approved), "AMT_CREDIT"),
    "previous_annuity_mean_to_asked": per(mean_of(cell(ANNUITY), approved), "AMT_ANNUITY"),
    "previous_down_payment_share": ratio_of("AMT_DOWN_PAYMENT", "AMT_GOODS_PRICE", states("AMT_DOWN_PAYMENT")),
    "previous_term_mean": mean_of(cell("CNT_PAYMENT"), every(approved, exceeds("CNT_PAYMENT"))),
    "previous_cost": cost,
    "previous_high_rate_share": share(equals("NAME_YIELD_GROUP", "high"), rated),
    "previous_revolving_share": share(equals("NAME_CONTRACT_TYPE", "Revolving loans")),
    "previous_last_product": of_newest("PRODUCT_COMBINATION"),
    "previous_last_goods": last_goods,
    "previous_early_days_mean": mean_of(early_days, ended),
    "previous_running_annuity_to_income": running_annuities,
    # course
    "previous_annuity_mean": in_units(mean_of(cell(ANNUITY), approved)),
    "previous_credit_max": in_units(largest(cell(CREDIT), approved)),
    "previous_cost_max": cost_max,
    "previous_term_max": largest(cell("CNT_PAYMENT"), every(approved, exceeds("CNT_PAYMENT"))),
    "previous_running_n": number(running),
    "previous_last_end_days": smallest(ago(LAST_DUE), ended),
    "previous_late_end_share": share(lambda row: row[LAST_DUE] > row[FIRST_PLAN], every(ended, states(FIRST_PLAN))),
    # products
    "previous_cash_share": share(cash),
    "previous_offered_share": share(equals("NAME_PRODUCT_TYPE", "x-sell")),
    "previous_walk_in_share": share(equals("NAME_PRODUCT_TYPE", "walk-in")),
    "previous_unused_share": share(equals("NAME_CONTRACT_STATUS", "Unused offer")),
    "previous_refused_cash_share": share(refused, cash),
    "previous_refused_goods_share": share(refused, goods),
    "previous_low_rate_share": share(equals("NAME_YIELD_GROUP", "low_normal", "low_action"), rated),
    "previous_insured_share": share(
        equals("NFLAG_INSURED_ON_APPROVAL", 1), every(approved, states("NFLAG_INSURED_ON_APPROVAL"))
    ),
    # over time
    "previous_recent_share": recent_share(),
    "previous_age_days_mean": mean_of(ago(DAY)),
    "previous_gap_days_mean": gap_days(DAY),
    "previous_weighted_approved_share": weighted_share(weight, approved),
    "previous_weighted_refused_share": weighted_share(weight, refused),
    "previous_refused_share_change": refused_change,
    "previous_weighted_credit_mean": in_units(weighted_mean(CREDIT, weight, approved)),
    "previous_credit_trend": trend(cell(CREDIT), approved),
    "previous_requested_trend": trend(cell(ASKED), exceeds(ASKED)),
    # against what is asked for now
    "previous_credit_mean_to_asked": per(mean_of(cell(CREDIT), approved), "AMT_CREDIT"),
    "previous_last_granted_to_asked": per(last_of(CREDIT, approved), "AMT_CREDIT"),
    "previous_last_refused_to_asked": per(last_of(CREDIT, refused), "AMT_CREDIT"),
    "previous_refused_max_to_asked": per(largest(cell(CREDIT), refused), "AMT_CREDIT"),
    "previous_requested_mean_to_asked": per(mean_of(cell(ASKED), exceeds(ASKED)), "AMT_CREDIT"),
    "previous_annuity_max_to_asked": per(largest(cell(ANNUITY), approved), "AMT_ANNUITY"),
    "previous_last_annuity_to_asked": per(last_of(ANNUITY, approved), "AMT_ANNUITY"),
    "previous_term_to_earlier": term_to_earlier,
    "previous_credit_mean_to_income": per(mean_of(cell(CREDIT), approved), "AMT_INCOME_TOTAL"),
    "previous_running_credit_to_income": per(sum_of(CREDIT, running), "AMT_INCOME_TOTAL"),
}
