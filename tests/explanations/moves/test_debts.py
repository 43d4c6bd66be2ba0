"""Arrears paid and card balances reduced: today changes, history stays."""

from collections.abc import Callable
from typing import Any

import pytest

from garant.exceptions import UsageError
from garant.explanations.moves.catalogue import MoveCatalogue, applied
from garant.tables.config import TablesConfig
from garant.tables.variants import ClientRows

Person = Callable[..., ClientRows]

CREDIT = {"CREDIT_ACTIVE": "Active", "DAYS_CREDIT": -300}


def after(moves: MoveCatalogue, rows: ClientRows, *texts: str) -> ClientRows:
    return applied([moves.asked(text) for text in texts], rows)[-1].rows


def column(rows: ClientRows, table: str, name: str) -> list[Any]:
    return rows[table][name].to_pylist()


def test_arrears_elsewhere_become_zero_and_the_debt_falls_by_them(moves: MoveCatalogue, person: Person):
    bureau = [
        {
            **CREDIT,
            "SK_ID_BUREAU": 1,
            "AMT_CREDIT_SUM_OVERDUE": 310_000,
            "CREDIT_DAY_OVERDUE": 12,
            "AMT_CREDIT_SUM_DEBT": 2_000_000,
            "AMT_CREDIT_MAX_OVERDUE": 900_000,
        },
        {
            **CREDIT,
            "SK_ID_BUREAU": 2,
            "AMT_CREDIT_SUM_OVERDUE": 500_000,
            "CREDIT_DAY_OVERDUE": None,
            "AMT_CREDIT_SUM_DEBT": 100_000,
        },
        {
            **CREDIT,
            "SK_ID_BUREAU": 3,
            "AMT_CREDIT_SUM_OVERDUE": 0,
            "CREDIT_DAY_OVERDUE": 0,
            "AMT_CREDIT_SUM_DEBT": 7_000_000,
        },
    ]
    rows = person({"bureau": bureau})
    change = moves.asked("arrears-paid").change(rows)
    assert change.amount == 810
    assert column(change.rows, "bureau", "AMT_CREDIT_SUM_OVERDUE") == [0, 0, 0]
    assert column(change.rows, "bureau", "CREDIT_DAY_OVERDUE") == [0, None, 0]
    # The second states less debt than arrears, so these are no part of it.
    assert column(change.rows, "bureau", "AMT_CREDIT_SUM_DEBT") == [1_690_000, 100_000, 7_000_000]
    assert column(change.rows, "bureau", "AMT_CREDIT_MAX_OVERDUE") == [900_000, None, None]


@pytest.mark.parametrize("table", ["POS_CASH_balance", "credit_card_balance"])
def test_only_the_latest_month_of_a_running_contract_is_of_today(moves: MoveCatalogue, person: Person, table: str):
    months = [
        {"SK_ID_PREV": 1, "MONTHS_BALANCE": -2, "SK_DPD": 20, "SK_DPD_DEF": 20},
        {"SK_ID_PREV": 1, "MONTHS_BALANCE": -1, "SK_DPD": 50, "SK_DPD_DEF": 0},
        {"SK_ID_PREV": 2, "MONTHS_BALANCE": -30, "SK_DPD": 90, "SK_DPD_DEF": 90},
    ]
    rows = after(moves, person({table: months}), "arrears-paid=all")
    assert column(rows, table, "SK_DPD") == [20, 0, 90]
    assert column(rows, table, "SK_DPD_DEF") == [20, 0, 90]


def test_who_has_no_arrears_is_told_so(moves: MoveCatalogue, person: Person):
    rows = person({"bureau": [{**CREDIT, "SK_ID_BUREAU": 1, "AMT_CREDIT_SUM_OVERDUE": 0}]})
    (move,) = [move for move in moves.moves if move.name == "arrears-paid"]
    assert move.offer(rows).why_not == "nothing_to_change"
    with pytest.raises(UsageError, match="nothing is overdue"):
        after(moves, rows, "arrears-paid=all")


def test_a_part_of_the_arrears_is_refused(moves: MoveCatalogue, person: Person):
    rows = person({"bureau": [{**CREDIT, "SK_ID_BUREAU": 1, "AMT_CREDIT_SUM_OVERDUE": 500_000}]})
    with pytest.raises(UsageError, match="arrears-paid=all"):
        after(moves, rows, "arrears-paid=100")


def test_the_highest_balance_is_paid_first_with_what_follows_from_it(moves: MoveCatalogue, person: Person):
    cards = [
        {
            "SK_ID_PREV": 1,
            "MONTHS_BALANCE": -1,
            "AMT_BALANCE": 40_000_000,
            "AMT_TOTAL_RECEIVABLE": 40_000_000,
            "AMT_INST_MIN_REGULARITY": 2_000_000,
            "AMT_CREDIT_LIMIT_ACTUAL": 50_000_000,
        },
        {
            "SK_ID_PREV": 2,
            "MONTHS_BALANCE": -1,
            "AMT_BALANCE": 100_000_000,
            "AMT_TOTAL_RECEIVABLE": 110_000_000,
            "AMT_INST_MIN_REGULARITY": 5_000_000,
            "AMT_CREDIT_LIMIT_ACTUAL": 100_000_000,
        },
        {
            "SK_ID_PREV": 2,
            "MONTHS_BALANCE": -2,
            "AMT_BALANCE": 90_000_000,
            "AMT_TOTAL_RECEIVABLE": 90_000_000,
            "AMT_INST_MIN_REGULARITY": 5_000_000,
            "AMT_CREDIT_LIMIT_ACTUAL": 100_000_000,
        },
    ]
    rows = person({"credit_card_balance": cards})
    half = after(moves, rows, "card-balance=50000")
    assert column(half, "credit_card_balance", "AMT_BALANCE") == [40_000_000, 50_000_000, 90_000_000]
    assert column(half, "credit_card_balance", "AMT_TOTAL_RECEIVABLE") == [40_000_000, 55_000_000, 90_000_000]
    assert column(half, "credit_card_balance", "AMT_INST_MIN_REGULARITY") == [2_000_000, 2_500_000, 5_000_000]
    all_paid = after(moves, rows, "card-balance=140000")
    assert column(all_paid, "credit_card_balance", "AMT_BALANCE") == [0, 0, 90_000_000]
    assert column(all_paid, "credit_card_balance", "AMT_CREDIT_LIMIT_ACTUAL") == [50_000_000, 100_000_000, 100_000_000]
    with pytest.raises(UsageError, match=r"up to 140,000\.00"):
        after(moves, rows, "card-balance=140001")


def test_a_card_in_credit_or_long_closed_is_left_alone(moves: MoveCatalogue, person: Person):
    cards = [
        {"SK_ID_PREV": 1, "MONTHS_BALANCE": -1, "AMT_BALANCE": -5_000_000},
        {"SK_ID_PREV": 2, "MONTHS_BALANCE": -20, "AMT_BALANCE": 100_000_000},
    ]
    rows = person({"credit_card_balance": cards})
    (move,) = [move for move in moves.moves if move.name == "card-balance"]
    assert move.offer(rows).why_not == "nothing_to_change"
    with pytest.raises(UsageError, match="owes nothing on a card"):
        after(moves, rows, "card-balance=1")


def test_a_lender_without_child_tables_offers_no_move_of_debts(moves: MoveCatalogue, person: Person):
    alone = {"application": person()["application"]}
    for move in moves.moves:
        if move.name in {"arrears-paid", "card-balance"}:
            assert move.offer(alone).why_not == "nothing_to_change"


def test_a_debt_that_is_all_overdue_is_paid_off_and_a_credit_of_later_is_left_alone(
    moves: MoveCatalogue, person: Person
):
    owed = {"AMT_CREDIT_SUM_OVERDUE": 500_000, "CREDIT_DAY_OVERDUE": 3, "AMT_CREDIT_SUM_DEBT": 500_000}
    later = {**CREDIT, **owed, "SK_ID_BUREAU": 2, "DAYS_CREDIT": 5}
    change = moves.asked("arrears-paid").change(person({"bureau": [{**CREDIT, **owed, "SK_ID_BUREAU": 1}, later]}))
    assert change.amount == 500
    assert column(change.rows, "bureau", "AMT_CREDIT_SUM_DEBT") == [0, 500_000]
    assert column(change.rows, "bureau", "CREDIT_DAY_OVERDUE") == [0, 3]


def test_arrears_are_as_large_a_change_as_their_part_of_the_credit_asked_for(moves: MoveCatalogue, person: Person):
    bureau = [{**CREDIT, "SK_ID_BUREAU": 1, "AMT_CREDIT_SUM_OVERDUE": 54_000_000}]
    assert moves.asked("arrears-paid").change(person({"bureau": bureau})).share == pytest.approx(0.1)


def test_a_month_tells_of_today_up_to_two_months_back_and_never_of_later(moves: MoveCatalogue, person: Person):
    months = [{"SK_ID_PREV": n, "MONTHS_BALANCE": at, "SK_DPD": 9} for n, at in enumerate((-3, -2, 0))]
    # A month after the application is not known on its day, and hides no earlier one.
    months += [{"SK_ID_PREV": 2, "MONTHS_BALANCE": 1, "SK_DPD": 9}]
    rows = after(moves, person({"POS_CASH_balance": months}), "arrears-paid")
    assert column(rows, "POS_CASH_balance", "SK_DPD") == [9, 0, 0, 9]


def test_what_is_paid_of_a_card_is_a_part_of_all_balances(moves: MoveCatalogue, person: Person):
    cards = [{"SK_ID_PREV": n, "MONTHS_BALANCE": -1, "AMT_BALANCE": owed} for n, owed in ((1, 40_000_000), (2, 10**8))]
    rows = person({"credit_card_balance": cards})
    change = moves.asked("card-balance=35000").change(rows)
    assert change.share == pytest.approx(0.25)
    assert change.figures == {"balance_before": 140_000, "balance": 105_000, "paid": 35_000}
    half = moves.terms.card_balance.model_copy(update={"most_share": 0.5})
    careful = MoveCatalogue.of(moves.terms.model_copy(update={"card_balance": half}), TablesConfig())
    with pytest.raises(UsageError, match=r"up to 70,000\.00"):
        careful.asked("card-balance=70001").change(rows)
