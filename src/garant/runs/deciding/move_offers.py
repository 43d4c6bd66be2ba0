"""What a what-if of one application takes: moves with their limits, corrections with what is stated now."""

from dataclasses import dataclass
from typing import Literal

from garant.explanations.changed_facts import cell_text, column_label
from garant.explanations.moves.catalogue import MoveCatalogue
from garant.explanations.moves.cells import Cell, one
from garant.explanations.moves.correction import Correction
from garant.tables.columns import Column, Kind
from garant.tables.levels import YES_NO
from garant.tables.variants import ClientRows
from garant.wording.catalogue import Wording

Measure = Literal["money", "instalments", "all"]

_MEASURES: dict[str, Measure] = {"longer-term": "instalments", "arrears-paid": "all"}


@dataclass(frozen=True, slots=True)
class OfferedMove:
    """A move that exists for the person.

    Parameters
    ----------
    name : str
        As a what-if takes it.
    measure : {"money", "instalments", "all"}
        What its amount is; ``all``: everything at once, without an amount.
    least, most : float
        Smallest and largest amount that is tried.
    """

    name: str
    measure: Measure
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class OfferedCorrection:
    """A fact that may be corrected.

    Parameters
    ----------
    name : str
        As a what-if takes it.
    label : str
        What the fact is, in the asked language.
    kind : Kind
        Kind of its column.
    now : str
        What the application says, in the asked language.
    levels : tuple of (str, str)
        Of a category: each level that may be stated, and its words.
    """

    name: str
    label: str
    kind: Kind
    now: str
    levels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Offers:
    """Everything that a what-if takes."""

    moves: tuple[OfferedMove, ...]
    corrections: tuple[OfferedCorrection, ...]


def offers_of(rows: ClientRows, catalogue: MoveCatalogue, words: Wording) -> Offers:
    """What the application with these `rows` may be changed in, in the language of `words`."""
    moves = (
        OfferedMove(move.name, _MEASURES.get(move.name, "money"), min(amounts), max(amounts))
        for move in catalogue.moves
        if (amounts := move.offer(rows).amounts)
    )
    columns = frozenset(rows["application"].schema.names)
    corrections = (_told(each, rows, words) for each in catalogue.corrections.values() if each.column.name in columns)
    return Offers(tuple(moves), tuple(corrections))


def _told(correction: Correction, rows: ClientRows, words: Wording) -> OfferedCorrection:
    column = correction.column
    return OfferedCorrection(
        name=correction.name,
        label=column_label("application", column, words),
        kind=column.kind,
        now=_now(column, one(rows, column.name), words),
        levels=tuple(
            (level, _level(column, level, words)) for level in column.levels if level not in column.sensitive_levels
        ),
    )


def _now(column: Column, cell: Cell, words: Wording) -> str:
    if isinstance(cell, str):
        return _level(column, cell, words)
    if column.kind is Kind.DAYS and isinstance(cell, int) and cell <= 0:
        return words.text("subject.days_before", span=words.value("days", -cell))
    return cell_text(column, cell, words)


def _level(column: Column, level: str, words: Wording) -> str:
    if set(column.levels) == set(YES_NO) and level in YES_NO:
        return words.value("flag", float(level == "Y"))
    return words.level(column.name, level)
