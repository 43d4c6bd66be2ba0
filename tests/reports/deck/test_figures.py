"""Every number of a slide stands in a source, and is what the source holds."""

import json
from pathlib import Path
from typing import Any

import pytest
from pptx.util import Inches

from decision_service import ServedLender
from deck_pages import Decks, Page, drawn_values, notes, numbers, numbers_without_source, opened, sourced
from garant.reports.deck import Slide
from garant.reports.deck.sources import SEPARATOR
from garant.runs.deck import deck
from garant.settings import Settings
from garant.wording.catalogue import entries

Json = Any

WHICH = ("fr", "en", "bare")


@pytest.mark.parametrize("which", WHICH)
def test_every_number_on_a_slide_and_in_what_is_said_stands_in_its_sources(decks: Decks, which: str):
    drawn = decks[which]
    found = {
        slide.name: numbers_without_source(page) for slide, page in zip(drawn.slides, drawn.file.slides, strict=True)
    }
    assert not {name: loose for name, loose in found.items() if loose}


@pytest.mark.parametrize("which", WHICH)
def test_every_point_of_a_chart_is_a_figure_of_its_slide(decks: Decks, which: str):
    drawn = decks[which]
    for slide, page in zip(drawn.slides, drawn.file.slides, strict=True):
        assert not loose_points(slide, page), slide.name


def loose_points(slide: Slide, page: Page) -> list[float]:
    """Values that a chart draws and no figure has."""
    known = [figure.value for figure in slide.figures if isinstance(figure.value, int | float)]
    return [value for value in drawn_values(page) if not any(value == pytest.approx(k, abs=1e-9) for k in known)]


def test_a_number_without_a_source_is_found(decks: Decks):
    file = opened(decks["en"].path)
    page = file.slides[8]
    page.shapes.add_textbox(*(Inches(v) for v in (1, 1, 2, 1))).text_frame.text = "1,234.5 times faster"
    assert numbers_without_source(page) == {"1,234.5"}


def test_a_point_without_a_source_is_found(decks: Decks):
    slide, _ = decks["en"]["features"]
    _, other = decks["en"]["data"]
    assert loose_points(slide, other)


def test_a_number_of_a_label_or_of_the_notes_without_a_source_is_found(decks: Decks):
    file = opened(decks["en"].path)
    page = file.slides[2]
    frame = next(shape for shape in page.shapes if shape.has_chart)
    frame.chart.plots[0].series[0].points[0].data_label.text_frame.text = "77.7"
    page.notes_slide.notes_text_frame.text += "\nand 55 more"
    assert numbers_without_source(page) == {"77.7", "55"}


def test_texts_of_the_catalogue_state_no_number():
    """Whatever a sentence states comes through a placeholder."""
    for language in ("fr", "en"):
        stated = {key: numbers(entry.forms) for key, entry in entries(language).items() if key.startswith("deck.")}
        assert not {key: found for key, found in stated.items() if found}


@pytest.mark.parametrize("which", WHICH)
def test_a_figure_is_what_its_source_holds(decks: Decks, which: str, bundle_document: dict[str, Any], project: Path):
    checked = 0
    for slide in decks[which].slides:
        for figure in slide.figures:
            document, _, path = figure.source.partition(SEPARATOR)
            if figure.is_gap or not isinstance(figure.value, int | float) or not _is_plain(figure.source):
                continue
            if document == "bundle.json":
                held = bundle_document
            elif document.startswith("benchmarks/results/"):
                held = json.loads((project / document).read_text(encoding="utf-8"))
            else:
                continue
            value = _at(held, path)
            if isinstance(value, int | float):
                assert value == figure.value, figure.source
                checked += 1
    assert checked >= {"fr": 80, "en": 80, "bare": 25}[which]


def _is_plain(source: str) -> bool:
    """Whether a source is one key, and no formula."""
    return not any(mark in source for mark in ("[", "(", ":", ";"))


def _at(held: Json, path: str) -> Json:
    for key in path.split("/"):
        held = held[int(key)] if isinstance(held, list) else held.get(key)
    return held


def test_numbers_are_written_as_the_language_writes_them(decks: Decks):
    _, french = decks["fr"]["data"]
    _, english = decks["en"]["data"]
    assert "356\u202f255" in " ".join(sourced(french).values())
    assert "356,255" in " ".join(sourced(english).values())
    assert "29,08" in sourced(french).values()
    assert "29.08" in sourced(english).values()


def test_a_missing_measurement_is_a_gap_that_is_seen_and_named(decks: Decks):
    slide, page = decks["bare"]["data"]
    said = [shape.text_frame.text for shape in page.shapes if shape.has_text_frame]
    assert "Non mesuré\u00a0: rien dans benchmarks/results/check.json" in said
    assert not any(shape.has_chart for shape in page.shapes)
    assert all(figure.is_gap for figure in slide.figures)
    assert "– millions de lignes pour – demandeurs (non mesuré)" in " ".join(said)
    assert "non mesuré ← " in notes(page)


def test_a_title_states_no_figure_that_is_missing(decks: Decks):
    full, bare = (decks[which]["explain"][0].title for which in ("fr", "bare"))
    assert numbers([full.text])
    assert not numbers([bare.text])
    assert not any(slide.title.has_gap for slide in decks["bare"].slides)


def test_one_missing_file_leaves_the_others(lender: ServedLender, settings: Settings, project: Path, tmp_path: Path):
    for file in (project / "benchmarks" / "results").glob("*.json"):
        if file.name != "spark.json":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    slides = deck(
        tmp_path / "out.pptx",
        bundle_folder=lender.bundles[0],
        results_folder=tmp_path,
        language="en",
        settings=settings,
    )
    gaps = {slide.name for slide in slides if any(figure.is_gap for figure in slide.figures)}
    assert {"broadcast", "engine", "price", "pca", "cloud"} <= gaps
    assert "data" not in gaps
