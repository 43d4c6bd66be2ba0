"""The notice that a person is shown before an automated system has a part in a decision."""

import re

import pytest

from garant.wording.catalogue import LANGUAGES
from garant.wording.notice import NOTICE_ID, RIGHTS, notice, notice_digest

NAMED = {
    "en": {
        "explanation": r"explanation",
        "own_view": r"your own view",
        "human_review": r"a person reviews",
        "contest": r"contest the decision",
        "rectification": r"corrected",
        "erasure": r"erasure",
        "complaint": r"complain to the authority",
    },
    "fr": {
        "explanation": r"explication",
        "own_view": r"votre point de vue",
        "human_review": r"une personne réexamine",
        "contest": r"contester la décision",
        "rectification": r"faire corriger",
        "erasure": r"effacement",
        "complaint": r"réclamation auprès de l’autorité",
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_says_that_processing_is_automated_how_and_what_may_follow(language: str) -> None:
    said = notice(language)
    assert (said.id, said.language) == (NOTICE_ID, language)
    text = said.text
    for words in {
        "en": ("automated processing", "profiling", "compares", "approved", "refused", "a person"),
        "fr": ("traitement automatisé", "profilage", "compare", "un accord", "un refus", "une personne"),
    }[language]:
        assert words in text


@pytest.mark.parametrize("right", RIGHTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_names_each_right(language: str, right: str) -> None:
    assert re.search(NAMED[language][right], notice(language).rights[right])


def test_the_digest_is_that_of_the_text_that_people_were_shown() -> None:
    # Another text is another notice: give it another id, and leave this one as it is.
    assert notice_digest() == "b03cd56244a1d31d3f8952532bb8248e43ca12e44080e1fbeeb8bcf0964d4231"


def test_a_notice_that_never_was_is_not_made_up() -> None:
    with pytest.raises(KeyError):
        notice("fr", "notice-v0")
