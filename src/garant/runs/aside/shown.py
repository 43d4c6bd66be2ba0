"""Sections of reports on their way to a page: plain values, with each chart as the specification that draws it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from garant.reports.charts import specification
from garant.reports.figure import Figure
from garant.reports.section import Section, Table
from garant.storage import Json

NARROW = 280
"""Pixels that a chart without words in its plane needs; others scroll below the width that the script knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Sections with the charts that may be narrow.

    Parameters
    ----------
    sections : sequence of Section
        What is shown.
    narrow : frozenset of str
        Names of figures whose words stand beside the plane and not in it.
    """

    sections: Sequence[Section]
    narrow: frozenset[str] = field(default_factory=frozenset)

    def as_json(self) -> list[Json]:
        """Every section as plain values."""
        return [self._section(each) for each in self.sections]

    def _section(self, found: Section) -> Json:
        return {
            "name": found.name,
            "heading": found.heading,
            "paragraphs": list(found.paragraphs),
            "alarms": list(found.alarms),
            "tables": [_table(each) for each in found.tables],
            "figures": [self._figure(each) for each in found.figures],
        }

    def _figure(self, found: Figure) -> Json:
        return {
            "name": found.name,
            "heading": found.heading,
            "caption": found.caption,
            "alternative": found.alternative,
            "columns": list(found.columns),
            "rows": [list(row) for row in found.rows],
            "spec": specification(found.chart),
            "least": NARROW if found.name in self.narrow else None,
        }


def _table(found: Table) -> Json:
    return {
        "caption": found.caption,
        "columns": list(found.columns),
        "rows": [list(row) for row in found.rows],
        "kind": found.kind,
    }
