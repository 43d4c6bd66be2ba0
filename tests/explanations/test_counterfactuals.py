"""The search itself, judged by rules that a reader can check by hand."""

from collections.abc import Callable, Sequence

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
    assert set(amounts(result)) == {"smaller-purchase", "down-payment", "longer-term"}


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
