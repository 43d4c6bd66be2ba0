"""Reasons of one applicant, with the real catalogue and the real sentences."""

import re

import numpy as np
import pyarrow as pa
import pytest

from garant.explanations.accepted import Accepted
from garant.explanations.kinds import HISTORY_OF, KIND_OF, Kind
from garant.explanations.reasons import FLOOR, MAX_REASONS, Reason, ReasonWriter
from garant.explanations.yardstick import YARDSTICKS, Yardstick, shown_value
from garant.features.catalogue import catalogue, feature
from garant.features.feature import PROTECTED, Feature, Profile
from garant.models.bundle.groups import FeatureGroups, Spread
from garant.wording.catalogue import LANGUAGES, Wording, entries

LATE = feature("installments_late_days_max_all")
LATE_SHARE = feature("installments_late_share_all")
RATING = feature("application_external_score_2")
EMPLOYER = feature("application_organization")
BURDEN = feature("application_annuity_to_income")
SEX = feature("application_sex")
MODEL = (LATE, LATE_SHARE, RATING, EMPLOYER, BURDEN, SEX)
VALUES = (42.0, 0.5, 0.1234, "Construction", 0.31, "M")


GROUPS = {
    LATE.name: FeatureGroups(1, 0.0, Spread(500, 0, 3, 10)),
    LATE_SHARE.name: FeatureGroups(1, 0.0, Spread(500, 0, 0.1, 0.6)),
    RATING.name: FeatureGroups(-1, 0.0, Spread(500, 0.4, 0.6, 0.7)),
    BURDEN.name: FeatureGroups(1, 0.0, Spread(500, 0.1, 0.2, 0.4)),
    EMPLOYER.name: FeatureGroups(
        accepted=Spread(500, shares={"Construction": 0.02, "School": 0.3, "Bank": 0.0}),
        refused=Spread(500, shares={"Construction": 0.09, "School": 0.1, "Bank": 0.01}),
    ),
}


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ")


def reasons_of(
    effects: dict[Feature, float],
    *,
    values: tuple[float | str | None, ...] = VALUES,
    language: str = "en",
    period_declared: bool = True,
    accepted: Accepted = Accepted({}, GROUPS),  # noqa: B008 - frozen
) -> tuple[Reason, ...]:
    """Reasons of one applicant whose features have these effects on the margin."""
    contributions = np.array([[effects.get(member, 0.0) for member in MODEL] + [-2.4]])
    arrays = [pa.array([v], pa.string() if f.is_category else pa.float64()) for f, v in zip(MODEL, values, strict=True)]
    batch = pa.RecordBatch.from_arrays(arrays, names=[member.name for member in MODEL])
    writer = ReasonWriter(MODEL, Wording(language), accepted=accepted, period_declared=period_declared)
    found = next(writer.reasons(contributions, batch))
    # A row that comes alone, as plain values, has the same reasons.
    assert tuple(writer.worded(each) for each in writer.of_row(contributions[0], values)) == found
    return found


def test_the_family_that_raises_the_risk_most_comes_first_and_what_lowers_it_is_no_reason() -> None:
    found = reasons_of({LATE: 0.2, RATING: 0.9, EMPLOYER: -0.7})
    assert [reason.code for reason in found] == ["EXTERNAL_RATING", "LATE_PAYMENTS"]
    assert found[0].effect == pytest.approx(0.9)


def test_members_of_a_family_are_one_reason_whose_fact_is_its_strongest_member() -> None:
    (found,) = reasons_of({LATE: 0.5, LATE_SHARE: 0.3})
    assert (found.feature, found.effect) == (LATE.name, pytest.approx(0.8))


def test_a_family_whose_members_cancel_out_is_no_reason() -> None:
    assert reasons_of({LATE: 0.5, LATE_SHARE: -0.5}) == ()


def test_a_family_is_a_reason_by_what_it_adds_beyond_accepted_applicants() -> None:
    typical = Accepted({"late_payments": 0.4, "external_rating": -0.4}, GROUPS)
    found = reasons_of({LATE: 0.5, RATING: 0.2}, accepted=typical)
    assert [(reason.family, round(reason.effect, 6)) for reason in found] == [
        ("external_rating", 0.6),
        ("late_payments", 0.1),
    ]


def test_the_families_add_up_to_the_margin_less_the_mean_margin_of_accepted_applicants() -> None:
    rng = np.random.default_rng(5)
    contributions = rng.normal(size=(20, len(MODEL) + 1))
    contributions[:, -1] = -2.4
    typical = Accepted({f.family: float(rng.normal()) for f in MODEL}, GROUPS)
    writer = ReasonWriter(MODEL, Wording("en"), accepted=typical, period_declared=True)
    expected = contributions.sum(axis=1) - writer.typical_margin(-2.4)
    np.testing.assert_allclose(writer.by_family(contributions).sum(axis=1), expected, rtol=0, atol=1e-12)
    assert writer.typical_margin(-2.4) == pytest.approx(-2.4 + sum(typical.families.values()))


def test_what_adds_next_to_nothing_is_no_reason() -> None:
    assert reasons_of({LATE: FLOOR * 0.99}) == ()
    assert len(reasons_of({LATE: FLOOR})) == 1


def test_the_fact_is_one_that_speaks_against_the_person_beside_accepted_applicants() -> None:
    # The longest delay is the strongest member, but two days are less than half of the accepted have.
    (found,) = reasons_of({LATE: 0.5, LATE_SHARE: 0.3}, values=(2.0, 0.5, 0.1, "School", 0.31, "M"))
    assert found.feature == LATE_SHARE.name
    assert "50%" in found.text


def test_the_median_itself_does_not_speak_against_anybody() -> None:
    (found,) = reasons_of({LATE: 0.5}, values=(3.0, 0.05, 0.1, "School", 0.31, "M"))
    assert found.feature is None
    assert found.text == Wording("en").text("family.late_payments.raises")


def test_a_low_score_speaks_against_a_person_and_a_high_one_does_not() -> None:
    (low,) = reasons_of({RATING: 0.5}, values=(2.0, 0.05, 0.1234, "School", 0.31, "M"))
    (high,) = reasons_of({RATING: 0.5}, values=(2.0, 0.05, 0.65, "School", 0.31, "M"))
    assert (low.feature, high.feature) == (RATING.name, None)


def test_a_level_speaks_against_a_person_where_it_is_rarer_among_the_accepted() -> None:
    (rarer,) = reasons_of({EMPLOYER: 0.5})
    (commoner,) = reasons_of({EMPLOYER: 0.5}, values=(42.0, 0.5, 0.1, "School", 0.31, "M"))
    (unknown,) = reasons_of({EMPLOYER: 0.5}, values=(42.0, 0.5, 0.1, "Circus", 0.31, "M"))
    assert (rarer.feature, commoner.feature, unknown.feature) == (EMPLOYER.name, None, None)
    assert "2% of the clients whose application was accepted, and for 9% of those whose" in plain(rarer.text)


def test_a_level_that_hardly_anybody_accepted_has_is_not_said_to_be_of_none() -> None:
    (found,) = reasons_of({EMPLOYER: 0.5}, values=(42.0, 0.5, 0.1, "Bank", 0.31, "M"), language="fr")
    assert "moins de 1 %" in plain(found.text)


def test_nothing_is_stated_where_nothing_is_known_of_accepted_applicants() -> None:
    (found,) = reasons_of({LATE: 0.5}, accepted=Accepted())
    assert found.feature is None


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "fr",
            "Chez les clients dont la demande a été acceptée, cette durée dépasse rarement 10 jours.",
        ),
        (
            "en",
            "Among clients whose application was accepted, this length of time is rarely above 10 days.",
        ),
    ],
)
def test_a_sentence_states_the_fact_then_a_yardstick_then_the_direction(language: str, expected: str) -> None:
    (late,) = reasons_of({LATE: 0.5}, language=language)
    fact, beside, direction = plain(late.text).split(". ")
    assert "42 " in fact
    assert f"{beside}." == expected
    assert direction == {"fr": "Cela augmente le risque.", "en": "This raises the risk."}[language]


def test_within_what_is_usual_the_yardstick_is_the_median() -> None:
    (late,) = reasons_of({LATE: 0.5}, values=(8.0, 0.5, 0.1, "School", 0.31, "M"))
    assert "For half of the clients whose application was accepted, this length of time is at most 3 days." in plain(
        late.text
    )
    (rating,) = reasons_of({RATING: 0.5}, values=(8.0, 0.5, 0.5, "School", 0.31, "M"), language="fr")
    assert "Chez la moitié des clients dont la demande a été acceptée, cette valeur est d’au moins 0,60." in plain(
        rating.text
    )


def test_a_fact_that_reads_like_its_yardstick_stands_without_one() -> None:
    (found,) = reasons_of({RATING: 0.5}, values=(8.0, 0.5, 0.5999, "School", 0.31, "M"))
    assert found.feature == RATING.name
    assert "accepted" not in found.text
    assert "  " not in found.text


def test_every_reason_is_of_one_kind_and_none_that_may_be_said_is_forgotten() -> None:
    families = {f.family for f in catalogue(profile=Profile.KAGGLE)}
    protected = {f.family for f in catalogue(profile=Profile.KAGGLE) if f.legal in PROTECTED}
    assert set(KIND_OF) == families - protected
    (burden,) = reasons_of({BURDEN: 0.5})
    assert burden.kind is Kind.ACT


def test_nobody_is_told_to_act_on_who_they_are() -> None:
    acting = {family for family, kind in KIND_OF.items() if kind is Kind.ACT}
    assert not [f.name for f in catalogue(profile=Profile.KAGGLE) if f.family in acting and f.legal in PROTECTED]


def test_french_sentences_write_numbers_the_french_way() -> None:
    (burden,) = reasons_of({BURDEN: 0.5}, language="fr")
    assert "31 %" in plain(burden.text)


def beside_accepted(name: str, value: float, groups: FeatureGroups, *, language: str = "en") -> str:
    """Yardstick of one value."""
    words, member = Wording(language), feature(name)
    return plain(Yardstick(member, groups, words).sentence(value, shown_value(member, value, words)))


@pytest.mark.parametrize(
    ("name", "value", "adverse", "accepted", "expected"),
    [
        ("application_income", 1, -1, (2, 4, 9), "ce montant est rarement inférieur à 2."),
        ("application_employed_days", 90, -1, (30, 200, 300), "cette durée est d’au moins 200 jours."),
        ("bureau_active_n_all", 3, 1, (0, 2, 5), "ce nombre ne dépasse pas 2."),
        ("bureau_debt_to_income_all", 3, 1, (0, 1, 2), "ce rapport dépasse rarement 2,0 fois."),
        ("card_utilisation_latest_all", 0.9, 1, (0.1, 0.4, 1), "cette part ne dépasse pas 40 %."),
        ("installments_late_share_change_365d", 0.4, 1, (-0.2, 0, 0.1), "cet écart dépasse rarement 10 %."),
    ],
)
def test_a_yardstick_calls_the_fact_by_what_it_is(
    name: str, value: float, adverse: int, accepted: tuple[float, float, float], expected: str
) -> None:
    said = beside_accepted(name, value, FeatureGroups(adverse, 0.0, Spread(500, *accepted)), language="fr")
    assert said.endswith(f"dont la demande a été acceptée, {expected}")


def test_where_most_of_the_accepted_are_at_the_end_of_the_scale_it_is_said_what_they_have() -> None:
    never = FeatureGroups(1, 0.0, Spread(500, 0, 0, 0.2))
    always = FeatureGroups(-1, 0.0, Spread(500, 0.8, 1, 1))
    most = "For most clients whose application was accepted: "
    assert beside_accepted(LATE_SHARE.name, 0.1, never) == f"{most}0%."
    assert "rarely above 20%" in beside_accepted(LATE_SHARE.name, 0.5, never)
    assert beside_accepted("installments_paid_in_time_all", 0.9, always) == f"{most}100%."


def test_a_difference_has_no_end_of_the_scale() -> None:
    groups = FeatureGroups(1, 0.0, Spread(500, -0.2, 0, 0.4))
    said = beside_accepted("installments_late_share_change_365d", 0.1, groups)
    assert said.endswith("this difference is at most 0%.")


def test_every_yardstick_of_a_number_exists_for_every_measure() -> None:
    assert {f"yardstick.{end}" for end in YARDSTICKS} == {key for key in entries("fr") if key.startswith("yardstick.")}


def test_the_time_since_a_late_payment_that_never_was_is_no_unknown_fact() -> None:
    since = feature("installments_last_late_days_all")
    writer = ReasonWriter((since, LATE), Wording("en"), accepted=Accepted({}, GROUPS), period_declared=True)
    values = pa.table(
        {since.name: pa.array([None, None], pa.float64()), LATE.name: pa.array([0.0, None], pa.float64())}
    )
    punctual, newcomer = writer.reasons(np.array([[0.5, 0.1, -2.4]] * 2), values)
    assert [reason.feature for reason in (*punctual, *newcomer)] == [None, LATE.name]
    assert punctual[0].text == Wording("en").text("family.late_payments.raises")
    assert newcomer[0].text == Wording("en").text("family.late_payments.unknown")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_sentence_of_a_family_says_nothing_that_a_person_without_the_events_would_deny(language: str) -> None:
    denied = re.compile(r"\bvos (retards|impayés|refus|paiements incomplets)|your (late|missed|incomplete|refus)")
    families = [key for key in entries(language) if key.startswith("family.") and not key.endswith(".label")]
    assert not [key for key in families if denied.search(entries(language)[key].one.lower())]


@pytest.mark.parametrize(("language", "zero"), [("en", "zero"), ("fr", "pour zéro")])
def test_a_mean_that_counts_some_payments_as_zero_says_so(language: str, zero: str) -> None:
    stems = [
        *(f"installments_early_days_{end}" for end in ("mean", "change")),
        *(f"installments_late_days_{end}" for end in ("mean", "change")),
        "installments_weighted_late_days_mean",
    ]
    said = entries(language)
    for stem in stems:
        assert zero in said[f"feature.{stem}.label"].one
        assert zero in said[f"reason.{stem}.raises"].one


@pytest.mark.parametrize(("language", "denied"), [("en", "do not exist, for lack"), ("fr", "n’existent pas, faute")])
def test_whoever_has_earlier_loans_is_not_told_that_there_are_none(language: str, denied: str) -> None:
    for family in ("previous_amounts", "previous_terms"):
        said = entries(language)[f"family.{family}.unknown"].one
        assert denied not in said
        assert {"en": ", or ", "fr": ", ou "}[language] in said


ABSENT = tuple(
    feature(name)
    for name in (
        "installments_late_days_max_all",
        "installments_n_all",
        "installments_short_share_all",
        "bureau_credit_mean_all",
        "bureau_debt_sum_all",
        "application_external_score_2",
    )
)


def reasons_without_history(effects: tuple[float, ...], values: tuple[float | None, ...]) -> tuple[Reason, ...]:
    """Reasons of somebody with these facts on payments here, credits elsewhere, and an external score."""
    writer = ReasonWriter(ABSENT, Wording("en"), accepted=Accepted({}, GROUPS), period_declared=True)
    batch = pa.RecordBatch.from_arrays(
        [pa.array([value], pa.float64()) for value in values], names=[member.name for member in ABSENT]
    )
    contributions = np.array([[*effects, -2.4]])
    found = next(writer.reasons(contributions, batch))
    assert tuple(writer.worded(each) for each in writer.of_row(contributions[0], values)) == found
    return found


def test_a_missing_history_is_said_once_here_and_once_elsewhere_by_the_strongest_and_other_reasons_follow() -> None:
    found = reasons_without_history((0.5, 0.9, 0.8, 0.6, 0.7, 0.2), (None,) * 6)
    assert [reason.family for reason in found] == ["repayment_history", "debt_elsewhere", "external_rating"]
    assert [reason.effect for reason in found] == pytest.approx([0.9, 0.7, 0.2])


def test_a_fact_of_a_history_is_said_beside_another_that_is_missing() -> None:
    found = reasons_without_history((0.5, 0.9, 0.8, 0.0, 0.0, 0.2), (42.0, None, None, 1.0, 1.0, 0.1))
    assert [reason.family for reason in found] == ["repayment_history", "late_payments", "external_rating"]


def test_nobody_is_told_to_act_on_or_to_have_corrected_a_history_that_is_missing() -> None:
    debt, *_ = reasons_without_history((0.0, 0.0, 0.0, 0.0, 0.9, 0.0), (None,) * 6)
    amounts, *_ = reasons_without_history((0.0, 0.0, 0.0, 0.9, 0.0, 0.0), (None,) * 6)
    assert (debt.kind, amounts.kind) == (Kind.TIME, Kind.TIME)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_that_says_a_history_is_missing_counts_as_one(language: str) -> None:
    said = {"en": "We have no history", "fr": "Nous n’avons pas d’historique"}[language]
    texts = {key: text.one for key, text in entries(language).items() if key.startswith("family.")}
    families = {key.split(".")[1] for key, text in texts.items() if key.endswith(".unknown") and text.startswith(said)}
    assert families <= set(HISTORY_OF) <= set(KIND_OF)


def test_what_is_not_known_is_said_in_words_and_not_as_a_number() -> None:
    (found,) = reasons_of({RATING: 0.5}, values=(42.0, 0.5, None, "Construction", 0.31, "M"))
    assert found.text == Wording("en").text("family.external_rating.unknown")
    assert found.feature == RATING.name


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
