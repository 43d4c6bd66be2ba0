"""Texts by id: placeholders, plurals, values and levels."""

import json
import subprocess
import sys

import pytest

from garant.exceptions import InvariantError, UnknownNameError
from garant.features.feature import Unit
from garant.wording.catalogue import LANGUAGES, Entry, Wording, entries

NO_BREAK = "\N{NO-BREAK SPACE}"
FR, EN = Wording("fr"), Wording("en")


def test_a_reason_shows_the_persons_own_value_and_says_the_direction():
    values = {"value": FR.value(Unit.DAYS, 42), "window": FR.window("365d")}
    assert FR.reason("installments_late_days_max", **values) == (
        "Votre plus long retard de paiement d’une échéance chez nous au cours des 12 derniers mois est de "
        f"42{NO_BREAK}jours. Cela augmente le risque."
    )


@pytest.mark.parametrize(
    ("wording", "number", "expected"),
    [
        (FR, 0, "Vous avez 0 crédit en cours auprès d’autres prêteurs. Cela augmente le risque."),
        (FR, 1, "Vous avez 1 crédit en cours auprès d’autres prêteurs. Cela augmente le risque."),
        (FR, 3, "Vous avez 3 crédits en cours auprès d’autres prêteurs. Cela augmente le risque."),
        (EN, 0, "You have 0 credits still running with other lenders. This raises the risk."),
        (EN, 1, "You have 1 credit still running with other lenders. This raises the risk."),
        (EN, 3, "You have 3 credits still running with other lenders. This raises the risk."),
    ],
)
def test_a_count_takes_singular_or_plural_by_the_rule_of_the_language(wording: Wording, number: int, expected: str):
    assert wording.reason("bureau_active_n", value=wording.value(Unit.COUNT, number)) == expected


def test_a_bare_text_cannot_decide_a_plural():
    with pytest.raises(InvariantError, match="singular and plural"):
        EN.reason("bureau_active_n", value="3")


def test_a_yardstick_stands_between_the_fact_and_the_direction():
    said = EN.reason("bureau_active_n", value=EN.value(Unit.COUNT, 3), yardstick="Others have none.")
    assert said == "You have 3 credits still running with other lenders. Others have none. This raises the risk."


def test_an_unknown_id_names_near_ones():
    with pytest.raises(UnknownNameError, match=r"Did you mean 'outcome\.refuse\.proposed'"):
        EN.text("outcome.refuse.propose")


def test_a_missing_placeholder_is_an_error_that_names_it():
    with pytest.raises(InvariantError, match=r"report\.cutoff_mark.*no value for cutoff; given: pd"):
        EN.text("report.cutoff_mark", pd="9%")


def test_an_unknown_language_is_refused_at_once():
    with pytest.raises(UnknownNameError, match="Unknown language 'de'"):
        Wording("de")


@pytest.mark.parametrize("unit", [unit for unit in Unit if unit is not Unit.CATEGORY])
@pytest.mark.parametrize("wording", [FR, EN])
def test_every_unit_of_a_number_has_a_format(wording: Wording, unit: Unit):
    assert wording.value(unit, 1.0)


@pytest.mark.parametrize(
    ("unit", "value", "french", "english"),
    [
        (Unit.MONEY, 270_000.0, "270\N{NARROW NO-BREAK SPACE}000", "270,000"),
        (Unit.MONTHS, 14.0, f"14{NO_BREAK}mois", f"14{NO_BREAK}months"),
        (Unit.YEARS, 34.25, f"34,3{NO_BREAK}ans", f"34.3{NO_BREAK}years"),
        (Unit.COUNT, 1.46, "1,5", "1.5"),
        (Unit.TIMES, 1.8, f"1,8{NO_BREAK}fois", "1.8 times"),
        (Unit.SCORE, 0.3249, "0,32", "0.32"),
        (Unit.SCORE, 2.0, "2,00", "2.00"),
        (Unit.FLAG, 1.0, "oui", "yes"),
        (Unit.FLAG, 0.0, "non", "no"),
    ],
)
def test_a_value_is_written_in_its_unit(unit: Unit, value: float, french: str, english: str):
    assert FR.value(unit, value) == french
    assert EN.value(unit, value) == english


def test_money_carries_the_currency_once_it_is_known():
    assert Wording("fr", currency="EUR").value(Unit.MONEY, 12) == f"12{NO_BREAK}€"


def test_a_missing_value_is_never_written_as_a_number():
    with pytest.raises(InvariantError, match="family's sentence"):
        FR.value(Unit.DAYS, float("nan"))


def test_a_category_has_levels_and_no_number_format():
    with pytest.raises(InvariantError, match="Unit 'category' has no format"):
        FR.value(Unit.CATEGORY, 1.0)


def test_a_level_is_said_in_words_and_an_unknown_one_is_quoted():
    assert FR.level("ORGANIZATION_TYPE", "Trade: type 7") == "commerce (type 7)"
    assert EN.level("NAME_HOUSING_TYPE", "With parents") == "with parents"
    assert FR.level("ORGANIZATION_TYPE", "Moon base") == f"«{NO_BREAK}Moon base{NO_BREAK}»"
    assert EN.level("ORGANIZATION_TYPE", "Moon base") == "“Moon base”"


def test_a_label_names_its_window_unless_it_covers_all_history():
    assert EN.label("installments_late_days_max", window="90d") == (
        "Longest delay of one instalment, over the last 3 months"
    )
    assert EN.label("installments_late_days_max", window="all") == "Longest delay of one instalment"


def test_braces_inside_a_value_stay_text():
    assert EN.text("explain.title", id="{pd}") == "Client {pd}"


def test_placeholders_of_all_plural_forms_are_seen():
    assert Entry("one {a}", "many {b}").placeholders == {"a", "b"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_read_once_per_process(language: str):
    assert entries(language) is entries(language)


def test_importing_reads_no_catalogue():
    program = "import json; from garant.wording.catalogue import entries; print(json.dumps(entries.cache_info()[3]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == 0


@pytest.mark.parametrize(("n", "said"), [(0, "0 ligne en quarantaine"), (1, "1 ligne en"), (2, "2 lignes en")])
def test_french_counts_none_and_one_row_in_the_singular(n: int, said: str):
    words = Wording("fr")
    text = words.text("global.set_aside.quarantined", n=words.number(n))
    assert text.startswith(said)
