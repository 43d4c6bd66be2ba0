"""Charts can be read without colour, and name no address."""

import re

import numpy as np
import pytest

from garant.reports import charts
from garant.reports.figures import figures
from garant.reports.report_data import ReportData
from garant.wording.catalogue import Wording


def _contrast_on_white(color: str) -> float:
    """WCAG 2 contrast ratio."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


@pytest.fixture(scope="module")
def pictures(data: ReportData) -> dict[str, str]:
    return {figure.name: str(figure.picture) for figure in figures(data, Wording("en"))}


@pytest.mark.parametrize("color", [charts.RAISES, charts.LOWERS, charts.TEXT, charts.FAINT])
def test_every_colour_has_the_contrast_that_text_needs(color: str):
    assert _contrast_on_white(color) >= 4.5


@pytest.mark.parametrize(("name", "colours"), [("calibration", 2), ("roc", 2), ("distribution", 2), ("cost", 1)])
def test_lines_of_one_chart_differ_by_dash_and_not_only_by_colour(pictures: dict[str, str], name: str, colours: int):
    thin = re.findall(r'<path aria-label[^>]* stroke="([^"]+)" stroke-width="2"([^>]*)>', pictures[name])
    dashes: dict[str, set[str]] = {}
    for colour, rest in thin:
        found = re.search(r'stroke-dasharray="([^"]*)"', rest)
        dashes.setdefault(colour, set()).add(found[1] if found else "solid")
    assert len(dashes) == colours
    assert len(set().union(*dashes.values())) == sum(len(kinds) for kinds in dashes.values()) == colours


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("calibration", ["a tenth of the applicants", "99% band", "perfect agreement", "isotonic (picture)"]),
        ("roc", ["cut-off 9.1%", "no better than chance"]),
        ("distribution", ["repaid", "defaulted", "cut-off 9.1%"]),
        ("cost", ["cut-off 9.1%", "Mean cost"]),
        ("importance", ["Fact 0", "Fact 29"]),
    ],
)
def test_marks_are_named_where_they_stand(pictures: dict[str, str], name: str, words: list[str]):
    for word in words:
        assert f">{word}</text>" in pictures[name]


def test_no_text_is_smaller_than_twelve_pixels(pictures: dict[str, str]):
    sizes = [float(size) for picture in pictures.values() for size in re.findall(r'font-size="([\d.]+)px"', picture)]
    assert sizes
    assert min(sizes) >= 12


def test_a_picture_is_hidden_from_screen_readers_that_get_its_alternative(pictures: dict[str, str]):
    assert all(picture.startswith('<svg aria-hidden="true"') for picture in pictures.values())
    assert not any("xmlns" in picture for picture in pictures.values())


def test_a_long_label_takes_two_lines_instead_of_being_cut():
    label = "Part des mois avec plus de 30 jours de retard auprès d’autres prêteurs, au cours des 12 derniers mois"
    drawn = charts.svg(charts.importance_chart([label, "Revenu"], [0.7, 0.3], words={"x": "Part"}), language="fr")
    assert "…" not in drawn
    assert re.findall(r"<tspan[^>]*>([^<]*)</tspan>", drawn) == [
        "Part des mois avec plus de 30 jours de retard auprès",
        "d’autres prêteurs, au cours des 12 derniers mois",
    ]


def test_axes_count_in_the_language_of_the_report():
    curve = (np.array([0.0, 0.05]), np.array([0.25, 0.5]))
    words = {"x": "x", "y": "y", "cutoff": "c"}
    english, french = (
        charts.svg(charts.cost_chart(curve, 0.02, words=words), language=spoken) for spoken in ("en", "fr")
    )
    assert ">0.2<" in english
    assert ">0,2<" in french
