"""Bins are said in words that mean what is compared."""

import pytest

from garant.features.catalogue import catalogue, feature
from garant.features.feature import Profile
from garant.models.scorecard.bin_texts import bin_texts
from garant.models.scorecard.bins import Bins, CategoryBins, NumberBins
from garant.runs.words import words_of
from garant.tables.config import Extra
from garant.wording.catalogue import LANGUAGES, Wording

FR, EN = Wording("fr", currency="EUR"), Wording("en", currency="EUR")


def said(name: str, bins: Bins, words: Wording) -> list[str]:
    return [
        text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
        for text in bin_texts(feature(name), bins, words)
    ]


def test_amounts_say_both_ends_and_the_currency():
    bins = NumberBins((135_000.0, 270_000.0), whole=True)
    assert said("application_credit", bins, FR) == [
        "Montant du prêt demandé : moins de 135 000 €",
        "Montant du prêt demandé : de 135 000 € à moins de 270 000 €",
        "Montant du prêt demandé : 270 000 € ou plus",
        "Montant du prêt demandé : non renseigné",
    ]
    assert said("application_credit", bins, EN)[1:3] == [
        "Amount of the loan asked for: from €135,000 to under €270,000",
        "Amount of the loan asked for: €270,000 or more",
    ]


def test_counts_are_said_as_numbers_where_a_bin_holds_one():
    bins = NumberBins((1.0, 2.0, 4.0), whole=True)
    texts = said("application_enquiries_n_365d", bins, EN)
    assert [text.rsplit(": ", 1)[1] for text in texts] == ["0", "1", "from 2 to under 4", "4 or more", "not stated"]


def test_a_flag_is_said_as_yes_or_no():
    texts = said("application_own_car", NumberBins((1.0,), whole=True), FR)
    assert [text.rsplit(" : ", 1)[1] for text in texts] == ["non", "oui", "non renseigné"]


def test_levels_are_said_in_words_with_a_line_for_all_others():
    bins = CategoryBins((("Pensioner",), ("State servant", "Working")), ("Pensioner", "State servant", "Working"))
    french, english = (said("application_income_type", bins, words) for words in (FR, EN))
    assert len(french) == len(english) == 4
    assert french[2].endswith(": toute autre valeur")
    assert english[2].endswith(": any other value")
    assert "Pensioner" not in french[0]


def test_a_column_of_the_lenders_own_is_said_in_its_words_and_its_levels_as_they_are():
    declared = Extra.model_validate({"type": "category", "text_fr": "Segment interne", "text_en": "Internal segment"})
    own = [f for f in catalogue(["application"], Profile.EU, {"segment": declared}) if f.own is not None]
    bins = CategoryBins((("gold", "silver"), ("plain",)), ("gold", "plain", "silver"))
    assert bin_texts(own[0], bins, words_of(own, "en")) == (
        "Internal segment: “gold”, “silver”",
        "Internal segment: “plain”",
        "Internal segment: any other value",
        "Internal segment: not stated",
    )
    assert bin_texts(own[0], bins, words_of(own, "fr"))[2].startswith("Segment interne")


@pytest.mark.parametrize("words", [FR, EN], ids=LANGUAGES)
@pytest.mark.parametrize(
    "name", ["bureau_active_n_all", "application_employed_days", "application_income", "application_credit_to_annuity"]
)
def test_null_is_said_as_the_catalogue_understands_it(name: str, words: Wording):
    text = bin_texts(feature(name), NumberBins((1.0,)), words)[-1]
    assert text.endswith(words.text(f"scorecard.missing.{feature(name).missing.value}"))
