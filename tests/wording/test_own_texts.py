"""Sentences about the lender's own columns, made from its two texts."""

import pytest

from garant.wording.catalogue import Wording
from garant.wording.own_texts import OwnText, own_entries

TEXTS = (
    OwnText("application_extra_months", "loyalty", fr="Ancienneté {mois}", en="Customer for {months}."),
    OwnText("application_extra_card", "loyalty", fr="Carte", en="Card"),
    OwnText("application_extra_debt", "income", fr="Dette", en="Debt"),
)
FR, EN = (Wording(language, own=own_entries(TEXTS, language)) for language in ("fr", "en"))
NO_BREAK = "\N{NO-BREAK SPACE}"


def test_a_reason_names_the_column_and_states_the_value_in_the_readers_language():
    stem = "application_extra_months"
    assert (
        FR.reason(stem, value=FR.value("months", 14))
        == f"Ancienneté {{mois}}{NO_BREAK}: 14{NO_BREAK}mois. Cela augmente le risque."
    )
    assert (
        EN.reason(stem, value=EN.value("months", 14))
        == f"Customer for {{months}}: 14{NO_BREAK}months. This raises the risk."
    )


def test_what_is_missing_is_said_of_the_column_itself():
    key = "reason.application_extra_card.unknown"
    assert FR.text(key) == f"Carte{NO_BREAK}: aucune information. Cela augmente le risque."
    assert EN.text(key) == "Card: no information. This raises the risk."


def test_a_new_family_is_called_by_its_columns_and_a_known_one_keeps_its_name():
    assert EN.text("family.loyalty.label") == "Customer for {months}, Card"
    assert EN.text("family.income.label") == Wording("en").text("family.income.label")
    assert EN.text("family.loyalty.raises") == "Customer for {months}, Card: this information raises the risk."
    assert EN.text("family.income.raises") == Wording("en").text("family.income.raises")


def test_a_label_is_the_lenders_text():
    assert FR.label("application_extra_months") == "Ancienneté {mois}"


@pytest.mark.parametrize("said", ["Two\nlines", "Two\tlines", " Two lines. "])
def test_a_text_stands_on_one_line_without_a_full_stop(said: str):
    assert OwnText("x", "y", fr=said, en=said).said("en") == "Two lines"


def test_the_lender_replaces_no_text_of_garant():
    mine = {"outcome.accept.name": own_entries(TEXTS, "en")["family.loyalty.label"]}
    assert Wording("en", own=mine).text("outcome.accept.name") == Wording("en").text("outcome.accept.name")
