"""The search itself, judged by rules that a reader can check by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from lenders.writing import as_arrow, complete

from garant.exceptions import InvariantError
from garant.explanations.changed_facts import changed_facts
from garant.explanations.counterfactual_text import End, Period, told
from garant.explanations.counterfactuals import Found, Judge, Judged, confirmed, search
from garant.explanations.moves.catalogue import MoveCatalogue
from garant.explanations.moves.terms import load_terms
from garant.tables.config import TablesConfig
from garant.tables.schema import TABLES
from garant.tables.variants import ClientRows
from garant.wording.catalogue import Wording

MOVES = MoveCatalogue.of(load_terms(), TablesConfig())
CUTOFF = 0.1
SPACES = str.maketrans("\u00a0\u202f", "  ")

PdOf = Callable[[float, float], float]
"""PD from credit and instalment, in currency units."""


def person(**cells: object) -> ClientRows:
    loan = {"AMT_GOODS_PRICE": 450_000_000, "AMT_CREDIT": 540_000_000, "AMT_ANNUITY": 27_000_000, **cells}
    rows = {name: as_arrow(name, []) for name in TABLES}
    return {**rows, "application": as_arrow("application", [complete("application", {"SK_ID_CURR": 7, **loan})])}


def judge_by(pd_of: PdOf, *, rule: Callable[[float], bool] = lambda _: True, asked: list[int] | None = None) -> Judge:
    """Judge by a PD that follows from the loan, and by a rule about the instalment."""

    def judge(variants: Sequence[ClientRows]) -> Judged:
        if asked is not None:
            asked.append(len(variants))
        loans = [rows["application"] for rows in variants]
        credit, annuity = ([loan[n][0].as_py() / 1000 for loan in loans] for n in ("AMT_CREDIT", "AMT_ANNUITY"))
        pd = np.array([pd_of(*loan) for loan in zip(credit, annuity, strict=True)])
        is_below = pd < CUTOFF
        return Judged(np.log(pd / (1 - pd)), pd, is_below & np.array([rule(each) for each in annuity]), is_below)

    return judge


def found(pd_of: PdOf) -> Found:
    return search(person(), MOVES.moves, judge_by(pd_of))


def amounts(result: Found) -> dict[str, tuple[float, float]]:
    return {each.move: (each.steps[0].amount, each.steps[-1].amount) for each in result.results}


def test_the_smallest_accepted_change_of_each_move_is_found_and_all_are_asked_at_once():
    asked: list[int] = []
    result = search(person(), MOVES.moves, judge_by(lambda credit, _: credit / 5_000_000, asked=asked))
    assert asked == [result.variants + 1]
    # Below 500,000: a purchase of less than 416,667, a down-payment of more than 40,000.
    assert amounts(result) == {"down-payment": (50_000, 270_000), "smaller-purchase": (415_000, 225_000)}
    assert result.why_not == {
        "longer-term": "not_enough",
        "arrears-paid": "nothing_to_change",
        "card-balance": "nothing_to_change",
    }


def test_smaller_relative_changes_come_first():
    shares = [each.share for each in found(lambda _, annuity: annuity / 250_000).results]
    assert len(shares) == 3
    assert shares == sorted(shares)


def test_who_should_borrow_more_is_not_told_to_borrow_less():
    result = found(lambda credit, _: 0.2 - credit / 10_000_000 if credit > 400_000 else 0.01)
    # The far end would be accepted, but the first steps raise the risk.
    assert amounts(result) == {}
    assert {result.why_not[move] for move in ("smaller-purchase", "down-payment")} == {"wrong_sign"}


def test_a_range_ends_where_the_first_step_is_not_accepted():
    result = found(lambda credit, _: 0.05 if 400_000 < credit < 500_000 else 0.12)
    assert amounts(result)["down-payment"] == (50_000, 130_000)


def test_somebody_held_back_by_a_rule_alone_is_judged_by_the_rule():
    judge = judge_by(lambda credit, _: 0.05 + (540_000 - credit) / 50_000_000, rule=lambda annuity: annuity <= 25_000)
    result = search(person(), MOVES.moves, judge)
    # The PD rises a little with each move and stays below the cut-off; the instalment is what had to fall.
    assert {move: first for move, (first, _) in amounts(result).items()} == {
        "smaller-purchase": 415_000,
        "down-payment": 40_000,
        "longer-term": 30,
    }


def test_a_change_is_as_large_as_its_smallest_accepted_step():
    # 10,000 of 540,000 paid at once are less than a purchase of 440,000 instead of 450,000.
    result = found(lambda credit, _: 0.05 if credit <= 530_000 else 0.15)
    assert [(each.move, each.steps[0].amount) for each in result.results] == [
        ("down-payment", 10_000),
        ("smaller-purchase", 440_000),
    ]


def test_steps_that_leave_the_risk_as_it_is_do_not_hide_that_the_next_ones_raise_it():
    result = found(lambda credit, _: 0.2 if credit > 520_000 else 0.25 if credit > 480_000 else 0.05)
    assert {result.why_not[move] for move in ("smaller-purchase", "down-payment")} == {"wrong_sign"}


def test_none_within_the_limits_is_an_answer():
    result = found(lambda credit, annuity: 0.3 + (credit + annuity) / 1e9)
    assert result.results == ()
    assert result.why_not["smaller-purchase"] == "not_enough"


def test_nothing_is_asked_for_somebody_whom_no_move_can_help():
    asked: list[int] = []
    result = search(person(AMT_ANNUITY=None), MOVES.moves, judge_by(lambda _, __: 0.5, asked=asked))
    assert (result.results, result.variants, asked) == ((), 0, [])


def test_what_the_public_path_does_not_accept_is_cut_off_or_dropped():
    loose = found(lambda credit, _: credit / 5_000_000)
    strict = confirmed(loose, judge_by(lambda credit, _: credit / 5_000_000 if credit > 480_000 else 0.5))
    assert amounts(strict) == {"down-payment": (50_000, 50_000), "smaller-purchase": (415_000, 405_000)}
    nothing = confirmed(loose, judge_by(lambda _, __: 0.5))
    assert nothing.results == ()
    assert nothing.why_not["down-payment"] == "not_confirmed"


def test_a_confirmed_range_has_no_gap():
    loose = found(lambda credit, _: credit / 5_000_000)
    strict = confirmed(loose, judge_by(lambda credit, _: 0.5 if credit == 470_000 else credit / 5_000_000))
    assert amounts(strict)["down-payment"] == (50_000, 60_000)


def test_of_four_results_the_three_smallest_are_told():
    one = found(lambda credit, _: credit / 5_000_000).results[0]
    four = Found(tuple(replace(one, move=name) for name in ("first", "second", "third", "fourth")))
    kept = confirmed(four, judge_by(lambda _, __: 0.05))
    assert [each.move for each in kept.results] == ["first", "second", "third"]


def test_who_has_no_arrears_is_not_told_that_paying_them_would_not_have_been_enough():
    nothing = found(lambda _, __: 0.5)
    answer = told(nothing, MOVES, Wording("en"), period=None, end="below_cutoff")
    assert answer.none.endswith("enough: smaller purchase, larger down-payment, longer term.")
    assert {answer.why_not[move] for move in ("arrears-paid", "card-balance")} == {"nothing_to_change"}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_who_can_change_nothing_is_told_so_in_a_whole_sentence(language: str):
    none = Found((), {move.name: "nothing_to_change" for move in MOVES.moves})
    answer = told(none, MOVES, Wording(language), period=None, end="below_cutoff")
    assert answer.none == Wording(language).text("counterfactual.no_move")


def test_a_judge_that_loses_variants_is_an_error():
    def lazy(variants: Sequence[ClientRows]) -> Judged:
        return judge_by(lambda _, __: 0.5)(variants[:1])

    with pytest.raises(InvariantError, match="1 were judged"):
        search(person(), MOVES.moves, lazy)


@pytest.mark.parametrize(
    ("language", "end", "changes", "ending"),
    [
        (
            "en",
            "below_cutoff",
            [
                "With a purchase between 225,000 and 415,000 instead of 450,000",
                "With a down-payment larger by 50,000 to 270,000",
            ],
            ", the file would have been below the cut-off, all else being equal.",
        ),
        (
            "fr",
            "below_review",
            [
                "Avec un achat compris entre 225 000 et",
                "Avec un apport personnel augmenté d’un montant compris entre 50",
            ],
            "sous le seuil à partir duquel une personne décide, toutes choses égales par ailleurs.",
        ),
        (
            "en",
            "rule_met",
            ["With a purchase between", "With a down-payment larger by 50,000"],
            "would have met the lender’s rule and been below the cut-off, all else being equal.",
        ),
    ],
)
def test_a_result_is_a_range_in_words(language: str, end: End, changes: list[str], ending: str):
    result = found(lambda credit, _: credit / 5_000_000)
    answer = told(result, MOVES, Wording(language), period=None, end=end)
    texts = [each.text.translate(SPACES) for each in answer.results]
    assert [text.startswith(change) for text, change in zip(texts, changes, strict=True)] == [True, True]
    assert all(text.endswith(ending) for text in texts)
    assert [(each.first, each.last) for each in answer.results] == [(415_000, 225_000), (50_000, 270_000)]


@pytest.mark.parametrize(
    ("language", "period", "said"),
    [
        ("en", "month", ("between 36 months and 48 months", "about 25 months", "at a rate of 20% a year (")),
        ("en", None, ("between 36 instalments and 48 instalments", "if instalments are monthly")),
        ("fr", "month", ("entre 36 mois et 48 mois", "à un taux de 20 % par an (une échéance de 20 068")),
        ("fr", None, ("entre 36 échéances et 48 échéances", "si les échéances sont mensuelles")),
    ],
)
def test_a_longer_term_states_its_rate_and_what_it_costs(language: str, period: Period, said: tuple[str, ...]):
    result = found(lambda _, annuity: annuity / 210_000)
    longer = next(each for each in result.results if each.move == "longer-term")
    only = Found((longer,))
    (answer,) = told(only, MOVES, Wording(language), period=period, end="below_cutoff").results
    text = answer.text.translate(SPACES)
    assert all(part in text for part in said)
    # 36 instalments of 20,068 are that much more than 24.53 of 27,000.
    more = {"en": ", and 60,148 or more", "fr": " et 60 148 ou plus"}[language]
    assert more in text


def test_terms_of_yearly_instalments_are_said_in_years():
    yearly = MoveCatalogue.of(load_terms(), TablesConfig.model_validate({"money": {"period": "year"}}))
    result = search(person(AMT_ANNUITY=216_000_000), yearly.moves, judge_by(lambda _, annuity: annuity / 2_100_000))
    longer = Found(tuple(each for each in result.results if each.move == "longer-term"))
    (answer,) = told(longer, yearly, Wording("en"), period="year", end="below_cutoff").results
    assert "between 5 years and 7 years instead of about 4 years" in answer.text.translate(SPACES)


@pytest.mark.parametrize(("steps", "said"), [(1, "larger by 50,000, the"), (2, "larger by 50,000 to 60,000, the")])
def test_a_single_amount_is_said_as_one_and_two_are_a_range(steps: int, said: str):
    (result,) = (r for r in found(lambda credit, _: credit / 5_000_000).results if r.move == "down-payment")
    few = Found((replace(result, steps=result.steps[:steps]),), variants=78)
    (answer,) = told(few, MOVES, Wording("en"), period=None, end="below_cutoff").results
    assert said in answer.text
    assert answer.steps == steps


def test_a_smaller_credit_without_goods_is_not_called_a_purchase():
    result = search(person(AMT_GOODS_PRICE=None), MOVES.moves, judge_by(lambda credit, _: credit / 5_000_000))
    (answer,) = told(result, MOVES, Wording("en"), period=None, end="below_cutoff").results
    assert answer.text.startswith("With a credit between 270,000 and 490,000 instead of 540,000,")


def said_of(child: str, cells: Mapping[str, object], move: str) -> str:
    """Sentence of a move of debts whose every step is accepted, for a person with this row of a child table."""
    rows = {**person(), child: as_arrow(child, [complete(child, {"SK_ID_CURR": 7, **cells})])}
    found = search(rows, MOVES.moves, lambda variants: accepted_after_the_first(len(variants)))
    results = tuple(result for result in found.results if result.move == move)
    (answer,) = told(Found(results), MOVES, Wording("en"), period=None, end="below_cutoff").results
    return answer.text


def accepted_after_the_first(n: int) -> Judged:
    is_later = np.arange(n) > 0
    pd = np.where(is_later, 0.05, 0.2)
    return Judged(np.log(pd / (1 - pd)), pd, is_later, is_later)


def test_what_is_paid_of_a_card_stands_beside_what_is_owed_on_it():
    card = {"SK_ID_PREV": 1, "MONTHS_BALANCE": -1, "AMT_BALANCE": 100_000_000}
    said = said_of("credit_card_balance", card, "card-balance")
    assert said.startswith("With 5,000 to 100,000 of the card balance of 100,000 paid back,")


@pytest.mark.parametrize(
    ("overdue", "said"),
    [
        (310_000, "Had the arrears of today been paid (310), the"),
        (None, "Had the arrears of today been paid, the"),
    ],
)
def test_arrears_are_said_with_their_amount_where_it_is_known(overdue: int | None, said: str):
    credit = {"SK_ID_BUREAU": 1, "DAYS_CREDIT": -300, "AMT_CREDIT_SUM_OVERDUE": overdue, "CREDIT_DAY_OVERDUE": 12}
    assert said_of("bureau", credit, "arrears-paid").startswith(said)


def test_every_changed_cell_is_told_with_both_values():
    rows = person()
    months = as_arrow("POS_CASH_balance", [complete("POS_CASH_balance", {"SK_ID_PREV": 5, "MONTHS_BALANCE": -1})])
    rows = {**rows, "POS_CASH_balance": months}
    changed = dict(rows)
    changed["application"] = rows["application"].set_column(
        rows["application"].schema.get_field_index("AMT_CREDIT"),
        rows["application"].schema.field("AMT_CREDIT"),
        pa.array([500_000_000], pa.int64()),
    )
    changed["POS_CASH_balance"] = as_arrow(
        "POS_CASH_balance", [complete("POS_CASH_balance", {"SK_ID_PREV": 5, "MONTHS_BALANCE": -1, "SK_DPD": 3})]
    )
    columns = {name: {column.name: column for column in table.columns} for name, table in TABLES.items()}
    credit, delay = changed_facts(rows, changed, columns, Wording("en", currency="EUR"))
    assert (credit.before, credit.after) == (540_000, 500_000)
    assert (credit.label, credit.before_text, credit.after_text) == (
        "Amount of the loan asked for",
        "€540,000",
        "€500,000",
    )
    assert delay.row == {"SK_ID_PREV": 5, "MONTHS_BALANCE": -1}
    assert (delay.before_text, delay.after_text) == ("not stated", "3")
