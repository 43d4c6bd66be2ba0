"""Every text that the code can ask for exists in both languages, and nothing else is kept."""

import ast
import json
import re
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import garant
from garant.features.catalogue import groups
from garant.features.feature import Feature
from garant.tables.columns import Kind
from garant.tables.levels import WEEKDAYS, YES_NO
from garant.tables.schema import TABLES
from garant.wording.catalogue import LANGUAGES, Wording, entries, source

FEATURES = [feature for group in groups() for feature in group.features]
FAMILIES = {feature.family for feature in FEATURES}

CLIENT_TEXT = ("reason.", "family.", "policy.", "move.", "counterfactual.", "notice.v1.", "letter.")

ENGLISH_WORD = re.compile(
    r"\b(?:the|of|and|with|your|you|are|is|this|raises|lowers|risk|loans?|late|days|months|years|share|for|from|by|was|were"
    r"|not|have|has|which|instalments?|amount|income|about|their|our|we|us|other)\b",
    re.IGNORECASE,
)


def column_of(feature: Feature) -> str:
    """Raw category that a category feature shows."""
    columns = [name.partition(".") for name in feature.inputs]
    (column,) = [column for table, _, column in columns if TABLES[table][column].kind is Kind.CATEGORY]
    return column


LEVEL_COLUMNS = {column_of(feature) for feature in FEATURES if feature.is_category}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_feature_of_every_profile_has_a_label_a_reason_and_a_window_in_words(language: str):
    wording = Wording(language)
    wanted = {
        key
        for feature in FEATURES
        for key in (f"feature.{feature.text}.label", f"reason.{feature.text}.raises", f"window.{feature.window}")
    }
    assert not [key for key in sorted(wanted) if not wording.has(key)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_family_has_a_label_a_sentence_and_a_sentence_for_what_is_missing(language: str):
    wording = Wording(language)
    wanted = {f"family.{family}.{part}" for family in FAMILIES for part in ("label", "raises", "unknown")}
    assert not [key for key in sorted(wanted) if not wording.has(key)]


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_can_be_said(language: str, feature: Feature):
    wording = Wording(language)
    value = wording.level(column_of(feature), "?") if feature.is_category else wording.value(feature.unit, 2.0)
    window = wording.window(str(feature.window))
    said = wording.reason(feature.text, value=value, window=window)
    beside = wording.reason(feature.text, value=value, window=window, yardstick="Others: 3.")
    assert value in said
    assert "  " not in said
    assert " Others: 3. " in beside
    assert said.endswith({"fr": " Cela augmente le risque.", "en": " This raises the risk."}[language])
    assert feature.text not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_features_have_one_label(language: str):
    labels = Counter(Wording(language).label(feature.text, window=str(feature.window)) for feature in FEATURES)
    assert not [label for label, times in labels.items() if times > 1]


def test_a_sentence_states_its_window_exactly_when_there_are_several():
    windows: dict[str, set[str]] = {}
    for feature in FEATURES:
        windows.setdefault(feature.text, set()).add(str(feature.window))
    stating = {stem for stem in windows if "window" in entries("en")[f"reason.{stem}.raises"].placeholders}
    assert stating == {stem for stem, found in windows.items() if found - {"all", "last1"}}


def test_every_level_that_the_synthetic_lender_uses_is_said_in_words():
    reference = files("garant.tables.synthetic").joinpath("reference.json").read_text(encoding="utf-8")
    wanted = {
        f"level.{column}.{level}"
        for name, levels in _levels(json.loads(reference))
        if (column := name.split()[0]) in LEVEL_COLUMNS
        for level in levels
        if level and not set(level.split()) & {"XNA", "XAP"}
    }
    made_by_code = {"NAME_CONTRACT_STATUS"}
    assert {key.split(".")[1] for key in wanted} == LEVEL_COLUMNS - made_by_code
    assert not [key for key in sorted(wanted) if key not in entries("fr")]


def test_levels_stand_only_for_columns_that_there_are():
    columns = {column.name for table in TABLES.values() for column in table.columns}
    assert {key.split(".")[1] for key in entries("fr") if key.startswith("level.")} <= columns


def test_every_known_level_of_past_credits_is_said_in_words():
    # Days of the week and yes or no are said by the locale and by the flag.
    plain = {*WEEKDAYS, *YES_NO}
    wanted = {
        f"level.{column.name}.{level}"
        for name, table in TABLES.items()
        if name != "application"
        for column in table.columns
        for level in column.levels
        if level not in plain
    }
    assert not [key for key in sorted(wanted) if key not in entries("fr")]


def test_both_languages_have_the_same_ids_placeholders_and_number_of_forms():
    french, english = entries("fr"), entries("en")
    assert french.keys() == english.keys()
    differing = [
        key
        for key in french
        if french[key].placeholders != english[key].placeholders or len(french[key].forms) != len(english[key].forms)
    ]
    assert not differing


@pytest.mark.parametrize("language", LANGUAGES)
def test_singular_and_plural_name_the_same_placeholders(language: str):
    unequal = [
        key
        for key, entry in entries(language).items()
        if len({frozenset(re.findall(r"{(\w+)}", form)) for form in entry.forms}) != 1
    ]
    assert not unequal


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_entry_is_empty_fuzzy_obsolete_or_there_twice(language: str):
    text = source(language).read_text(encoding="utf-8")
    assert "#~" not in text
    assert "fuzzy" not in text
    ids = re.findall(r'^msgid ((?:".*"\n?)+)', text, re.MULTILINE)
    assert not [key for key, times in Counter(ids).items() if times > 1]
    assert not [key for key, entry in entries(language).items() if not all(form.strip() for form in entry.forms)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_entries_stand_in_the_order_of_their_ids(language: str):
    assert list(entries(language)) == sorted(entries(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_have_no_gettext_fault(language: str):
    with source(language).open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    assert not list(catalogue.check())
    assert catalogue.num_plurals == 2


def test_no_entry_is_unused():
    made = {f"feature.{feature.text}.label" for feature in FEATURES}
    made |= {f"reason.{feature.text}.raises" for feature in FEATURES}
    made |= {f"family.{family}.{part}" for family in FAMILIES for part in ("label", "raises", "unknown")}
    named, built = _ids_in_code()
    from_code = [
        key
        for key in entries("fr")
        if not key.startswith(("feature.", "reason.", "family.")) and key not in named and not built.fullmatch(key)
    ]
    assert not from_code
    of_features = {key for key in entries("fr") if key.startswith(("feature.", "reason.", "family."))}
    assert not of_features - made


def test_french_has_printed_apostrophes_quotes_and_no_break_spaces():
    wrong = [
        (key, form)
        for key, entry in entries("fr").items()
        for form in entry.forms
        if re.search(r"""['"]| [:;!?%»]|« |[^\s\u00a0\u202f][;!?»%]|\s\s""", form)
    ]
    assert not wrong


def test_english_has_printed_apostrophes_and_quotes():
    assert not [key for key, entry in entries("en").items() if re.search(r"""['"]|\s\s""", "".join(entry.forms))]


def test_no_english_word_slips_into_french():
    slipped = [
        (key, form)
        for key, entry in entries("fr").items()
        for form in entry.forms
        if ENGLISH_WORD.search(re.sub(r"{\w+}", "", form))
    ]
    assert not slipped


@pytest.mark.parametrize("language", LANGUAGES)
def test_clients_read_no_jargon_and_no_promise(language: str):
    banned = re.compile(
        r"log-?odds|shap|margin|feature|variable|modèle|sera accordé|will be granted|compliant", re.IGNORECASE
    )
    client_text = [key for key in entries(language) if key.startswith(CLIENT_TEXT)]
    assert not [key for key in client_text if banned.search("".join(entries(language)[key].forms))]


def _levels(tree: object) -> list[tuple[str, list[str]]]:
    """Names and levels of every mapping of words to shares, wherever it stands in the reference."""
    if not isinstance(tree, dict):
        return []
    found = [(name, list(value)) for name, value in tree.items() if isinstance(value, dict)]
    return found + [pair for value in tree.values() for pair in _levels(value)]


def _ids_in_code() -> tuple[set[str], re.Pattern[str]]:
    """Ids written out in sources and templates, and a pattern of those built there: f"outcome.{word}.name"."""
    root = Path(garant.__file__).parent
    named, built = set[str](), set[str]()
    for path in root.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"""["']([\w.-]+)["']""", text))
        # What a template puts together: "page.role." ~ role.
        built |= {re.escape(start) + ".+" for start in re.findall(r"""["']([\w.]+\.)["'] ~""", text)}
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".+" for p in node.values]
                if re.match(r"[a-z]+\\\.", parts[0]):
                    built.add("".join(parts))
    return named, re.compile("|".join(sorted(built)))
