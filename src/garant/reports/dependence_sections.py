"""Sections on what a model does with the values of features: of one by itself, and of two that act together."""

from garant.explanations.dependence import BinEffect, Dependence
from garant.explanations.global_views import PAIR_FEATURES, GlobalViews
from garant.explanations.interactions import GROUPS, OWN_BINS, PairPicture
from garant.explanations.value_bins import FEWEST, Bin
from garant.reports.dependence_charts import (
    Group,
    Point,
    curve_chart,
    pair_curves_chart,
    pair_rows_chart,
    rows_chart,
)
from garant.reports.effect_words import direction
from garant.reports.feature_words import FeatureWords, chart_words
from garant.reports.figure import Figure
from garant.reports.label_axis import distinct
from garant.reports.section import Section, Table


def dependence_section(found: GlobalViews, words: FeatureWords) -> Section:
    """What the model does with the values of each of the most important features."""
    text = words.wording.text
    return Section(
        name="dependence",
        heading=text("global.dependence.heading"),
        paragraphs=(text("global.dependence.what", fewest=words.wording.number(FEWEST)),),
        figures=tuple(_dependence(each, words) for each in found.dependence if each.effects),
    )


def pairs_section(found: GlobalViews, words: FeatureWords) -> Section:
    """Features that act together."""
    wording = words.wording
    text = wording.text
    bounds = {"n": PAIR_FEATURES, "bins": OWN_BINS, "groups": GROUPS}
    what = text("global.pairs.what", **{name: wording.number(bound) for name, bound in bounds.items()})
    columns = ("pair", "pair_size", "first_share", "second_share")
    table = Table(
        caption=text("global.pairs.table"),
        columns=tuple(text(f"global.column.{column}") for column in columns),
        rows=tuple(
            (
                text("global.pair.named", first=words.label(pair.first), second=words.label(pair.second)),
                words.size(pair.size),
                wording.percent(pair.first_share),
                wording.percent(pair.second_share),
            )
            for pair in found.pairs
        ),
    )
    return Section(
        name="interactions",
        heading=text("global.pairs.heading"),
        paragraphs=(what, text("global.pairs.read"), *(() if found.pairs else (text("global.pairs.none"),))),
        tables=(table,) if found.pairs else (),
        figures=tuple(_pair(number, each, words) for number, each in enumerate(found.pair_pictures, 1) if each.cells),
    )


def _dependence(found: Dependence, words: FeatureWords) -> Figure:
    text, label = words.wording.text, words.label(found.feature)
    points = [_point(found.feature, each, words, is_short=not found.is_category) for each in found.effects]
    make = rows_chart if found.is_category else curve_chart
    highest = max(found.effects, key=lambda each: each.median)
    lowest = min(found.effects, key=lambda each: each.median)
    return Figure(
        name=f"dependence-{found.feature}",
        heading=label,
        caption=text("global.dependence.level_caption" if found.is_category else "global.dependence.caption"),
        alternative=text(
            "global.dependence.alt",
            feature=label,
            high=words.effect(highest.median),
            at_high=words.bin(found.feature, highest.bin),
            low=words.effect(lowest.median),
            at_low=words.bin(found.feature, lowest.bin),
        ),
        chart=make(points, words=chart_words(words) | {"x": label, "y": text("global.contribution")}),
        language=words.wording.language,
        columns=(
            text("report.column.value"),
            text("report.column.applicants"),
            text("global.column.direction"),
            *(text(f"global.column.{name}") for name in ("median", "band_low", "band_high")),
        ),
        rows=tuple(
            (
                words.bin(found.feature, each.bin),
                words.wording.number(each.bin.n),
                direction(each.median, words.wording),
                *(words.effect(number) for number in (each.median, each.low, each.high)),
            )
            for each in found.effects
        ),
    )


def _point(feature: str, each: BinEffect, words: FeatureWords, *, is_short: bool) -> Point:
    label = words.short(feature, each.bin) if is_short else words.bin(feature, each.bin)
    return Point(label, each.median, each.low, each.high, is_missing=each.bin.is_missing)


def _pair(number: int, found: PairPicture, words: FeatureWords) -> Figure:
    text = words.wording.text
    feature, other = words.label(found.feature), words.label(found.other)
    median = {(cell.bin, cell.group): cell.median for cell in found.cells}
    names = distinct(words.bin(found.other, group) for group in found.groups)
    groups = [
        Group(name, [median.get((at, place)) for at in range(len(found.bins))]) for place, name in enumerate(names)
    ]
    is_levels = any(each.code is not None for each in found.bins)
    bins = [Point(_named(found.feature, each, words), 0, 0, 0, is_missing=each.is_missing) for each in found.bins]
    said = chart_words(words) | {"x": feature, "y": text("global.contribution"), "other": other}
    make = pair_rows_chart if is_levels else pair_curves_chart
    by_bin = [[group.medians[at] for group in groups] for at in range(len(bins))]
    known = [[value for value in values if value is not None] for values in by_bin]
    gap = max(max(values) - min(values) for values in known if values)
    return Figure(
        name=f"interaction-{number}",
        heading=text("global.pair.heading", feature=feature, other=other),
        caption=text("global.pair.caption", feature=feature, other=other, fewest=words.wording.number(FEWEST)),
        alternative=text(
            "global.pair.alt",
            feature=feature,
            other=other,
            n=words.wording.number(len(groups)),
            gap=words.size(gap),
        ),
        chart=make(bins, groups, words=said),
        language=words.wording.language,
        columns=(feature, *(group.label for group in groups)),
        rows=tuple(
            (
                words.bin(found.feature, each),
                *(text("report.none") if value is None else words.effect(value) for value in values),
            )
            for each, values in zip(found.bins, by_bin, strict=True)
        ),
    )


def _named(feature: str, values: Bin, words: FeatureWords) -> str:
    return words.bin(feature, values) if values.code is not None else words.short(feature, values)
