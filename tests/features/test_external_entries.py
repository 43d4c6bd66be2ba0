"""External scores: who reads them, which entry belongs to which feature, and what profile eu leaves out."""

import pytest

from garant.features.catalogue import catalogue, catalogue_of, feature
from garant.features.external_entries import profiles_of, score_columns, scores_read
from garant.features.feature import Legal, Profile
from garant.tables.config import TablesConfig
from garant.tables.external_score import PUBLIC_SCORES

COLUMN = {"type": "rate", "legal": "external", "text_fr": "Note", "text_en": "Score"}
ENTRY = {
    "provider": "A bureau",
    "meaning_fr": "Risque",
    "meaning_en": "Risk",
    "range": [0.0, 9.0],
    "correction_fr": "Par courrier",
    "correction_en": "By letter",
}


def config(**said: object) -> TablesConfig:
    """What a lender with the column ``grade`` says."""
    return TablesConfig.model_validate({"extra": {"grade": COLUMN}, **said})


@pytest.mark.parametrize("profile", list(Profile))
def test_an_external_column_enters_profile_eu_only_with_an_entry(profile: Profile):
    without = {f.name for f in catalogue_of(config(), ["application"], profile)}
    entered = {f.name for f in catalogue_of(config(external_scores={"grade": ENTRY}), ["application"], profile)}
    assert "application_extra_grade" in entered
    assert entered - without == ({"application_extra_grade"} if profile is Profile.EU else set())


def test_the_public_scores_need_no_entry_of_the_lender():
    assert catalogue_of(TablesConfig(), ["application"], Profile.EU) == catalogue(["application"], Profile.EU)


def test_every_feature_of_an_external_score_has_entries_and_no_other_has():
    for f in catalogue(profile=Profile.KAGGLE):
        assert bool(score_columns(f)) == (f.legal is Legal.EXTERNAL), f.name
        assert set(score_columns(f)) <= set(PUBLIC_SCORES)
    assert score_columns(feature("application_external_scores_1_and_3")) == ("EXT_SOURCE_1", "EXT_SOURCE_3")


def test_a_column_of_the_lender_that_is_no_external_score_has_none():
    plain = {"type": "rate", "legal": "allowed", "text_fr": "Part", "text_en": "Share"}
    declared = TablesConfig.model_validate({"extra": {"part": plain}})
    (own,) = (f for f in catalogue_of(declared, ["application"], Profile.EU) if f.own is not None)
    assert score_columns(own) == ()


def test_a_score_that_nobody_explains_has_no_entry_where_it_may_be_used():
    (own,) = (f for f in catalogue_of(config(), ["application"], Profile.KAGGLE) if f.own is not None)
    assert score_columns(own) == ("grade",)
    assert scores_read([own], config().scores) == {}


@pytest.mark.parametrize(
    ("said", "expected"), [({}, (Profile.KAGGLE,)), ({"external_scores": {"grade": ENTRY}}, tuple(Profile))]
)
def test_profiles_of_the_lender_s_own_score_hang_on_its_entry(said: dict[str, object], expected: tuple[Profile, ...]):
    declared = config(**said)
    (own,) = (f for f in catalogue_of(declared, ["application"], Profile.KAGGLE) if f.own is not None)
    assert profiles_of(own, declared.scores) == expected


def test_profiles_of_garant_s_own_features_are_those_of_the_catalogue():
    for f in catalogue(profile=Profile.KAGGLE):
        assert profiles_of(f, PUBLIC_SCORES) == tuple(p for p in Profile if f.in_profile(p)), f.name


def test_entries_are_those_of_the_features_in_use():
    declared = config(external_scores={"grade": ENTRY, "EXT_SOURCE_2": {**ENTRY, "range": [0.0, 1.0]}})
    features = [
        f for f in catalogue_of(declared, ["application"], Profile.EU) if f.name.endswith(("_grade", "_less_2"))
    ]
    found = scores_read(features, declared.scores)
    assert {name: entry.provider for name, entry in found.items()} == {
        "EXT_SOURCE_1": None,
        "EXT_SOURCE_2": "A bureau",
        "grade": "A bureau",
    }
    assert scores_read([feature("application_credit")], declared.scores) == {}
