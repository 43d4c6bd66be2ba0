"""Charts of effects say the direction by mark, fill and word, so that grey and small screens lose nothing."""

import re

import pytest

from garant.explanations.swarm import Rank, Swarm, SwarmDots, SwarmRow
from garant.explanations.value_bins import Bin
from garant.features.catalogue import feature
from garant.features.encode import InputColumn
from garant.metrics.intervals import Interval
from garant.reports.charts import Layers, svg
from garant.reports.dependence_charts import (
    Group,
    Point,
    curve_chart,
    pair_curves_chart,
    pair_rows_chart,
    rows_chart,
)
from garant.reports.effect_charts import Place, Step, sizes_chart, waterfall_chart
from garant.reports.feature_words import FeatureWords
from garant.reports.swarm_chart import swarm_chart
from garant.reports.waterfall import waterfall_figure
from garant.wording.catalogue import Wording

WORDS = {
    "x": "Value",
    "y": "Contribution",
    "raises": "raises the risk",
    "lowers": "lowers the risk",
    "values": "Value of the feature",
    "other": "Another feature",
    **{rank: f"rank {rank}" for rank in Rank},
}
LONG = "Share of months with more than 30 days of delay with other lenders, over the last 12 months"
POINTS = [Point(f"{number:,}", 0.1 * number - 0.3, 0.1 * number - 0.4, 0.1 * number) for number in range(6)]
MISSING = Point("not known", 0.2, 0.1, 0.3, is_missing=True)
GROUPS = [Group(f"group {number}", [0.1 * number * at for at in range(6)]) for number in range(3)]


def waterfall() -> Layers:
    steps = [Step(LONG, 0.8, "+0.80"), Step("Income", -0.5, "−0.50")]
    return waterfall_chart(Place("Base", -2.0, "−2.00"), steps, Place("End", -1.7, "−1.70"), words=WORDS)


def beeswarm() -> Layers:
    dots = tuple(SwarmDots(0.1 * number, rank, 40) for number, rank in enumerate(Rank))
    return swarm_chart(Swarm((SwarmRow(LONG, dots, {}),), 200), [LONG], words=WORDS)


def charts() -> dict[str, Layers]:
    return {
        "sizes": sizes_chart([LONG, "Income"], [Interval(2, 1, 3), Interval(1, 0.5, 2)], ["2", "1"], title="Size"),
        "waterfall": waterfall(),
        "swarm": beeswarm(),
        "curve": curve_chart([*POINTS, MISSING], words=WORDS),
        "rows": rows_chart(POINTS, words=WORDS),
        "pair curves": pair_curves_chart(POINTS, GROUPS, words=WORDS),
        "pair rows": pair_rows_chart(POINTS, GROUPS, words=WORDS),
    }


@pytest.fixture(scope="module")
def drawn() -> dict[str, str]:
    return {name: svg(chart, language="en") for name, chart in charts().items()}


def test_no_chart_is_wider_than_a_page_of_700_pixels_or_has_smaller_text_than_twelve(drawn: dict[str, str]) -> None:
    for name, picture in drawn.items():
        (width,) = re.findall(r'^<svg [^>]*?width="([\d.]+)"', picture)
        assert float(width) <= 700, name
        assert min(float(size) for size in re.findall(r'font-size="([\d.]+)px"', picture)) >= 12, name


def test_every_chart_of_directions_says_them_in_words_with_their_marks(drawn: dict[str, str]) -> None:
    for name in set(drawn) - {"sizes"}:
        assert "▲ raises the risk" in drawn[name], name
        assert "▼ lowers the risk" in drawn[name], name
    assert "▲ +0.80" in drawn["waterfall"]
    assert "▼ −0.50" in drawn["waterfall"]


def test_bars_that_raise_are_filled_and_those_that_lower_are_pale(drawn: dict[str, str]) -> None:
    bars = re.findall(r'<path [^>]*fill="(#\w+)"[^>]*fill-opacity="([\d.]+)"', drawn["waterfall"])
    assert set(bars) == {("#b35806", "1"), ("#2b6c99", "0.25")}


def test_a_size_has_no_colour_of_a_direction(drawn: dict[str, str]) -> None:
    assert not {"#b35806", "#2b6c99"} & set(re.findall(r"#[0-9a-f]{6}", drawn["sizes"]))


def test_a_long_label_takes_lines_instead_of_being_cut(drawn: dict[str, str]) -> None:
    for name in ("sizes", "waterfall", "swarm"):
        assert "…" not in drawn[name], name
        assert " ".join(re.findall(r"<tspan[^>]*>([^<]*)</tspan>", drawn[name])).startswith(LONG), name


def test_every_rank_of_a_dot_has_a_shape_and_a_lightness_of_its_own(drawn: dict[str, str]) -> None:
    for rank in Rank:
        assert f">rank {rank}<" in drawn["swarm"]
    legend = re.findall(r'<g class="mark-symbol role-legend-symbol".*?<path ([^>]*)>', drawn["swarm"])
    assert len({re.sub(r'transform="[^"]*"', "", mark) for mark in legend}) == len(Rank)


def test_what_is_not_known_stands_apart_from_the_curve(drawn: dict[str, str]) -> None:
    assert ">not known<" in drawn["curve"]


def test_the_table_of_a_waterfall_adds_up_though_the_picture_sums_small_families() -> None:
    effects = [(f"Family {number}", 0.01 * (number - 6)) for number in range(15)]
    wording = Wording("en")
    found = waterfall_figure("way", wording, heading="H", caption="C", start=("Base", -2.0), effects=effects, end="End")
    numbers = [float(row[1].replace("−", "-")) for row in found.rows]
    assert len(found.rows) == 17
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.05)
    assert "5 other groups" in found.picture
    assert {row[2].replace("\N{NO-BREAK SPACE}", " ") for row in found.rows} == {
        "",
        "▲ raises the risk",
        "▼ lowers the risk",
    }


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (Bin(50, high=12_345.0, middle=9_000.0), "up to 12,300"),
        (Bin(50, low=12_345.0, middle=20_111.0), "over 12,300"),
        (Bin(50, low=12_345.0, high=20_111.0, middle=15_000.0), "12,300 to 20,100"),
        (Bin(50, low=12_345.0, high=12_346.0, middle=12_345.5), "about 12,300"),
        (Bin(50, middle=0.0, is_one_value=True), "0"),
        (Bin(50), "not known"),
    ],
)
def test_values_of_a_bin_are_said_as_a_reader_writes_them(values: Bin, said: str) -> None:
    income = feature("application_income")
    words = FeatureWords([income], [InputColumn(income.name)], Wording("en"))
    assert words.bin(income.name, values) == said


def test_levels_of_a_bin_are_said_in_words() -> None:
    employer = feature("application_organization")
    words = FeatureWords([employer], [InputColumn(employer.name, ("School", "Police"))], Wording("fr"))
    assert words.bin(employer.name, Bin(50, code=1)) == "école"
    assert words.bin(employer.name, Bin(50, code=0)) == "autres catégories"


def test_two_rows_that_read_alike_stay_two_rows() -> None:
    sizes = [Interval(2, 1, 3), Interval(1, 0.5, 2)]
    picture = svg(sizes_chart(["Savings", "Savings"], sizes, ["2", "1"], title="Size"), language="en")
    assert len(re.findall(r">Savings\u200b?<", picture)) == 2
