"""What reading the tables found: counts per file, broken rules with examples, warnings, ignored files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter

from garant.tables.rules import rule_of

N_EXAMPLES = 5
"""Rows shown for each broken rule; all of them are in the quarantine."""

MANY_ORPHANS = 0.2
"""Share of a table from which orphans deserve a warning: the competition's tables serve two sets of applicants."""


@dataclass(frozen=True, slots=True)
class FileCount:
    """Rows of one file: `rows` = `accepted` + `orphans` + `quarantined`, asserted while reading."""

    table: str
    file: str
    bytes: int
    sha256: str
    rows: int
    accepted: int
    orphans: int
    quarantined: int

    @property
    def has_many_orphans(self) -> bool:
        """Whether so many rows lack their client or credit that the table of applicants may be incomplete."""
        return self.orphans > MANY_ORPHANS * self.rows


@dataclass(frozen=True, slots=True)
class Example:
    """One broken cell: where it is and what it holds."""

    file: str
    line: int
    column: str
    value: str | None


@dataclass(frozen=True, slots=True)
class RuleCount:
    """Rows that break one rule, what it says in two languages, what to do, the first examples."""

    rule: str
    rows: int
    en: str
    fr: str
    remedy_en: str
    remedy_fr: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning about a table."""

    rule: str
    table: str
    en: str
    fr: str


def warned(code: str, table: str, **values: object) -> Warned:
    """Warning `code` about `table`, its sentences filled with `values`."""
    rule = rule_of(f"warning.{code}")
    return Warned(rule.id, table, rule.text.en.format(**values), rule.text.fr.format(**values))


@dataclass(frozen=True, slots=True)
class AcceptanceReport:
    """What `accept_tables` found.

    Parameters
    ----------
    purpose : {"train", "score"}
        What the tables were checked for.
    files : tuple of FileCount
        Every file that was read.
    rules : tuple of RuleCount
        Every row rule that was broken.
    warnings : tuple of Warned
        What deserves a look and stops nothing.
    ignored : tuple of str
        Files of the folder that are no table of ours.
    without : tuple of str
        Child tables left out on demand.
    absent : mapping of str to tuple of str
        Table → optional columns that none of its files has: read as NULL.
    """

    purpose: Literal["train", "score"]
    files: tuple[FileCount, ...]
    rules: tuple[RuleCount, ...] = ()
    warnings: tuple[Warned, ...] = ()
    ignored: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    absent: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def n_rows(self) -> int:
        """Physical rows of all files."""
        return sum(file.rows for file in self.files)

    @property
    def n_accepted(self) -> int:
        """Rows accepted."""
        return sum(file.accepted for file in self.files)

    @property
    def n_orphans(self) -> int:
        """Child rows without their parent."""
        return sum(file.orphans for file in self.files)

    @property
    def n_quarantined(self) -> int:
        """Rows that broke a rule."""
        return sum(file.quarantined for file in self.files)

    def table(self, name: str) -> FileCount:
        """Counts of all files of table `name` together."""
        files = [file for file in self.files if file.table == name]
        return FileCount(
            table=name,
            file="",
            bytes=sum(file.bytes for file in files),
            sha256="",
            rows=sum(file.rows for file in files),
            accepted=sum(file.accepted for file in files),
            orphans=sum(file.orphans for file in files),
            quarantined=sum(file.quarantined for file in files),
        )

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON knows it, with the totals."""
        totals = {
            "rows": self.n_rows,
            "accepted": self.n_accepted,
            "orphans": self.n_orphans,
            "quarantined": self.n_quarantined,
        }
        return {**_ADAPTER.dump_python(self, mode="json"), "totals": totals}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "AcceptanceReport":
        """Read back what `to_dict` made; raise ValueError when it is something else."""
        return _ADAPTER.validate_python({key: part for key, part in value.items() if key != "totals"})


_ADAPTER = TypeAdapter(AcceptanceReport)
