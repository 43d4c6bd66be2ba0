"""What a notebook shows: tables and pictures, as plain text where it can show nothing else."""

from dataclasses import dataclass

from markupsafe import Markup

_NUMERIC = frozenset("0123456789.,%-\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")


@dataclass(frozen=True, slots=True, repr=False)
class ShownTable:
    """A table with lines below it; the value of a notebook's cell.

    Parameters
    ----------
    header : tuple of str
        Names of the columns.
    rows : tuple of tuple of str
        Cells as they are read.
    notes : tuple of str
        Lines below the table.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Text in columns, for a kernel that brings back text alone."""
        lines = [self.header, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.header))]
        right = self._numeric()
        texts = [
            "  ".join(
                cell.rjust(width) if number else cell.ljust(width)
                for cell, width, number in zip(line, widths, right, strict=True)
            ).rstrip()
            for line in lines
        ]
        return "\n".join([*texts, *self.notes])

    def _repr_html_(self) -> str:  # pyright: ignore[reportUnusedFunction] - IPython looks for this name
        """The same for a browser."""
        aligned = [Markup(' style="text-align:{}"').format("right" if n else "left") for n in self._numeric()]
        head = Markup().join(
            Markup("<th{}>{}</th>").format(how, name) for how, name in zip(aligned, self.header, strict=True)
        )
        body = Markup().join(
            Markup("<tr>{}</tr>").format(
                Markup().join(Markup("<td{}>{}</td>").format(how, cell) for how, cell in zip(aligned, row, strict=True))
            )
            for row in self.rows
        )
        notes = Markup().join(Markup("<p>{}</p>").format(note) for note in self.notes)
        return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>{}").format(head, body, notes)

    def _numeric(self) -> list[bool]:
        """Which columns hold numbers alone."""
        return [all(set(row[i]) <= _NUMERIC for row in self.rows) for i in range(len(self.header))]


@dataclass(frozen=True, slots=True, repr=False)
class ShownPicture:
    """A picture; the value of a notebook's cell.

    Parameters
    ----------
    place : str
        Where its file lies.
    svg : str
        The picture.
    """

    place: str
    svg: str

    def __repr__(self) -> str:
        """Where it lies, for a kernel that brings back text alone."""
        return self.place

    def _repr_svg_(self) -> str:  # pyright: ignore[reportUnusedFunction] - IPython looks for this name
        """The picture itself."""
        return self.svg
