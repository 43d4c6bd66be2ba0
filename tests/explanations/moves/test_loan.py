"""Moves of the loan: what falls together, what stays, what is offered and what is refused."""

from collections.abc import Callable

import pyarrow as pa
import pytest

from garant.exceptions import UsageError
from garant.explanations.moves.catalogue import MoveCatalogue, applied
from garant.explanations.moves.loan import Asked, implied_term, instalment
from garant.explanations.moves.round_steps import rising
from garant.explanations.moves.terms import load_terms
from garant.tables.config import TablesConfig
from garant.tables.variants import ClientRows

Person = Callable[..., ClientRows]

AMOUNTS = ("AMT_GOODS_PRICE", "AMT_CREDIT", "AMT_ANNUITY")


def after(moves: MoveCatalogue, rows: ClientRows, *texts: str) -> ClientRows:
    return applied([moves.asked(text) for text in texts], rows)[-1].rows


def amounts(rows: ClientRows) -> list[float | None]:
    cells = [rows["application"][name][0].as_py() for name in AMOUNTS]
    return [None if cell is None else cell / 1000 for cell in cells]


def offered(moves: MoveCatalogue, name: str, rows: ClientRows) -> tuple[float, ...]:
    return next(move for move in moves.moves if move.name == name).offer(rows).amounts


def why_not(moves: MoveCatalogue, name: str, rows: ClientRows) -> str:
    return next(move for move in moves.moves if move.name == name).offer(rows).why_not


def test_a_smaller_purchase_takes_credit_and_instalment_with_it(moves: MoveCatalogue, person: Person):
    assert amounts(after(moves, person(), "smaller-purchase=300000")) == [300_000, 360_000, 18_000]


def test_a_down_payment_leaves_the_price_and_takes_the_instalment_in_proportion(moves: MoveCatalogue, person: Person):
    assert amounts(after(moves, person(), "down-payment=54000")) == [450_000, 486_000, 24_300]


def test_a_longer_term_lowers_the_instalment_alone_at_the_stated_rate(moves: MoveCatalogue, person: Person):
    rows = person()
    asked = Asked.of(rows)
    assert asked is not None
    now = implied_term(asked, 0.20 / 12)
    assert now == pytest.approx(24.53, abs=0.01)
    goods, credit, annuity = amounts(after(moves, rows, "longer-term=36"))
    assert (goods, credit) == (450_000, 540_000)
    # Discounted at the stated rate, 36 of the new instalments are the credit.
    assert sum((annuity or 0) / (1 + 0.20 / 12) ** n for n in range(1, 37)) == pytest.approx(540_000, abs=1)


def test_the_term_of_an_instalment_is_the_term_it_was_made_of():
    for term in (6, 24, 83):
        made = instalment(1_000_000_000, term, 0.01)
        assert implied_term(Asked(None, 1_000_000_000, made), 0.01) == pytest.approx(term, abs=0.001)


def test_steps_are_round_amounts_within_the_limits(moves: MoveCatalogue, person: Person):
    rows = person(AMT_GOODS_PRICE=447_300_000)
    prices = offered(moves, "smaller-purchase", rows)
    assert prices[:2] == (445_000, 440_000)
    assert prices[-1] == 225_000
    assert offered(moves, "down-payment", rows)[:2] == (10_000, 20_000)
    assert offered(moves, "down-payment", rows)[-1] == 270_000
    assert offered(moves, "longer-term", rows) == (30, 36, 42, 48)


def test_a_credit_without_a_price_becomes_smaller_itself_and_knows_no_down_payment(
    moves: MoveCatalogue, person: Person
):
    rows = person(AMT_GOODS_PRICE=None)
    assert amounts(after(moves, rows, "smaller-purchase=270000")) == [None, 270_000, 13_500]
    assert why_not(moves, "down-payment", rows) == "not_stated"
    with pytest.raises(UsageError, match="states no price"):
        after(moves, rows, "down-payment=1000")


def test_a_limit_that_one_draws_from_has_no_down_payment_and_no_term(moves: MoveCatalogue, person: Person):
    rows = person(NAME_CONTRACT_TYPE="Revolving loans")
    assert offered(moves, "smaller-purchase", rows)
    for name in ("down-payment", "longer-term"):
        assert why_not(moves, name, rows) == "other_product"
        with pytest.raises(UsageError, match="Revolving loans"):
            after(moves, rows, f"{name}=40")


def test_an_instalment_that_never_repays_the_credit_has_no_longer_term(moves: MoveCatalogue, person: Person):
    rows = person(AMT_ANNUITY=8_000_000)
    assert why_not(moves, "longer-term", rows) == "no_term"
    with pytest.raises(UsageError, match="never repay"):
        after(moves, rows, "longer-term=60")


def test_a_term_that_is_at_its_limit_is_not_offered(moves: MoveCatalogue, person: Person):
    assert why_not(moves, "longer-term", person(AMT_ANNUITY=12_000_000)) == "no_term"


def test_instalments_of_a_year_are_counted_in_years(person: Person):
    yearly = MoveCatalogue.of(load_terms(), TablesConfig.model_validate({"money": {"period": "year"}}))
    rows = person(AMT_ANNUITY=216_000_000)
    assert offered(yearly, "longer-term", rows) == (5, 6, 7)
    assert yearly.asked("longer-term=5").change(rows).figures["term_before"] == pytest.approx(3.8, abs=0.01)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("smaller-purchase=450000", "less than 450,000.00"),
        ("smaller-purchase=200000", "from 225,000.00"),
        ("down-payment=0", "above 0"),
        ("down-payment=-5", "above 0"),
        ("down-payment=300000", "up to 270,000.00"),
        ("longer-term=36.5", "whole number"),
        ("longer-term=24", "above 24.5"),
        ("longer-term=50", "up to 49"),
        ("down-payment", "expected down-payment=AMOUNT"),
        ("down-payment=much", "no number"),
        ("down-payment=nan", "no amount"),
        ("down-payment=inf", "no amount"),
    ],
)
def test_amounts_beyond_the_limits_are_refused_by_name(moves: MoveCatalogue, person: Person, text: str, said: str):
    with pytest.raises(UsageError, match=text.partition("=")[0]) as error:
        after(moves, person(), text)
    assert said in str(error.value)


def test_moves_are_applied_one_after_the_other(moves: MoveCatalogue, person: Person):
    both = after(moves, person(), "smaller-purchase=300000", "down-payment=60000")
    assert amounts(both) == [300_000, 300_000, 15_000]


def test_the_lenders_charges_fall_by_as_much_as_the_instalment(person: Person):
    config = TablesConfig.model_validate({"money": {"period": "month", "charges": "CHARGES"}})
    moves = MoveCatalogue.of(load_terms(), config)

    def charges(stated: int) -> int:
        rows = person()
        table = rows["application"].append_column(pa.field("CHARGES", pa.int64()), pa.array([stated], pa.int64()))
        changed = after(moves, {**rows, "application": table}, "down-payment=54000")
        return changed["application"]["CHARGES"][0].as_py()

    assert charges(40_000_000) == 37_300_000
    assert charges(27_000_000) == 24_300_000
    # Less than the instalment asked for: it is not in them, so they do not follow.
    assert charges(20_000_000) == 20_000_000


def test_a_move_that_the_lender_does_not_offer_is_refused(moves: MoveCatalogue, person: Person):
    terms = moves.terms.model_copy(
        update={"longer_term": moves.terms.longer_term.model_copy(update={"is_offered": False})}
    )
    without = MoveCatalogue.of(terms, TablesConfig())
    assert why_not(without, "longer-term", person()) == "not_offered"
    with pytest.raises(UsageError, match="does not offer"):
        after(without, person(), "longer-term=36")


@pytest.mark.parametrize(
    ("text", "share", "figures"),
    [
        ("smaller-purchase=360000", 0.2, {"price_before": 450_000, "price": 360_000, "instalment_before": 27_000}),
        ("down-payment=54000", 0.1, {"credit_before": 540_000, "credit": 486_000, "instalment": 24_300}),
        ("longer-term=36", 36 / 24.53 - 1, {"term": 36, "instalment_before": 27_000, "repaid_more": 60_155}),
    ],
)
def test_a_change_says_how_large_it_is_and_what_a_sentence_states(
    moves: MoveCatalogue, person: Person, text: str, share: float, figures: dict[str, float]
):
    change = moves.asked(text).change(person())
    assert change.share == pytest.approx(share, abs=0.001)
    assert {name: change.figures[name] for name in figures} == pytest.approx(figures, abs=50)


def test_amounts_that_a_move_makes_are_whole_cents(moves: MoveCatalogue, person: Person):
    rows = person(AMT_CREDIT=540_000_010, AMT_ANNUITY=27_000_070)
    for text in ("smaller-purchase=333333.33", "down-payment=12345.67", "longer-term=36"):
        cells = [after(moves, rows, text)["application"][name][0].as_py() for name in AMOUNTS]
        assert [cell % 10 for cell in cells] == [0, 0, 0], text


def test_steps_are_whole_units_however_small_the_amount_and_as_fine_as_the_limit_allows():
    assert rising(3.5, most=50) == (1, 2, 3)
    assert rising(100, most=50)[:2] == (2, 4)
    assert len(rising(100, most=50)) == 50


def test_a_term_out_of_reach_is_refused_with_its_rate_in_per_cent(moves: MoveCatalogue, person: Person):
    with pytest.raises(UsageError, match=r"at a rate of 20% a year"):
        after(moves, person(), "longer-term=7")
