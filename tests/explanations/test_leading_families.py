"""Which family comes first, and which facts lead an applicant's families, beside accepted applicants."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pytest

from garant.explanations.accepted import Accepted
from garant.explanations.reasons import FLOOR, MAX_REASONS, ReasonWriter
from garant.features.catalogue import feature
from garant.features.feature import Feature
from garant.models.bundle.groups import FeatureGroups, Spread
from garant.wording.catalogue import Wording

LATE = feature("installments_late_days_max_all")
LATE_SHARE = feature("installments_late_share_all")
RATING = feature("application_external_score_2")
SEX = feature("application_sex")
MODEL = (LATE, LATE_SHARE, RATING, SEX)


def writer_of(accepted: Accepted = Accepted(), features: tuple[Feature, ...] = MODEL) -> ReasonWriter:  # noqa: B008 - frozen
    return ReasonWriter(features, Wording("en"), accepted=accepted, period_declared=True)


def effects(of: Mapping[Feature, float], features: tuple[Feature, ...] = MODEL) -> np.ndarray:
    """Contributions of one applicant."""
    return np.array([[*(of.get(member, 0.0) for member in features), -2.4]])


def test_the_first_family_is_that_of_the_first_reason() -> None:
    values = pa.table({f.name: pa.array([None], pa.string() if f.is_category else pa.float64()) for f in MODEL})
    for of in ({LATE: 0.3, RATING: 0.2}, {RATING: FLOOR}, {RATING: 0.9 * FLOOR}, {RATING: -0.4}, {SEX: 2.0, LATE: 0.1}):
        writer = writer_of()
        reasons = next(writer.reasons(effects(of), values))
        assert writer.first_families(effects(of)) == [reasons[0].family if reasons else None], of


def test_a_protected_attribute_is_never_the_first_family() -> None:
    assert writer_of().first_families(effects({SEX: 2.0, LATE: 0.1})) == ["late_payments"]
    assert writer_of().first_families(effects({SEX: 2.0, LATE: -0.1})) == [None]


def test_facts_lead_in_the_order_in_which_their_families_weigh_either_way() -> None:
    assert writer_of().leading(effects({LATE: 0.2, RATING: -0.9})) == [[RATING.name, LATE.name]]


def test_of_a_family_the_fact_that_weighs_most_either_way_leads() -> None:
    assert writer_of().leading(effects({LATE: 0.2, LATE_SHARE: -0.6}))[0][0] == LATE_SHARE.name


def test_no_protected_fact_leads() -> None:
    (found,) = writer_of().leading(effects({SEX: 3.0, LATE: 0.1}))
    assert SEX.name not in found


def test_what_a_fact_weighs_is_what_it_adds_beyond_accepted_applicants() -> None:
    # Everybody accepted has the large effect of the longest delay, too.
    typical = {LATE.name: FeatureGroups(1, 0.6, Spread(500, 0, 3, 10)), LATE_SHARE.name: FeatureGroups(1, 0.0)}
    writer = writer_of(Accepted({"late_payments": 0.6}, typical))
    assert writer.leading(effects({LATE: 0.6, LATE_SHARE: 0.2}))[0][0] == LATE_SHARE.name


def test_the_fact_of_a_sentence_is_one_that_adds_more_than_among_accepted_applicants() -> None:
    typical = {
        LATE.name: FeatureGroups(1, 0.6, Spread(500, 0, 3, 10)),
        LATE_SHARE.name: FeatureGroups(1, 0.0, Spread(500, 0, 0.1, 0.6)),
    }
    writer = writer_of(Accepted({"late_payments": 0.6}, typical), (LATE, LATE_SHARE))
    values = pa.table({LATE.name: [42.0], LATE_SHARE.name: [0.5]})
    (found,) = next(writer.reasons(effects({LATE: 0.6, LATE_SHARE: 0.2}, (LATE, LATE_SHARE)), values))
    assert (found.feature, found.effect) == (LATE_SHARE.name, pytest.approx(0.2))


def test_a_fact_that_lowers_the_risk_is_not_stated_although_its_value_is_bad() -> None:
    groups = {LATE.name: FeatureGroups(1, 0.0, Spread(500, 0, 3, 10))}
    writer = writer_of(Accepted({}, groups), (LATE, LATE_SHARE))
    values = pa.table({LATE.name: [42.0], LATE_SHARE.name: [0.5]})
    (found,) = next(writer.reasons(effects({LATE: -0.1, LATE_SHARE: 0.4}, (LATE, LATE_SHARE)), values))
    assert found.feature is None


def test_of_five_families_that_raise_the_risk_four_are_told() -> None:
    names = ("installments_late_days_max_all", "application_external_score_2", "application_organization")
    more = ("application_annuity_to_income", "application_education")
    features = tuple(feature(name) for name in (*names, *more))
    assert len({each.family for each in features}) == 5
    strengths = {each: 0.5 - 0.1 * number for number, each in enumerate(features)}
    values = pa.table({f.name: pa.array([None], pa.string() if f.is_category else pa.float64()) for f in features})
    found = next(writer_of(features=features).reasons(effects(strengths, features), values))
    assert [reason.family for reason in found] == [each.family for each in features[:MAX_REASONS]]
