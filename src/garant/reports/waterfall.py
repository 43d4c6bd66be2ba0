"""The figure of a waterfall: from one score to another over families of facts, for a group or for one person."""

from collections.abc import Sequence

from garant.reports.effect_charts import Place, Step, waterfall_chart
from garant.reports.effect_words import direction, signed
from garant.reports.figure import Figure
from garant.wording.catalogue import Wording

SHOWN_FAMILIES = 10
"""Families with a bar of their own; the others share one. The table has them all."""

DECIMALS = 2


def waterfall_figure(
    name: str,
    wording: Wording,
    *,
    heading: str,
    caption: str,
    start: tuple[str, float],
    effects: Sequence[tuple[str, float]],
    end: str,
) -> Figure:
    """Figure of the way from `start` over `effects` to `end`.

    Parameters
    ----------
    name : str
        Anchor in the page.
    wording : Wording
        The language.
    heading, caption : str
        Title, and how to read it.
    start : (label, score)
        Where it starts, in log-odds.
    effects : sequence of (label, effect)
        Families and what they add, in log-odds.
    end : str
        Label of where it ends: `start` and all effects together.
    """
    text = wording.text
    ordered = sorted(effects, key=lambda each: -abs(each[1]))
    shown, rest = ordered[:SHOWN_FAMILIES], ordered[SHOWN_FAMILIES:]
    if rest:
        others = text("explain.other", n=wording.number(len(rest)))
        shown = [*shown, (others, sum(effect for _, effect in rest))]
    reached = start[1] + sum(effect for _, effect in ordered)
    chart = waterfall_chart(
        Place(start[0], start[1], _signed(start[1], wording)),
        [Step(label, effect, _signed(effect, wording)) for label, effect in shown],
        Place(end, reached, _signed(reached, wording)),
        words={
            "x": text("global.way.x"),
            "raises": text("explain.raises"),
            "lowers": text("explain.lowers"),
        },
    )
    largest = ordered[0] if ordered else start
    return Figure(
        name=name,
        heading=heading,
        caption=caption,
        alternative=text(
            "global.way.alt",
            start=_signed(start[1], wording),
            end=_signed(reached, wording),
            first=largest[0],
            effect=_signed(largest[1], wording),
        ),
        chart=chart,
        language=wording.language,
        columns=(text("global.column.family"), text("global.column.effect"), text("global.column.direction")),
        rows=(
            (start[0], _signed(start[1], wording), ""),
            *((label, _signed(effect, wording), direction(effect, wording)) for label, effect in ordered),
            (end, _signed(reached, wording), ""),
        ),
    )


def _signed(score: float, wording: Wording) -> str:
    return signed(score, wording, decimals=DECIMALS)
