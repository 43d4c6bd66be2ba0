"""Long words beside rows of a chart: on several lines instead of cut, in room that fits a wider font as well."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import altair as alt

WIDEST_LETTER = 7.2
"""Pixels of a letter in the widest usual font at 12 pixels."""

LINE_HEIGHT, SMALLEST_STEP = 15, 26
"""Pixels of a line of a label, and of a row whose label has one."""


@dataclass(frozen=True, slots=True)
class LabelAxis:
    """Labels of rows, wrapped.

    Parameters
    ----------
    labels : tuple of str
        Each label with its line breaks: the values of the axis.
    axis : Axis
        What shows them.
    step : int
        Pixels of a row that hold the longest label.
    """

    labels: tuple[str, ...]
    axis: alt.Axis
    step: int


def label_axis(labels: Sequence[str], *, letters: int) -> LabelAxis:
    """Axis of rows whose labels have at most `letters` letters a line."""
    lines = [textwrap.wrap(label, letters) or [""] for label in labels]
    most = max((len(line) for line in lines), default=1)
    # The library places a label by its first line.
    lifts = [
        {"test": f"length(split(datum.value, '\\n')) == {n}", "value": -LINE_HEIGHT // 2 * (n - 1) + (n - 1) // 2}
        for n in range(most, 1, -1)
    ]
    axis = alt.Axis(
        labelExpr="split(datum.label, '\\n')",
        labelLimit=0,
        labelFontSize=12,
        labelPadding=6,
        labelOffset={"condition": lifts, "value": 0} if lifts else 0,  # pyright: ignore[reportArgumentType]
        # Room for a wider font than the one that the drawing library measures with.
        minExtent=WIDEST_LETTER * max((len(part) for line in lines for part in line), default=0),
        ticks=False,
        domain=False,
    )
    step = max(SMALLEST_STEP, most * LINE_HEIGHT + 6)
    return LabelAxis(tuple(distinct("\n".join(line) for line in lines)), axis, step)


def distinct(labels: Iterable[str]) -> list[str]:
    """Labels that no two rows share, else one mark would hide another: a sign that nobody sees parts those alike."""
    found: list[str] = []
    for label in labels:
        unseen = label
        while unseen in found:
            unseen += "\N{ZERO WIDTH SPACE}"
        found.append(unseen)
    return found
