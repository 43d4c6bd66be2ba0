"""Every text fits its box, in every language, with and without a run; what does not is found."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import ImageFont
from pptx.util import Inches, Pt

from deck_pages import FONTS, Decks, faults_of_layout, opened
from garant.reports.deck.drawing import draw_deck
from garant.reports.deck.figure import Said
from garant.reports.deck.fit import fitting, text_width, wrapped
from garant.reports.deck.parts import Points
from garant.wording.catalogue import Wording

WHICH = ("fr", "en", "bare")
LONG = "un mot de plus " * 200


@pytest.mark.parametrize("which", WHICH)
def test_every_text_fits_its_box_in_14_points_or_more(decks: Decks, which: str):
    assert faults_of_layout(decks[which].file) == []


def test_a_text_that_garant_had_to_cut_is_found(decks: Decks, tmp_path: Path):
    slide, _ = decks["fr"]["next"]
    (lines,) = slide.parts
    assert isinstance(lines, Points)
    longer = replace(slide, parts=(replace(lines, lines=(Said(LONG), *lines.lines)),))
    draw_deck(tmp_path / "long.pptx", [longer], Wording("fr"), made_on=datetime(2026, 1, 1, tzinfo=UTC))
    assert [fault for fault in faults_of_layout(opened(tmp_path / "long.pptx")) if fault.endswith("is cut")]


def test_a_text_that_outgrows_its_box_is_found(decks: Decks):
    file = opened(decks["fr"].path)
    run = file.slides[1].shapes[-2].text_frame.paragraphs[0].runs[0]
    run.text = LONG
    assert [fault for fault in faults_of_layout(file) if "needs" in fault]


@pytest.mark.parametrize(
    ("what", "expected"), [("small", "has 12.0 pt"), ("outside", "leaves the slide"), ("over", "overlap")]
)
def test_a_misplaced_or_small_text_is_found(decks: Decks, what: str, expected: str):
    file = opened(decks["en"].path)
    slide = file.slides[2]
    place = {"small": (0.7, 7.0), "outside": (12.9, 0.1), "over": (1.0, 3.0)}[what]
    frame = slide.shapes.add_textbox(*(Inches(v) for v in (*place, 1.5, 0.4))).text_frame
    run = frame.paragraphs[0].add_run()
    run.text, run.font.size = "planted", Pt(12 if what == "small" else 14)
    assert [fault for fault in faults_of_layout(file) if expected in fault]


@pytest.mark.parametrize("bold", [False, True])
def test_the_table_of_widths_is_that_of_the_typeface(*, bold: bool):
    try:
        font = ImageFont.truetype(FONTS[bold], 1000, layout_engine=ImageFont.Layout.BASIC)
    except OSError:
        pytest.skip("Liberation Sans is not on this machine")
    text = "Coût d’un défaut : 1 234,5 % – « AUC » → œuf, Σ ÀÉÇ"
    inside = text.replace("Σ", "")
    assert text_width(inside, 72, bold=bold) == pytest.approx(font.getlength(inside) / 1000, abs=0.01)


def test_a_line_is_never_broken_at_a_no_break_space():
    assert wrapped("coût\u00a0: 10\u00a0% de tout", 1.1, 14) == ["coût\u00a0: 10\u00a0%", "de tout"]


def test_the_largest_size_that_fits_is_taken_and_what_fits_none_is_cut_at_a_word():
    assert fitting(["short"], 3, 1, (20, 16))[0] == 20
    size, (text,) = fitting([LONG], 3, 0.5, (20, 16))
    assert size == 16
    assert text.endswith((" mot…", " de…", " plus…", " un…"))


def test_lists_have_at_most_six_lines(decks: Decks):
    for which in WHICH:
        for slide in decks[which].slides:
            assert all(len(part.lines) <= 6 for part in slide.parts if isinstance(part, Points)), slide.name
