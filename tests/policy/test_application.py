"""The order of judgement of one application."""

from datetime import date
from itertools import product
from typing import Any

import numpy as np
import pytest

from garant.exceptions import InvariantError
from garant.models.cutoff import Costs, Outcome, ReferBand
from garant.models.product_cutoffs import Cutoffs
from garant.policy.application import outcome_of, reasons_decide, rule_hits
from garant.policy.external_checks import CheckResult, ExternalCheck
from garant.policy.hit import Hit
from garant.policy.outcome import DAYS_PER_YEAR, OUTCOMES, Facts, PolicyCode, propose
from garant.policy.policy import load_policy

TODAY = date(2026, 11, 29)
BAND = ReferBand(0.08, 0.12)
POLICY = load_policy()
LISTED = {"national_register": ExternalCheck(on=TODAY, result=CheckResult.LISTED)}


def facts(*, income: float = 100.0, charges: float = 10.0, age: float = 40.0) -> Facts:
    """Facts of one application."""
    return Facts(*(np.array([v]) for v in (income, 10.0, 500.0, charges, age * DAYS_PER_YEAR)))


def hits(of: Facts | None = None, **more: Any) -> tuple[Hit, ...]:  # noqa: ANN401 - passed on
    """Rules that are hit."""
    usual: dict[str, Any] = {"stopped": False, "unknown_tables": (), "checks": {}, "today": TODAY}
    usual |= {"policy": POLICY, "period_declared": True, "charges": "CHARGES", **more}
    return rule_hits(facts() if of is None and not usual["unknown_tables"] else of, **usual)


def codes(found: tuple[Hit, ...]) -> list[str]:
    """Their codes."""
    return [hit.code for hit in found]


def test_one_application_is_judged_as_every_row_of_a_table_is() -> None:
    cutoffs = Cutoffs.of(Costs(1, 9), band=BAND).rows(np.array([None], dtype=object))
    cases = list(product((0.01, 0.08, 0.1, 0.12, 0.9), (100.0, 0.0, np.nan), (10.0, 60.0), (17.0, 18.0), (True, False)))
    for pd, income, charges, age, declared in cases:
        of = facts(income=income, charges=charges, age=age)
        found = hits(of, period_declared=declared)
        made = propose(np.array([pd]), of, policy=POLICY, cutoffs=cutoffs, period_declared=declared)
        rule = PolicyCode(made.rule[0])
        assert outcome_of(pd, BAND, found) is OUTCOMES[made.outcome[0]]
        assert rule is PolicyCode.NONE or codes(found)[0] == rule.name


def test_every_rule_that_is_hit_is_said_and_the_one_that_decides_first() -> None:
    found = hits(facts(charges=90.0, age=17.0), checks=LISTED)
    assert codes(found) == ["UNDER_AGE", "DEBT_SERVICE_RATIO", "EXTERNAL_CHECK_LISTED"]
    assert all(hit.texts["fr"] and hit.texts["en"] for hit in found)


@pytest.mark.parametrize("pd", [0.01, 0.1, 0.9])
def test_the_stop_switch_sends_everything_to_a_person(pd: float) -> None:
    found = hits(facts(age=17.0), stopped=True)
    assert outcome_of(pd, BAND, found) is Outcome.REFER
    assert codes(found)[0] == "STOPPED"


def test_an_unknown_table_needs_no_pd_and_is_named() -> None:
    found = hits(unknown_tables=("bureau", "bureau_balance"))
    assert codes(found) == ["INSUFFICIENT_INFORMATION"]
    assert found[0].fields == ("bureau", "bureau_balance")
    assert outcome_of(None, BAND, found) is Outcome.REFER


def test_what_is_unknown_is_said_once() -> None:
    assert codes(hits(facts(income=0.0), unknown_tables=("bureau",))) == ["INSUFFICIENT_INFORMATION"]


def test_a_person_who_is_listed_is_never_accepted_and_a_refusal_is_not_softened() -> None:
    assert outcome_of(0.01, BAND, hits(checks=LISTED)) is Outcome.REFER
    assert outcome_of(0.9, BAND, hits(checks=LISTED)) is Outcome.REFUSE


@pytest.mark.parametrize("pd", [None, np.nan, -0.1, 1.1, np.inf])
def test_without_a_probability_there_is_no_proposal(pd: float | None) -> None:
    with pytest.raises(InvariantError, match="no proposal"):
        outcome_of(pd, BAND, hits())


def test_a_pd_that_is_no_probability_is_never_hidden_by_a_rule() -> None:
    with pytest.raises(InvariantError, match="no proposal"):
        outcome_of(np.nan, BAND, hits(stopped=True))


def test_a_share_of_income_is_told_with_its_limit_in_both_languages() -> None:
    (hit,) = hits(facts(charges=63.0))
    assert "est de 63\u202f%, au-delà de la limite de 50\u202f%" in hit.texts["fr"].replace("\xa0", "\u202f")
    assert "is 63%, above the limit of 50%" in hit.texts["en"]
    (known,) = hits(facts(charges=63.0), charges=None)
    assert "your known instalments take, is 63%" in known.texts["en"]
    assert known.texts["en"].endswith("It counts known instalments only.")


def test_a_share_just_above_the_limit_is_never_told_as_the_limit_itself() -> None:
    assert "is 50.01%, above the limit of 50%" in hits(facts(charges=50.01))[0].texts["en"]
    assert "%" not in hits(facts(charges=50.0000001))[0].texts["en"]


@pytest.mark.parametrize(
    ("of", "column", "fields"),
    [
        (facts(income=0.0), "CHARGES", ("application.AMT_INCOME_TOTAL",)),
        (facts(charges=np.nan), "CHARGES", ("application.CHARGES",)),
        (facts(charges=np.nan), None, ("application.AMT_ANNUITY",)),
    ],
)
def test_facts_that_are_missing_are_named_by_their_columns(
    of: Facts, column: str | None, fields: tuple[str, ...]
) -> None:
    (hit,) = hits(of, charges=column)
    assert (hit.code, hit.fields) == ("INSUFFICIENT_INFORMATION", fields)


@pytest.mark.parametrize(
    ("pd", "outcome", "codes_of", "expected"),
    [
        (0.9, Outcome.REFUSE, (), True),
        (0.1, Outcome.REFER, ("DEBT_SERVICE_RATIO",), True),
        (0.01, Outcome.REFER, ("DEBT_SERVICE_RATIO",), False),
        (0.1, Outcome.REFUSE, ("UNDER_AGE",), False),
        (0.1, Outcome.REFER, ("STOPPED",), False),
        (0.1, Outcome.REFER, ("EXTERNAL_CHECK_MISSING",), False),
        (0.01, Outcome.ACCEPT, (), False),
        (None, Outcome.REFER, ("INSUFFICIENT_INFORMATION",), False),
    ],
)
def test_the_models_reasons_decide_only_where_the_pd_asks_for_the_outcome(
    *, pd: float | None, outcome: Outcome, codes_of: tuple[str, ...], expected: bool
) -> None:
    assert reasons_decide(pd, BAND, codes_of, outcome) is expected
