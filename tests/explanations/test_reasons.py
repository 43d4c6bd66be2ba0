"""Reasons of one applicant, with the real catalogue and the real sentences."""

import numpy as np
import pyarrow as pa
import pytest

from garant.explanations.reasons import MAX_REASONS, Reason, ReasonWriter
from garant.features.catalogue import feature
from garant.features.feature import Feature
from garant.wording.catalogue import Wording

LATE = feature("installments_late_days_max_all")
LATE_SHARE = feature("installments_late_share_all")
RATING = feature("application_external_score_2")
EMPLOYER = feature("application_organization")
BURDEN = feature("application_annuity_to_income")
SEX = feature("application_sex")
MODEL = (LATE, LATE_SHARE, RATING, EMPLOYER, BURDEN, SEX)
VALUES = (42.0, 0.5, 0.1234, "Construction", 0.31, "M")


def reasons_of(
    effects: dict[Feature, float],
    *,
    values: tuple[float | str | None, ...] = VALUES,
    language: str = "en",
    period_declared: bool = True,
) -> tuple[Reason, ...]:
    """Reasons of one applicant whose features have these effects on the margin."""
    contributions = np.array([[effects.get(member, 0.0) for member in MODEL] + [-2.4]])
    arrays = [pa.array([v], pa.string() if f.is_category else pa.float64()) for f, v in zip(MODEL, values, strict=True)]
    batch = pa.RecordBatch.from_arrays(arrays, names=[member.name for member in MODEL])
    writer = ReasonWriter(MODEL, Wording(language), period_declared=period_declared)
    return next(writer.reasons(contributions, batch))


def test_the_family_that_raises_the_risk_most_comes_first_and_what_lowers_it_is_no_reason() -> None:
    found = reasons_of({LATE: 0.2, RATING: 0.9, EMPLOYER: -0.7})
    assert [reason.code for reason in found] == ["EXTERNAL_RATING", "LATE_PAYMENTS"]
    assert found[0].effect == pytest.approx(0.9)


def test_members_of_a_family_are_one_reason_whose_fact_is_its_strongest_member() -> None:
    (found,) = reasons_of({LATE: 0.5, LATE_SHARE: 0.3})
    assert (found.feature, found.effect) == (LATE.name, pytest.approx(0.8))


def test_a_family_whose_members_cancel_out_is_no_reason() -> None:
    assert reasons_of({LATE: 0.5, LATE_SHARE: -0.5}) == ()


def test_the_sentence_states_the_persons_own_value() -> None:
    (late,) = reasons_of({LATE: 0.5})
    assert "42\N{NO-BREAK SPACE}days" in late.text
    (employer,) = reasons_of({EMPLOYER: 0.5})
    assert "onstruction" in employer.text


def test_french_sentences_write_numbers_the_french_way() -> None:
    (burden,) = reasons_of({BURDEN: 0.5}, language="fr")
    assert "31 %" in burden.text.replace("\u202f", " ").replace("\xa0", " ")


def test_what_is_not_known_is_said_in_words_and_not_as_a_number() -> None:
    (found,) = reasons_of({RATING: 0.5}, values=(42.0, 0.5, None, "Construction", 0.31, "M"))
    assert found.text == Wording("en").text("family.external_rating.unknown")


def test_no_sentence_states_a_share_of_income_while_its_period_is_not_declared() -> None:
    (found,) = reasons_of({BURDEN: 0.5}, period_declared=False)
    assert "31" not in found.text
    assert "%" not in found.text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_protected_attribute_is_never_a_reason(language: str) -> None:
    found = reasons_of({SEX: 3.0, RATING: 0.1}, language=language)
    assert [reason.code for reason in found] == ["EXTERNAL_RATING"]


def test_there_are_at_most_four_reasons() -> None:
    effects = dict.fromkeys(MODEL, 0.1)
    assert len(reasons_of(effects)) == MAX_REASONS
