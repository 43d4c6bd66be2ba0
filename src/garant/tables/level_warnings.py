"""Warnings about the values of categories, counted over all files of a table."""

from collections import Counter
from collections.abc import Mapping

from garant.tables.categories import Noticed
from garant.tables.report import Warned, warned

_SHOWN = 5
"""Unknown values shown of each column."""


class LevelWarnings:
    """Counts what was noticed in the categories of one table, block by block."""

    def __init__(self, table: str) -> None:
        self._table = table
        self.stripped: Counter[str] = Counter()
        self.new: Counter[str] = Counter()
        self.shown: dict[str, list[str]] = {}

    def add(self, noticed: Mapping[str, Noticed]) -> None:
        """Add what was noticed in the columns of a block."""
        for column, found in noticed.items():
            self.stripped[column] += found.stripped
            self.new[column] += sum(found.new.values())
            # Only a few are kept: a column of free text has millions.
            shown = self.shown.setdefault(column, [])
            unseen = [level for level in found.new if level not in shown]
            shown += unseen[: _SHOWN + 1 - len(shown)]

    def merge(self, file: "LevelWarnings") -> None:
        """Add what was noticed in the next file."""
        self.stripped += file.stripped
        self.new += file.new
        for column, levels in file.shown.items():
            shown = self.shown.setdefault(column, [])
            unseen = [level for level in levels if level not in shown]
            shown += unseen[: _SHOWN + 1 - len(shown)]

    def warnings(self) -> list[Warned]:
        """At most one warning of each kind."""
        found: list[Warned] = []
        if new := +self.new:
            columns = ", ".join(f"{name} × {n} ({self._levels(name)})" for name, n in new.items())
            found.append(warned("new_levels", self._table, n=new.total(), columns=columns))
        if stripped := +self.stripped:
            columns = ", ".join(f"{name} × {n}" for name, n in stripped.items())
            found.append(warned("stripped_spaces", self._table, n=stripped.total(), columns=columns))
        return found

    def _levels(self, column: str) -> str:
        shown = self.shown[column]
        return ", ".join(f'"{level}"' for level in shown[:_SHOWN]) + (", …" if len(shown) > _SHOWN else "")
