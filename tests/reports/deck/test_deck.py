"""What a jury opens: slides in their order, native charts, notes, one language, nobody's identity."""

import io
import re
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pptx.oxml.ns import qn

from decision_service import ServedLender
from deck_pages import Decks, notes, texts
from garant.exceptions import MissingPartError, UsageError
from garant.reports.deck import Sources, write_deck
from garant.reports.deck.cloud_slides import cloud_slides
from garant.reports.deck.reasons_slides import reasons_slides
from garant.reports.deck.sources import BUNDLE, CLIENT, CLOUD
from garant.reports.deck.telling import Teller
from garant.runs.deck import checkout_results, deck
from garant.settings import Settings
from garant.storage import LocalRuns
from garant.wording.catalogue import Wording

Element = Any
"""Of lxml."""

ORDER = [
    *("cover", "problem", "data", "design", "features", "model", "costs", "calibration", "explain", "client"),
    *("broadcast", "pca", "killed", "engine", "cloud", "guard", "price", "gdpr", "limits", "next"),
]
CHARTS = {"data", "features", "model", "costs", "calibration", "explain", "client", "broadcast", "pca", "engine"}
NOT_TRIED = {"fr": "Jamais essayé sur un vrai compte AWS", "en": "Never tried on a real AWS account"}


@pytest.mark.parametrize("which", ["fr", "en", "bare"])
def test_the_talk_has_its_slides_in_order_each_with_a_title_and_notes(decks: Decks, which: str):
    drawn = decks[which]
    assert [slide.name for slide in drawn.slides] == ORDER
    assert drawn.file.slide_width / drawn.file.slide_height == pytest.approx(16 / 9, abs=1e-3)
    for slide, page in zip(drawn.slides, drawn.file.slides, strict=True):
        assert page.shapes.title.text_frame.text == slide.title.text
        assert len(notes(page)) > 60


@pytest.mark.parametrize("language", ["fr", "en"])
def test_charts_are_native_and_described_and_there_is_no_picture(decks: Decks, language: str):
    drawn = decks[language]
    charts = {
        slide.name
        for slide, page in zip(drawn.slides, drawn.file.slides, strict=True)
        if any(shape.has_chart for shape in page.shapes)
    }
    assert charts == CHARTS
    for page in drawn.file.slides:
        framed = [shape for shape in page.shapes if shape.has_chart or shape.has_table]
        assert all(len(next(s._element.iter(qn("p:cNvPr"))).get("descr", "")) > 20 for s in framed)
    with zipfile.ZipFile(drawn.path) as package:
        assert not [name for name in package.namelist() if name.startswith("ppt/media/")]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_run_of_text_is_marked_with_its_language(decks: Decks, language: str):
    expected = {"fr": "fr-FR", "en": "en-GB"}[language]
    for page in decks[language].file.slides:
        marked = [run.get("lang") for run in page.shapes.element.iter(qn("a:rPr")) if not _is_number(run)]
        assert marked
        assert set(marked) == {expected}


def _is_number(properties: Element) -> bool:
    """Whether a run is the number of the page, which the layout brings."""
    return properties.getparent().tag == qn("a:fld")


def test_all_pages_but_the_cover_are_numbered(decks: Decks):
    kinds = [[f.get("type") for f in page.shapes.element.iter(qn("a:fld"))] for page in decks["fr"].file.slides]
    assert kinds == [[], *([["slidenum"]] * (len(ORDER) - 1))]


def test_the_master_is_the_projects_own(decks: Decks):
    with zipfile.ZipFile(decks["fr"].path) as package:
        themes = [name for name in package.namelist() if re.fullmatch(r"ppt/theme/theme1\.xml", name)]
        (theme,) = (package.read(name).decode() for name in themes)
        assert 'name="garant"' in theme
        assert "2b6c99" in theme
        assert "Calibri" not in theme
    assert [layout.name for layout in decks["fr"].file.slide_layouts] == ["garant cover", "garant slide"]


def test_the_two_languages_share_no_sentence(decks: Decks):
    french, english = (
        {text for page in decks[language].file.slides for text in [*texts(page), *notes(page).split("\n")]}
        for language in ("fr", "en")
    )
    shared = {text for text in french & english if len(text.split()) > 3 and " ← " not in text}
    assert not shared


def test_french_has_no_break_spaces_where_it_wants_them(decks: Decks):
    wrong = re.compile(r" [:;!?%»]|« |\d [%€]")
    assert not [text for page in decks["fr"].file.slides for text in texts(page) if wrong.search(text)]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_slides_of_the_cloud_say_that_it_was_never_tried(decks: Decks, language: str):
    for name in ("cloud", "guard", "price"):
        _, page = decks[language][name]
        assert NOT_TRIED[language] in texts(page)


def test_nobody_is_identified(decks: Decks, run: Path):
    scores = LocalRuns(run, is_read_only=True).current().folder
    ids = {str(i) for part in scores.glob("scores/*.parquet") for i in pq.read_table(part)["SK_ID_CURR"].to_pylist()}
    assert len(ids) > 500
    for which in ("fr", "en"):
        assert not ids & set(re.findall(r"\d+", _everything(decks[which].path)))


def test_the_id_of_a_person_would_be_found(decks: Decks, tmp_path: Path):
    file = decks["en"].file
    file.save(tmp_path / "planted.pptx")
    assert "100002" not in _everything(tmp_path / "planted.pptx")
    file.slides[9].notes_slide.notes_text_frame.text += " 100002"
    file.save(tmp_path / "planted.pptx")
    assert "100002" in _everything(tmp_path / "planted.pptx")


def _everything(path: Path) -> str:
    """Text of all parts of the file, of the workbooks behind its charts too."""
    found: list[str] = []
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            data = package.read(name)
            if name.endswith(".xlsx"):
                with zipfile.ZipFile(io.BytesIO(data)) as inner:
                    found += [inner.read(each).decode(errors="replace") for each in inner.namelist()]
            else:
                found.append(data.decode(errors="replace"))
    return "\n".join(re.sub(r"<[^>]*>", " ", text) for text in found)


def test_the_client_is_told_by_a_pseudonym_with_reasons_and_points(decks: Decks):
    slide, page = decks["en"]["client"]
    said = texts(page)
    assert slide.title.text.startswith("Client A: refused at a PD of ")
    assert "Pseudonym: no id of a person is shown" in said
    assert sum(text.endswith("This raises the risk.") for text in said) >= 1


def test_of_real_people_no_fact_is_shown():
    told = {
        "pd": 0.3,
        "cutoff": 0.09,
        "points": 500.0,
        "reasons": [{"text": "Your income is 123,456. This raises the risk.", "family": "Income"}],
        "families": [{"label": "Income", "points": -12.0}],
    }
    for name, is_shown in (("synthetic", True), ("lender", False)):
        sources = Sources({CLIENT: told, BUNDLE: {"label": {"name": name}}}, {})
        slide = reasons_slides(Teller(Wording("en"), sources))[1]
        said = [text.text for part in slide.parts for text in part.texts]
        assert any("123,456" in text for text in said) is is_shown
        assert ("The person’s own values are left out: these are real data" in said) is not is_shown


def test_prices_of_the_list_are_taken_where_it_ships_with_garant():
    cloud = {
        "attempts": 2,
        "profile": {"timeout_minutes": 30, "vcpu": 10, "memory_gb": 100},
        "prices": {"region": "eu-west-1", "vcpu_hour_usd": 0.05, "gb_hour_usd": 0.006},
    }
    slide = cloud_slides(Teller(Wording("en"), Sources({CLOUD: cloud}, {})))[2]
    assert slide.title.text == "Limits of the job bound its bill: 1.10 USD a run at worst"
    without = cloud_slides(Teller(Wording("en"), Sources({CLOUD: {**cloud, "prices": None}}, {})))[2]
    assert without.title.text == "Limits of the job bound its bill"


def test_a_run_of_another_bundle_is_refused(lender: ServedLender, run: Path, settings: Settings, tmp_path: Path):
    with pytest.raises(UsageError, match="scored with another bundle"):
        deck(
            tmp_path / "out.pptx",
            bundle_folder=lender.bundles[1],
            run_folder=run,
            language="en",
            settings=settings,
        )
    assert not (tmp_path / "out.pptx").exists()


def test_results_that_are_not_where_one_says_are_refused(lender: ServedLender, settings: Settings, tmp_path: Path):
    with pytest.raises(UsageError, match="is no folder"):
        deck(
            tmp_path / "out.pptx",
            bundle_folder=lender.bundles[0],
            results_folder=tmp_path / "nowhere",
            language="en",
            settings=settings,
        )


def test_without_python_pptx_one_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in [name for name in sys.modules if name.startswith("pptx.") or name == "garant.reports.deck.drawing"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(MissingPartError, match=r"pip install 'garant\[report\]'"):
        write_deck(tmp_path / "out.pptx", Sources({}, {}), Wording("en"), made_on=datetime(2026, 1, 1, tzinfo=UTC))


def test_results_of_a_checkout_are_found_by_themselves(project: Path):
    assert checkout_results() == project / "benchmarks" / "results"
