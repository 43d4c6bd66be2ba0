"""Sections of the page that shows a model as a whole, in its order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from garant.explanations.global_views import GlobalViews, GroupMean
from garant.explanations.importance import Importance
from garant.explanations.swarm import RANKS, Rank
from garant.explanations.value_bins import FEWEST
from garant.reports.charts import Layers
from garant.reports.dependence_sections import dependence_section, pairs_section
from garant.reports.effect_charts import sizes_chart
from garant.reports.feature_words import FeatureWords, chart_words
from garant.reports.figure import Cells, Figure
from garant.reports.section import Section
from garant.reports.swarm_chart import swarm_chart
from garant.reports.waterfall import waterfall_figure

SHOWN_SIZES = 20
"""Features and families of a picture of importance."""

LISTED_SIZES = 50
"""Features and families of its table."""

OUTCOMES = ("refuse", "accept")
"""Groups whose mean score is led to, in the order of the page."""


def explanation_sections(found: GlobalViews, words: FeatureWords, *, notice: str | None) -> tuple[Section, ...]:
    """All sections in the order of the page; the first opens with the text `notice`, which nobody must miss."""
    makers = (importance_section, swarm_section, dependence_section, pairs_section, way_section)
    first, *others = (make(found, words) for make in makers)
    alarms = () if notice is None else (words.wording.text(notice),)
    return (replace(first, alarms=alarms), *others)


def importance_section(found: GlobalViews, words: FeatureWords) -> Section:
    """Families and features by the mean size of their contributions."""
    text = words.wording.text
    used = sum(each.size.value > 0 for each in found.features)
    counts = {"known": words.wording.number(len(found.features)), "used": words.wording.number(used)}
    return Section(
        name="importance",
        heading=text("global.importance.heading"),
        paragraphs=(text("global.importance.what"), text("global.importance.interval")),
        figures=(
            _sizes("families", found.families, [words.family(each.name) for each in found.families], words, {}),
            _sizes("features", found.features, [words.label(each.name) for each in found.features], words, counts),
        ),
    )


def swarm_section(found: GlobalViews, words: FeatureWords) -> Section:
    """The beeswarm, with the medians of low and high values as a table."""
    text, rows = words.wording.text, found.swarm.rows
    heading = text("global.beeswarm.heading")
    if not rows:
        return Section(name="beeswarm", heading=heading)
    labels = [words.label(row.feature) for row in rows]
    ranks = {rank: text(f"global.rank.{rank}") for rank in RANKS}
    chart = swarm_chart(found.swarm, labels, words=chart_words(words) | ranks | {"values": text("global.swarm.values")})
    first = rows[0].medians
    said = {"first": labels[0]}
    if Rank.LOW in first and Rank.HIGH in first:
        values = {str(rank): words.effect(first[rank]) for rank in (Rank.LOW, Rank.HIGH)}
        alternative = text("global.swarm.alt", **said, **values)
    else:
        alternative = text("global.swarm.alt_plain", **said)
    figure = _figure(
        "swarm",
        words,
        chart=chart,
        caption={"n": words.wording.number(found.swarm.drawn)},
        alternative=alternative,
        columns=(text("report.column.feature"), *ranks.values()),
        rows=[
            (
                label,
                *(words.effect(row.medians[rank]) if rank in row.medians else text("report.none") for rank in RANKS),
            )
            for label, row in zip(labels, rows, strict=True)
        ],
    )
    return Section(name="beeswarm", heading=heading, figures=(figure,))


def way_section(found: GlobalViews, words: FeatureWords) -> Section:
    """From the base value to the mean score of the refused and of the accepted."""
    text = words.wording.text
    known = {group.name for group in found.groups}
    few = words.wording.number(FEWEST)
    return Section(
        name="scores",
        heading=text("global.way.heading"),
        paragraphs=(
            text("global.way.what"),
            *(
                text("global.way.few", fewest=few, outcome=text(f"outcome.{outcome}.name"))
                for outcome in OUTCOMES
                if outcome not in known
            ),
        ),
        figures=tuple(_way(group, found.base_value, words) for group in found.groups),
    )


def _sizes(
    name: str, found: Sequence[Importance], labels: Sequence[str], words: FeatureWords, caption: Mapping[str, str]
) -> Figure:
    text = words.wording.text
    shown = found[:SHOWN_SIZES]
    said = [words.size(each.size.value) for each in shown]
    chart = sizes_chart(labels[:SHOWN_SIZES], [each.size for each in shown], said, title=text("global.size"))
    first = found[0].size
    alternative = text(
        f"global.{name}.alt",
        first=labels[0],
        size=words.size(first.value),
        low=words.size(first.low),
        high=words.size(first.high),
    )
    head = "global.column.family" if name == "families" else "report.column.feature"
    rest = ("global.column.size", "report.column.low", "report.column.high", "report.column.share")
    return _figure(
        name,
        words,
        chart=chart,
        caption=caption,
        alternative=alternative,
        columns=tuple(text(column) for column in (head, *rest)),
        rows=[
            (
                label,
                *(words.size(number) for number in (each.size.value, each.size.low, each.size.high)),
                words.wording.percent(each.share, fixed=True),
            )
            for label, each in zip(labels[:LISTED_SIZES], found[:LISTED_SIZES], strict=True)
        ],
    )


def _way(group: GroupMean, base_value: float, words: FeatureWords) -> Figure:
    text = words.wording.text
    effects = [(words.family(family), effect) for family, effect in group.families.items()]
    return waterfall_figure(
        f"scores-{group.name}",
        words.wording,
        heading=text(f"global.way.{group.name}.heading"),
        caption=text("global.way.caption", n=words.wording.number(group.n)),
        start=(text("global.base"), base_value),
        effects=effects,
        end=text(f"global.way.{group.name}.end"),
    )


def _figure(
    name: str,
    words: FeatureWords,
    *,
    chart: Layers,
    caption: Mapping[str, str],
    alternative: str,
    columns: Cells,
    rows: Sequence[Cells],
) -> Figure:
    return Figure(
        name=name,
        heading=words.wording.text(f"global.{name}.heading"),
        caption=words.wording.text(f"global.{name}.caption", **caption),
        alternative=alternative,
        chart=chart,
        language=words.wording.language,
        columns=columns,
        rows=tuple(rows),
    )
