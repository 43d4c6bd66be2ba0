"""From PD and facts to a proposal."""

from typing import Any

import numpy as np
import pytest

from garant.exceptions import InvariantError
from garant.models.cutoff import Costs, Outcome, ReferBand
from garant.models.product_cutoffs import Cutoffs
from garant.policy.outcome import DAYS_PER_YEAR, OUTCOMES, Facts, PolicyCode, hits, propose
from garant.policy.policy import load_policy

# A cut-off of 1/10 in a band of log-odds around it.
CUTOFFS = Cutoffs.of(Costs(1, 9), band=ReferBand(0.08, 0.12))
ADULT = 40 * DAYS_PER_YEAR


def one(
    pd: float,
    *,
    income: float = 100.0,
    annuity: float = 10.0,
    charges: float = 10.0,
    age_days: float = ADULT,
    period_declared: bool = True,
) -> tuple[Outcome, PolicyCode]:
    """Proposal for one applicant."""
    facts = Facts(*(np.array([v]) for v in (income, annuity, 500.0, charges, age_days)))
    made = propose(
        np.array([pd]),
        facts,
        policy=load_policy(),
        cutoffs=CUTOFFS.rows(np.array([None], dtype=object)),
        period_declared=period_declared,
    )
    return OUTCOMES[made.outcome[0]], PolicyCode(made.rule[0])


@pytest.mark.parametrize(
    ("pd", "expected"),
    [
        (0.0, Outcome.ACCEPT),
        (np.nextafter(0.08, 0), Outcome.ACCEPT),
        (0.08, Outcome.REFER),
        (np.nextafter(0.12, 0), Outcome.REFER),
        (0.12, Outcome.REFUSE),
        (1.0, Outcome.REFUSE),
    ],
)
def test_the_band_has_no_hole_and_its_upper_end_refuses(pd: float, expected: Outcome) -> None:
    assert one(pd) == (expected, PolicyCode.NONE)


@pytest.mark.parametrize("missing", [{"income": 0.0}, {"income": np.nan}, {"annuity": 0.0}, {"charges": np.nan}])
@pytest.mark.parametrize("pd", [0.01, 0.5])
def test_incomplete_information_is_referred_whatever_the_pd(missing: dict[str, Any], pd: float) -> None:
    assert one(pd, **missing) == (Outcome.REFER, PolicyCode.INSUFFICIENT_INFORMATION)


def test_a_minor_is_refused_however_low_the_pd() -> None:
    assert one(0.01, age_days=17.9 * DAYS_PER_YEAR) == (Outcome.REFUSE, PolicyCode.UNDER_AGE)
    assert one(0.01, age_days=18.01 * DAYS_PER_YEAR) == (Outcome.ACCEPT, PolicyCode.NONE)


def test_majority_begins_on_the_birthday_however_many_leap_days_went_before() -> None:
    # Eighteen years are 6,574 days or 6,575.
    assert one(0.01, age_days=6_574.0) == (Outcome.ACCEPT, PolicyCode.NONE)
    assert one(0.01, age_days=6_573.0) == (Outcome.REFUSE, PolicyCode.UNDER_AGE)


def test_charges_are_judged_only_when_the_period_of_money_is_declared() -> None:
    assert one(0.01, charges=51.0) == (Outcome.REFER, PolicyCode.DEBT_SERVICE_RATIO)
    assert one(0.01, charges=51.0, period_declared=False) == (Outcome.ACCEPT, PolicyCode.NONE)


def test_a_referral_rule_never_softens_a_refusal() -> None:
    assert one(0.5, charges=90.0) == (Outcome.REFUSE, PolicyCode.NONE)


@pytest.mark.parametrize("pd", [np.nan, -0.1, 1.1, np.inf])
def test_what_is_no_probability_gives_no_proposal(pd: float) -> None:
    with pytest.raises(InvariantError, match="no proposal"):
        one(pd)


def test_every_rule_that_is_hit_is_known_and_not_only_the_one_that_decides() -> None:
    facts = Facts(*(np.array(v) for v in ([0.0, 100.0], [10.0] * 2, [500.0] * 2, [60.0] * 2, [ADULT / 4, ADULT])))
    found = hits(facts, policy=load_policy(), period_declared=True)
    assert {code: rows.tolist() for code, rows in found.items()} == {
        PolicyCode.INSUFFICIENT_INFORMATION: [True, False],
        PolicyCode.UNDER_AGE: [True, False],
        PolicyCode.DEBT_SERVICE_RATIO: [True, True],
    }
    assert next(iter(found)) is PolicyCode.INSUFFICIENT_INFORMATION


def test_a_rule_is_hit_whether_or_not_the_pd_refuses_already() -> None:
    facts = Facts(*(np.array([v]) for v in (100.0, 10.0, 500.0, 90.0, ADULT)))
    assert hits(facts, policy=load_policy(), period_declared=True)[PolicyCode.DEBT_SERVICE_RATIO].tolist() == [True]
    assert PolicyCode.DEBT_SERVICE_RATIO not in hits(facts, policy=load_policy(), period_declared=False)
