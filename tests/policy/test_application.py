"""The order of judgement of one application."""

from datetime import date
from itertools import product
from typing import Any

import numpy as np
import pytest

from garant.exceptions import InvariantError
from garant.models.cutoff import Costs, Outcome, ReferBand
from garant.models.product_cutoffs import Cutoffs
from garant.policy.application import outcome_of, rule_hits
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
    usual |= {"policy": POLICY, "period_declared": True, "charges_declared": True, **more}
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
