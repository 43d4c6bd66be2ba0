"""Which column of a file is which of ours: by name, never by position."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from garant.tables.columns import TableSchema
from garant.tables.rules import refuse
from garant.tables.schema import OPTIONAL_COLUMNS


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """Columns of one file.

    Parameters
    ----------
    names : tuple of str
        Names of all its columns, in its order.
    positions : dict of str to int
        Our column → its position in the file.
    extra : tuple of str
        Columns of the file that are none of ours.
    absent : tuple of str
        Columns of ours that the file does not have.
    """

    names: tuple[str, ...]
    positions: Mapping[str, int]
    extra: tuple[str, ...]
    absent: tuple[str, ...]

    @property
    def n_columns(self) -> int:
        """Columns of the file."""
        return len(self.names)


def match_columns(names: Sequence[str], schema: TableSchema, *, renamed: Mapping[str, str], where: str) -> ColumnMatch:
    """Match the column `names` of a file with those of `schema`, without regard to case and spaces around them.

    Parameters
    ----------
    names : sequence of str
        Header of the file.
    schema : TableSchema
        The table that it should hold.
    renamed : mapping of str to str
        Our column → the file's name of it, from ``tables.toml``.
    where : str
        Name of the file, for messages.

    Raises
    ------
    TableError
        A required column is absent, or a column of ours is there twice.
    """
    found: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        found.setdefault(_folded(name), []).append(position)
    positions: dict[str, int] = {}
    owners: dict[int, str] = {}
    claimed = {_folded(theirs) for theirs in renamed.values()}
    for column in schema.names:
        theirs = renamed.get(column, column)
        places = found.get(_folded(theirs), [])
        if places and column in renamed and _folded(column) in found.keys() - claimed:
            refuse("ambiguous_column", where, column=column, found=theirs, table=schema.name)
        if len(places) > 1:
            spelled = ", ".join(f"'{names[place]}'" for place in places)
            refuse("duplicate_column", where, column=column, n=len(places), found=spelled)
        if places:
            other = owners.setdefault(places[0], column)
            if other != column:
                refuse("shared_column", where, column=column, other=other, found=theirs, table=schema.name)
            positions[column] = places[0]
    used = set(positions.values())
    extra = tuple(name for position, name in enumerate(names) if position not in used)
    missing = [column.name for column in schema.columns if column.required and column.name not in positions]
    if missing:
        near = near_names(missing, extra)
        refuse("missing_columns", where, columns=", ".join(missing), table=schema.name, near=near)
    absent = tuple(name for name in schema.names if name not in positions and name not in OPTIONAL_COLUMNS)
    return ColumnMatch(tuple(names), positions, extra, absent)


def near_names(wanted: Sequence[str], found: Sequence[str]) -> str:
    """`` (AMT_CREDIT = "AMT_CREDITS"?)`` for the first of `wanted` that has a near name in `found`, or nothing."""
    by_fold = {_folded(name): name for name in found}
    for name in wanted:
        near = difflib.get_close_matches(_folded(name), by_fold, n=1, cutoff=0.75)
        if near:
            return f' ({name} = "{by_fold[near[0]]}"?)'
    return ""


def _folded(name: str) -> str:
    return name.strip().casefold()
