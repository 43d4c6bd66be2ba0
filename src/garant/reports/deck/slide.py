"""What a slide is before it is drawn: a title that says its message, parts in their places, words for the speaker."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from garant.reports.deck.figure import Figure, Said


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a slide, in inches from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Points:
    """Short lines, one below the other.

    Parameters
    ----------
    at : Box
        Where.
    lines : tuple of Said
        At most six.
    size : int
        Largest size in points; smaller ones are taken where the text needs them.
    """

    at: Box
    lines: tuple[Said, ...]
    size: int = 20


@dataclass(frozen=True, slots=True)
class BigFigure:
    """A number to remember, with what it is below."""

    number: Said
    caption: Said


@dataclass(frozen=True, slots=True)
class BigFigures:
    """Numbers to remember, side by side."""

    at: Box
    cells: tuple[BigFigure, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """Values of a bar chart.

    Parameters
    ----------
    name : str
        In the legend, where there are several.
    points : tuple of Figure
        One for each category.
    colour : str
        ``#rrggbb``.
    """

    name: str
    points: tuple[Figure, ...]
    colour: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of bars, each labelled with its figure.

    Parameters
    ----------
    at : Box
        Where.
    caption : Said
        What is drawn, with its unit.
    categories : tuple of Figure
        What each group of bars stands for.
    series : tuple of Series
        One colour each.
    alternative : Said
        What a screen reader says.
    across : bool
        Whether bars lie; else they stand.
    labels : mapping of int to str or None
        Labels of some bars of the first series by their place; None labels each with its figure.
    diverging : bool
        Whether bars below zero get the second colour of the theme, and labels stand at the bars' ends.
    """

    at: Box
    caption: Said
    categories: tuple[Figure, ...]
    series: tuple[Series, ...]
    alternative: Said
    across: bool = False
    labels: Mapping[int, str] | None = None
    diverging: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """Points in the plane.

    Parameters
    ----------
    name : str
        In the legend.
    xs, ys : tuple of Figure
        Of equal length.
    colour : str
        ``#rrggbb``.
    is_line : bool
        Whether the points are joined; else they are dots.
    is_dashed : bool
        Whether the line only helps to read.
    labels : mapping of int to Said
        Words beside some of the points.
    """

    name: str
    xs: tuple[Figure, ...]
    ys: tuple[Figure, ...]
    colour: str
    is_line: bool = True
    is_dashed: bool = False
    labels: Mapping[int, Said] = field(default_factory=dict[int, Said])


@dataclass(frozen=True, slots=True)
class Plane:
    """A chart of curves over two axes.

    Parameters
    ----------
    at : Box
        Where.
    caption : Said
        What is drawn.
    x, y : Said
        What the axes are.
    curves : tuple of Curve
        What stands in it.
    alternative : Said
        What a screen reader says.
    x_most, y_most : float
        Ends of the axes, which begin at 0.
    y_is_share : bool
        Whether the vertical axis has ticks in percent; else it has none.
    """

    at: Box
    caption: Said
    x: Said
    y: Said
    curves: tuple[Curve, ...]
    alternative: Said
    x_most: float
    y_most: float
    y_is_share: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One box of a flow: its name and a line about it."""

    name: Said
    text: Said


@dataclass(frozen=True, slots=True)
class Flow:
    """Boxes in a row, each leading to the next."""

    at: Box
    steps: tuple[Step, ...]
    alternative: Said


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Parameters
    ----------
    at : Box
        Where.
    header : tuple of Said
        Names of the columns.
    rows : tuple of tuple of Said
        Cells.
    widths : tuple of float
        Of the columns, in parts of the whole.
    alternative : Said
        What a screen reader says.
    numeric : frozenset of int
        Columns that are set to the right.
    """

    at: Box
    header: tuple[Said, ...]
    rows: tuple[tuple[Said, ...], ...]
    widths: tuple[float, ...]
    alternative: Said
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Missing:
    """The place of a chart that there is nothing to draw of."""

    at: Box
    text: Said


Part = Points | BigFigures | Bars | Plane | Flow | Grid | Missing


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide.

    Parameters
    ----------
    name : str
        Word that tests and tables of contents know it by.
    section : Said
        Where in the talk it stands.
    title : Said
        Its message, as a sentence.
    parts : tuple of Part
        What is drawn below.
    notes : Said
        What the speaker says.
    remark : Said or None
        What nobody may miss, beside the section: that a cloud was never tried.
    is_cover : bool
        Whether it is the first one.
    """

    name: str
    section: Said
    title: Said
    parts: tuple[Part, ...]
    notes: Said
    remark: Said | None = None
    is_cover: bool = False

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures of the slide, once each, in the order in which they are met."""
        return tuple(dict.fromkeys(figure for figure in self._figures() if figure.source))

    def _figures(self) -> Iterator[Figure]:
        yield from self.title.figures
        for part in self.parts:
            yield from _of_part(part)
        yield from self.notes.figures
        if self.remark is not None:
            yield from self.remark.figures


def _of_part(part: Part) -> Iterator[Figure]:
    """Figures that a part shows or draws."""
    for said in _texts(part):
        yield from said.figures
    match part:
        case Bars():
            yield from part.categories
            for series in part.series:
                yield from series.points
        case Plane():
            for curve in part.curves:
                yield from (*curve.xs, *curve.ys)
        case _:
            pass


def _texts(part: Part) -> Iterator[Said]:
    match part:
        case Points():
            yield from part.lines
        case BigFigures():
            for cell in part.cells:
                yield from (cell.number, cell.caption)
        case Bars():
            yield from (part.caption, part.alternative)
        case Plane():
            yield from (part.caption, part.x, part.y, part.alternative)
            for curve in part.curves:
                yield from curve.labels.values()
        case Flow():
            for step in part.steps:
                yield from (step.name, step.text)
            yield part.alternative
        case Grid():
            yield from (*part.header, part.alternative)
            for row in part.rows:
                yield from row
        case Missing():
            yield part.text
