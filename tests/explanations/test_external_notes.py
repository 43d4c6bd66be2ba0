"""What stands beside a reason that rests on external scores."""

from garant.explanations.external_notes import external_notes
from garant.features.catalogue import feature
from garant.tables.external_score import ExternalScore
from garant.wording.catalogue import Wording

FEATURES = [feature(f"application_external_score_{word}") for word in ("1", "2", "mean")] + [
    feature("application_credit")
]

NAMED = ExternalScore(
    provider="A bureau",
    meaning_fr="Risque",
    meaning_en="Risk",
    range=[0.0, 1.0],
    correction_fr="Par courrier",
    correction_en="By letter\n to the  bureau",
)


def test_scores_that_nobody_named_are_told_once_and_other_features_carry_no_note() -> None:
    notes = external_notes(FEATURES, None, Wording("en"))
    assert set(notes) == {f.name for f in FEATURES[:3]}
    assert len(set(notes.values())) == 1
    assert notes["application_external_score_mean"].startswith("The provider of this score is not named")


def test_a_named_score_says_its_provider_and_the_lenders_words_on_one_line_with_a_full_stop() -> None:
    notes = external_notes(FEATURES, {"EXT_SOURCE_2": NAMED}, Wording("en"))
    assert notes["application_external_score_2"] == "Provider: A bureau. By letter to the bureau."


def test_scores_that_are_corrected_in_different_ways_are_told_apart() -> None:
    said = external_notes(FEATURES, {"EXT_SOURCE_2": NAMED}, Wording("fr"))["application_external_score_mean"]
    assert "Note externe 2\u00a0: Fournisseur\u00a0: A bureau. Par courrier." in said
    assert said.startswith("Note externe 1\u00a0: Le fournisseur de cette note n’est pas nommé")
