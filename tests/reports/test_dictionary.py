"""The data dictionary: complete, in both languages, searchable without a network, the same in pages and CSV."""

import csv
import gzip
import re
import shutil
import subprocess
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import pytest

from garant.features.catalogue import catalogue_of, groups
from garant.features.extra import feature_extras
from garant.features.feature import Profile
from garant.metrics.psi import Stability
from garant.models.bundle.importance import GainShare
from garant.models.feature_statistics import FeatureStatistics
from garant.reports.dictionary import render
from garant.reports.dictionary_columns import column_lines
from garant.reports.dictionary_csv import COLUMNS, FEATURES, write_tables
from garant.reports.dictionary_data import DictionaryData
from garant.reports.dictionary_features import feature_lines
from garant.tables.config import TablesConfig
from garant.tables.schema import TABLES
from garant.wording.catalogue import LANGUAGES, Wording, entries
from garant.wording.own_texts import OwnText, own_entries

OWN = TablesConfig.model_validate(
    {
        "extra": {
            "Épargne nette": {"type": "money", "text_fr": "Épargne <nette>", "text_en": "Net savings"},
            "grade": {"type": "rate", "legal": "external", "text_fr": "Note", "text_en": "Grade"},
        },
        "money": {"charges": "CHARGES"},
    }
)

CREDIT = "application_credit"


def dictionary(config: TablesConfig = OWN, **more: object) -> DictionaryData:
    """Dictionary of a lender with two columns of its own."""
    features = tuple(f for group in groups(extras=feature_extras(config)) for f in group.features)
    return DictionaryData(config=config, features=features, **more)  # pyright: ignore[reportArgumentType]


def words(data: DictionaryData) -> Mapping[str, Wording]:
    """Both languages, with the lender's words."""
    own = [OwnText(f.text, f.family, f.own.declared.text_fr, f.own.declared.text_en) for f in data.features if f.own]
    return {language: Wording(language, own=own_entries(own, language)) for language in LANGUAGES}


MEASURED = dictionary(
    statistics={CREDIT: FeatureStatistics(3_000, 500, 0.125, 0.25, Stability(0.0815, 0.0701, 11, 3_000, 500))},
    data="lender",
    importance={CREDIT: GainShare(0.0312, 4, 374)},
    bundle="0123456789ab",
)


class Page(HTMLParser):
    """Anchors, links, and what could reach a network."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.outside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the library's
        """Note what a tag names."""
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.ids.append(found["id"])
        if "href" in found:
            self.links.append(found["href"])
        self.outside += [found[name] for name in ("src", "action", "data", "srcset") if name in found]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_raw_column_has_a_text_of_ours_and_no_text_is_left_over(language: str) -> None:
    wanted = {f"column.{table}.{name}" for table, schema in TABLES.items() for name in schema.names}
    assert {key for key in entries(language) if key.startswith("column.")} == wanted
    assert len(wanted) == 220


def test_texts_of_columns_are_sentences_and_tell_columns_of_a_table_apart() -> None:
    for language in LANGUAGES:
        for table, schema in TABLES.items():
            said = [entries(language)[f"column.{table}.{name}"].one for name in schema.names]
            assert all(text.endswith(".") for text in said)
            assert len(set(said)) == len(said), table


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_a_column_is_taken_from_the_official_description(language: str, shared_data: Path) -> None:

    with gzip.open(shared_data / "home_credit_columns" / f"columns_{language}.csv.gz", "rb") as file:
        text = file.read().decode("cp1252" if language == "en" else "utf-8", errors="replace")
    official = {_plain(row[3]) for row in csv.reader(text.splitlines()) if len(row) > 3}
    ours = {key: _plain(e.one) for key, e in entries(language).items() if key.startswith("column.")}
    assert not {key for key, said in ours.items() if said in official}


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_holds_every_column_and_feature_and_each_link_leads_to_one(language: str) -> None:
    data = dictionary()
    said = words(data)
    page = Page(render(data, said[language], said["en" if language == "fr" else "fr"]))
    rows = {f"f.{feature.name}" for feature in data.features}
    rows |= {f"c.{column.replace(' ', '_')}" for column in data.readers}
    assert rows <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert all(link.startswith("#") for link in page.links)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_reaches_no_network_and_takes_no_text_for_markup(language: str) -> None:
    said = words(MEASURED)
    page = render(MEASURED, said[language], said["en" if language == "fr" else "fr"])
    assert Page(page).outside == []
    assert "http" not in page
    assert "Épargne &lt;nette&gt;" in page
    assert "<nette>" not in page


def test_french_pages_say_no_english_word_of_the_frame() -> None:
    said = words(MEASURED)
    page = render(MEASURED, said["fr"], said["en"])
    for key in (key for key in entries("en") if key.startswith("dictionary.")):
        english, french = entries("en")[key].one, entries("fr")[key].one
        if english != french and "{" not in english and " " in english:
            assert f">{english}<" not in page, key


def test_lineage_runs_both_ways() -> None:
    data = dictionary()
    said = words(data)
    lines = {f"{line.table}.{line.name}": line for table in TABLES for line in column_lines(data, table, said["en"])}
    for table in TABLES:
        for feature in feature_lines(data, table, said["en"], said["fr"]):
            assert all(feature.name in lines[column].readers for column in feature.inputs)
    assert lines["application.APPLICATION_DATE"].readers == ()


def test_what_the_law_says_of_a_column_follows_from_who_reads_it() -> None:
    data = dictionary()
    lines = {line.name: line for line in column_lines(data, "application", Wording("en"))}
    flags = {name: lines[name].flag for name in ("AMT_INCOME_TOTAL", "CODE_GENDER", "EXT_SOURCE_2", "TARGET", "grade")}
    assert flags == {
        "AMT_INCOME_TOTAL": "allowed",
        "CODE_GENDER": "fairness_only",
        "EXT_SOURCE_2": "external",
        "TARGET": "never",
        "grade": "external",
    }
    assert "protected: sex" in lines["CODE_GENDER"].use
    assert "told to features as Other: Maternity leave" in lines["NAME_INCOME_TYPE"].use
    assert lines["HOUR_APPR_PROCESS_START"].flag == "unread"
    assert lines["CHARGES"].text.startswith("The person’s known charges")
    assert lines["Épargne nette"].text == "Column of the lender’s own: Net savings."


def test_what_a_column_may_hold_is_what_the_reader_enforces() -> None:
    data = dictionary()
    lines = {line.name: line.allowed for table in TABLES for line in column_lines(data, table, Wording("en"))}
    assert lines["DAYS_BIRTH"][0] == "-43,830 to -6,574"
    assert lines["DAYS_CREDIT"] == ("0 or less", "365243: no value", "never empty", "column required")
    assert lines["AMT_CREDIT_SUM_DEBT"][0] == "any number"
    assert lines["STATUS"][0] == "only: C, X, 0, 1, 2, 3, 4, 5"
    assert lines["CREDIT_ACTIVE"][0] == "known: Active, Bad debt, Closed, Sold; others with a warning"
    assert lines["EXT_SOURCE_1"] == ("any number", "0 to 1 by its entry, not enforced")


def test_an_external_score_without_an_entry_is_shown_outside_profile_eu() -> None:
    said = words(dictionary())
    lines = {line.name: line for line in feature_lines(dictionary(), "application", said["en"], said["fr"])}
    assert lines["application_extra_grade"].use == ("external score", "kaggle only")
    assert lines["application_external_score_2"].use == ("external score", "eu and kaggle")


def test_what_data_and_a_model_say_stands_in_the_page_and_what_they_do_not_know_is_a_dash() -> None:
    said = words(MEASURED)
    lines = {line.name: line for line in feature_lines(MEASURED, "application", said["en"], said["fr"])}
    assert lines[CREDIT].measured == (
        "12.5%, without outcome 25%",
        "0.082 (0.070), small change",
        "3.12% (4)",
    )
    assert lines["application_annuity"].measured == ("–", "–", "not an input")
    (plain,) = [x for x in feature_lines(dictionary(), "application", said["en"], said["fr"]) if x.name == CREDIT]
    assert plain.measured == ()


def test_both_tables_are_complete_utf8_with_both_languages(tmp_path: Path) -> None:
    write_tables(tmp_path, MEASURED, words(MEASURED))
    columns = list(csv.DictReader((tmp_path / COLUMNS).read_text(encoding="utf-8").splitlines()))
    features = list(csv.DictReader((tmp_path / FEATURES).read_text(encoding="utf-8").splitlines()))
    assert {f"{row['table']}.{row['column']}" for row in columns} == set(MEASURED.readers)
    in_eu = {row["feature"] for row in features if row["profile_eu"] == "yes"}
    assert in_eu == {f.name for f in catalogue_of(OWN, list(TABLES), Profile.EU)}
    in_kaggle = {row["feature"] for row in features if row["profile_kaggle"] == "yes"}
    assert in_kaggle == {f.name for f in catalogue_of(OWN, list(TABLES), Profile.KAGGLE)}
    assert all(row[f"text_{language}"] for row in (*columns, *features) for language in LANGUAGES)
    credit = next(row for row in features if row["feature"] == CREDIT)
    assert (credit["null_labelled"], credit["psi_change"], credit["gain_rank"]) == ("0.125", "small", "4")
    assert credit["columns"] == "application.AMT_CREDIT"


def test_no_cell_of_a_table_is_a_formula(tmp_path: Path) -> None:
    write_tables(tmp_path, MEASURED, words(MEASURED))
    for name in (COLUMNS, FEATURES):
        for row in csv.reader((tmp_path / name).read_text(encoding="utf-8").splitlines()):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
def test_a_browser_shows_only_the_rows_that_contain_all_words_whatever_their_accents(tmp_path: Path) -> None:
    said = words(MEASURED)
    typed = "<script>var box = document.getElementById('filter'); box.value = 'EPARGNE savings'; "
    typed += "box.dispatchEvent(new Event('input'));</script></body>"
    page = render(MEASURED, said["en"], said["fr"]).replace("</body>", typed)
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'user'}"]
    command += ["--dump-dom", (tmp_path / "page.html").as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    rows = re.findall(r'<tr id="([^"]*)">', shown)
    assert rows == ["c.application.Épargne_nette", "f.application_extra_epargne_nette"]
    assert ">2 shown<" in shown
