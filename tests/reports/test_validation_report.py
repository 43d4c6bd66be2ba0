"""The validation report says what was measured, to everybody, without asking anything of a network."""

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from garant.exceptions import InvariantError, UnknownNameError
from garant.models.cohorts import Cohort
from garant.reports.report_data import ReportData, Split
from garant.reports.validation_report import render, write_validation_report
from garant.wording.catalogue import Wording

FIGURES = ["calibration", "roc", "distribution", "cost", "importance"]
FR, EN = Wording("fr"), Wording("en")


@dataclass
class Table:
    """One table of a page."""

    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)
    scopes: set[str] = field(default_factory=set)


class Page(HTMLParser):
    """What a reader, seeing or not, finds in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.language = ""
        self.headings: list[str] = []
        self.alternatives: list[str] = []
        self.tables: list[Table] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self._open.append(tag)
        if tag == "html":
            self.language = given["lang"]
        if given.get("role") == "img":
            self.alternatives.append(given["aria-label"])
        if tag == "table":
            self.tables.append(Table())
        if tag == "tr":
            self.tables[-1].rows.append([])
        if tag in {"th", "td"}:
            self.tables[-1].rows[-1].append("")
            self.tables[-1].scopes |= {given["scope"]} if tag == "th" else set()

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        if inside != "style":
            self.text += data
        if inside in {"h1", "h2"}:
            self.headings.append(data)
        elif inside == "caption":
            self.tables[-1].caption += data
        elif inside in {"th", "td"}:
            self.tables[-1].rows[-1][-1] += data


@pytest.fixture(scope="module")
def english(data: ReportData) -> str:
    return render(data, EN)


@pytest.fixture(scope="module")
def french(data: ReportData) -> str:
    return render(data, FR)


@pytest.mark.parametrize("page", ["english", "french"])
def test_the_file_names_no_address_and_runs_nothing(page: str, request: pytest.FixtureRequest):
    html = request.getfixturevalue(page)
    assert not re.search(r"https?:|xmlns|//\w|url\(|@import|<link|<iframe|javascript:|\son\w+=", html)
    assert "script" not in Page(html).tags


def test_every_picture_has_words_for_those_who_do_not_see_it_and_its_numbers_as_a_table(english: str):
    page = Page(english)
    assert len(page.alternatives) == len(FIGURES) == page.tags.count("svg")
    assert all(len(alternative) > 40 for alternative in page.alternatives)
    captions = [table.caption for table in page.tables]
    for name in FIGURES:
        heading = EN.text(f"report.heading.{name}")
        assert heading in page.headings
        assert EN.text("report.numbers", figure=heading) in captions


def test_every_table_has_a_caption_and_headers_for_columns_and_rows(english: str):
    for table in Page(english).tables:
        assert table.caption
        assert table.scopes == {"col", "row"}
        assert len({len(row) for row in table.rows}) == 1


def test_the_page_says_its_language(english: str, french: str):
    assert (Page(english).language, Page(french).language) == ("en", "fr")


def test_the_measures_are_those_of_the_evaluation(data: ReportData, english: str):
    measures = Page(english).tables[0]
    assert len(measures.rows) == 1 + len(data.evaluation.measures)
    found = {row[0]: row[1:] for row in measures.rows}
    auc = data.evaluation.measures["auc"]
    assert found["AUC"] == [f"{auc.value:.4f}", f"{auc.low:.4f}", f"{auc.high:.4f}"]
    accepted = data.evaluation.measures["accept"]
    assert found["Share of proposed approvals"][0] == f"{accepted.value:.2%}"


def test_the_calibration_table_counts_everybody_once(data: ReportData, english: str):
    (table,) = [t for t in Page(english).tables if "Calibration" in t.caption]
    header, *rows = table.rows
    assert header[:4] == ["Tenth, lowest PD first", "Applicants", "Mean PD", "Observed rate"]
    assert sum(int(row[1]) for row in rows) == len(data.label)
    defaults = sum(int(row[1]) * float(row[3].rstrip("%")) / 100 for row in rows)
    assert defaults == pytest.approx(int(data.label.sum()), abs=1)


def test_the_roc_table_encloses_the_area_that_scikit_learn_finds(data: ReportData, english: str):
    (table,) = [t for t in Page(english).tables if "Discrimination" in t.caption]
    points = np.array([[float(cell.rstrip("%")) / 100 for cell in row] for row in table.rows[1:]])
    area = np.trapezoid(points[:, 1], points[:, 0])
    assert area == pytest.approx(roc_auc_score(data.label, data.evaluation.pd), abs=0.01)


def test_the_cost_table_holds_the_cutoff_itself(data: ReportData, english: str):
    (table,) = [t for t in Page(english).tables if "cut-off" in t.caption]
    refused = data.evaluation.pd >= 1 / 11
    mean_cost = np.where(refused, 1 - data.label, 10 * data.label).mean()
    assert ["9.09%", f"{mean_cost:.4f}"] in table.rows


def test_only_the_thirty_most_important_features_are_shown(english: str):
    (table,) = [t for t in Page(english).tables if "Importance" in t.caption]
    assert [row[0] for row in table.rows[1:]] == [f"Fact {i}" for i in range(30)]


def test_a_random_split_never_speaks_of_time_kept_apart(english: str, french: str):
    assert "Random split only" in english
    assert "out of time" not in english.lower()
    assert "Découpage aléatoire seulement" in french
    assert "hors période" not in french


def test_an_out_of_time_split_names_its_start_its_cohorts_and_what_was_left_out(data: ReportData):
    cohort = Cohort(
        period="2026-Q1", rows=900, positives=70, immature=12, mean_pd=0.08, observed=0.0777, auc=float("nan")
    )
    page = Page(render(replace(data, split=Split("out_of_time", 5, "2026-01", (cohort,), 12)), EN))
    assert "Out of time: the model is judged on applications from 2026-01 on" in page.text
    assert "12 applications whose outcome is not mature yet are left out." in page.text
    assert "Random split" not in page.text
    (table,) = [t for t in page.tables if t.caption == "Cohorts of applications"]
    assert table.rows[1] == ["2026-Q1", "900", "12", "7.77%", "8.00%", "\N{EN DASH}"]


@pytest.fixture(scope="module")
def kaggle_demo(data: ReportData) -> str:
    return render(replace(data, profile="kaggle", synthetic=True), EN)


def test_profile_kaggle_is_said_loudly_and_profile_eu_says_what_it_leaves_out(kaggle_demo: str, english: str):
    assert re.search(r'class="notice alarm" role="note">PROFILE KAGGLE: ', kaggle_demo)
    assert 'class="notice' not in english
    assert "Profile eu: sex, age, family, region" in english


def test_synthetic_data_are_named_at_the_top_and_among_the_limits(kaggle_demo: str, english: str):
    assert Page(kaggle_demo).text.count("Synthetic data") == 2
    assert "Synthetic data" not in english


def test_limits_name_accepted_loans_only(english: str, french: str):
    assert "Accepted loans only" in english
    assert "Prêts acceptés seulement" in french


def test_french_numbers_are_french_in_tables_and_in_pictures(french: str):
    page = Page(french)
    assert not re.search(r"\d\.\d|\d%", re.sub(r"garant \d\.\d\.\d", "", page.text))
    assert f"{FR.number(12_345)}" in page.text
    assert "Seuil de décision" in page.text
    assert "Cut-off" not in page.text


def test_words_from_outside_stay_words(hostile: ReportData):
    html = render(hostile, EN)
    assert "<script" not in html
    page = Page(html)
    assert page.text.count("<script>alert(1)</script> & \"quoted\" 'x'") >= 5


def test_two_renderings_of_the_same_data_are_equal(data: ReportData, english: str):
    assert render(data, EN) == english


def test_the_file_is_written_in_the_asked_language_and_replaces_an_older_one(data: ReportData, tmp_path: Path):
    path = tmp_path / "out" / "validation.html"
    write_validation_report(path, data)
    assert '<html lang="en">' in path.read_text(encoding="utf-8")
    write_validation_report(path, data, language="fr")
    assert '<html lang="fr">' in path.read_text(encoding="utf-8")
    assert [file.name for file in path.parent.iterdir()] == ["validation.html"]


def test_an_unknown_language_leaves_no_file(data: ReportData, tmp_path: Path):
    with pytest.raises(UnknownNameError):
        write_validation_report(tmp_path / "validation.html", data, language="de")
    assert not list(tmp_path.iterdir())


def test_labels_of_other_applicants_are_refused(data: ReportData):
    with pytest.raises(InvariantError, match="the evaluation judged"):
        replace(data, label=1 - data.label)


def test_a_report_without_importance_is_refused(data: ReportData):
    with pytest.raises(InvariantError, match="no feature importance"):
        replace(data, importance=())
