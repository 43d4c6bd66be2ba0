"""A figure of a report: a chart, its text alternative, a caption and its numbers as a table."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from garant.reports import charts
from garant.wording.catalogue import Wording

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, all its words in the report's language.

    Parameters
    ----------
    name : str
        Part of text ids and of the anchor.
    heading, caption, alternative : str
        Title, how to read it, and what it shows for those who do not see it.
    chart : Layers
        What is drawn.
    language : str
        Of its numbers.
    columns : tuple of str
        Header of the table of numbers.
    rows : tuple of tuple of str
        Its cells; the first is the row's header.
    """

    name: str
    heading: str
    caption: str
    alternative: str
    chart: charts.Layers
    language: str
    columns: Cells
    rows: tuple[Cells, ...]

    @property
    def picture(self) -> Markup:
        """The chart as SVG that stands inside HTML; drawn anew each time."""
        # The drawing library escapes every text that it draws.
        return Markup(charts.svg(self.chart, language=self.language))  # noqa: S704


def figure(
    name: str,
    wording: Wording,
    *,
    chart: charts.Layers,
    alternative: str,
    columns: Cells,
    rows: tuple[Cells, ...],
    caption_values: Mapping[str, str] | None = None,
) -> Figure:
    """Make the figure `name`: its words have the text ids ``report.heading.<name>`` and ``report.<name>.caption``.

    Parameters
    ----------
    name : str
        Part of text ids and of the anchor.
    wording : Wording
        Language.
    chart : Layers
        What is drawn.
    alternative : str
        What the picture shows, for those who do not see it.
    columns : tuple of str
        Ends of the text ids ``report.column.<column>`` of the table's header.
    rows : tuple of tuple of str
        Cells of the table.
    caption_values : mapping of str to str, optional
        Values that the caption names.
    """
    return Figure(
        name=name,
        heading=wording.text(f"report.heading.{name}"),
        caption=wording.text(f"report.{name}.caption", **(caption_values or {})),
        alternative=alternative,
        chart=chart,
        language=wording.language,
        columns=tuple(wording.text(f"report.column.{column}") for column in columns),
        rows=rows,
    )
