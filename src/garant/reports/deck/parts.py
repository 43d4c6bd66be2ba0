"""What a slide is made of: lines, numbers, charts, flows, tables, each in its place, each naming its figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

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
    size: int = 24

    @property
    def texts(self) -> tuple[Said, ...]:
        """Everything that is read in it."""
        return self.lines


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

    @property
    def texts(self) -> tuple[Said, ...]:
        """Everything that is read in it."""
        return tuple(said for cell in self.cells for said in (cell.number, cell.caption))


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
    highlighted : frozenset of int
        Bars of the first series that the slide is about; the others are paler. Empty: none is.
    diverging : bool
        Whether bars below zero get the colour of what raises the risk.
    """

    at: Box
    caption: Said
    categories: tuple[Figure, ...]
    series: tuple[Series, ...]
    alternative: Said
    across: bool = False
    labels: Mapping[int, str] | None = None
    diverging: bool = False
    highlighted: frozenset[int] = frozenset()

    @property
    def texts(self) -> tuple[Said, ...]:
        """Everything that is read in it."""
        return (self.caption, self.alternative)

    @property
    def drawn(self) -> Iterator[Figure]:
        """Figures that stand in it without a sentence."""
        yield from self.categories
        for series in self.series:
            yield from series.points


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
    side : {"right", "above", "below"}
        Where the words stand.
    """

    name: str
    xs: tuple[Figure, ...]
    ys: tuple[Figure, ...]
    colour: str
    is_line: bool = True
    is_dashed: bool = False
    labels: Mapping[int, Said] = field(default_factory=dict[int, Said])
    side: Literal["right", "above", "below"] = "right"


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

    @property
    def texts(self) -> tuple[Said, ...]:
        """Everything that is read in it."""
        return (
            self.caption,
            self.x,
            self.y,
            self.alternative,
            *(said for curve in self.curves for said in curve.labels.values()),
        )

    @property
    def drawn(self) -> Iterator[Figure]:
        """Figures that stand in it without a sentence."""
        for curve in self.curves:
            yield from (*curve.xs, *curve.ys)


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

    @property
    def texts(self) -> tuple[Said, ...]:
        """Everything that is read in it."""
        return (*(said for step in self.steps for said in (step.name, step.text)), self.alternative)


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
    marked : frozenset of (int, int)
        Row and column of cells that must not be passed over.
    """

    at: Box
    header: tuple[Said, ...]
    rows: tuple[tuple[Said, ...], ...]
    widths: tuple[float, ...]
    alternative: Said
    numeric: frozenset[int] = frozenset()
    marked: frozenset[tuple[int, int]] = frozenset()

    @property
    def texts(self) -> tuple[Said, ...]:
        """Everything that is read in it."""
        return (*self.header, self.alternative, *(cell for row in self.rows for cell in row))


@dataclass(frozen=True, slots=True)
class Missing:
    """The place of a chart that there is nothing to draw of."""

    at: Box
    text: Said

    @property
    def texts(self) -> tuple[Said, ...]:
        """Everything that is read in it."""
        return (self.text,)


Part = Points | BigFigures | Bars | Plane | Flow | Grid | Missing
