"""What a raw column is: its kind decides the type that every engine reads."""

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

THOUSANDTHS = 1000
"""Money is stored as int64 thousandths of the currency unit: sums are then exact in every engine."""

DAYS_SENTINEL = 365243
"""The lender's word for "no such date" (a thousand years) in the DAYS columns."""


class Kind(StrEnum):
    """Kind of a raw column."""

    ID = "id"
    LABEL = "label"
    MONEY = "money"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    HOUR = "hour"
    COUNT = "count"
    RATING = "rating"
    FLAG = "flag"
    RATE = "rate"
    CATEGORY = "category"
    DATE = "date"

    @property
    def arrow(self) -> pa.DataType:
        """Type in the accepted tables: int64 for everything countable and for money (thousandths)."""
        match self:
            case Kind.RATE:
                return pa.float64()
            case Kind.CATEGORY:
                return pa.string()
            case Kind.DATE:
                return pa.date32()
            case _:
                return pa.int64()

    @property
    def unit(self) -> str:
        """Unit of a stored value, as said in the data dictionary."""
        return {
            Kind.MONEY: "thousandths of the currency unit",
            Kind.DAYS: "days relative to the application",
            Kind.MONTHS: "months relative to the application",
            Kind.RATE: "number",
        }.get(self, self.value)


@dataclass(frozen=True, slots=True)
class Column:
    """Declaration of one raw column.

    Parameters
    ----------
    name : str
        Spelling of the raw file, kept (``AMT_RECIVABLE``).
    kind : Kind
        Decides type and unit in the accepted tables.
    required : bool
        The table is refused when the column is absent.
    nullable : bool
        An empty cell is accepted; where it is not, the row goes to quarantine.
    sentinels : tuple of str
        Words of the lender that mean "no value" and become NULL.
    sentinel_flag : str or None
        Name of an extra 0/1 column of the accepted table that says that the sentinel stood there.
    sensitive : str or None
        Why the column is personal in the sense of equal treatment: sex, age, family, region, third_party.
    sensitive_levels : tuple of str
        Values that point to religion, health or maternity.
    past : bool
        A day or month after the application breaks a rule; day and month 0 are the application itself.
    negative : bool
        An amount or a number below zero is possible (an overpaid debt); otherwise it breaks a rule.
    ages : (int, int) or None
        For a day of birth: least and greatest day at which the applicant is of an age to apply.
    levels : tuple of str
        Known values of a category; empty where any value is as good as another.
    closed : bool
        Another value than the known `levels` breaks a rule; otherwise it is a warning.
    default : str or None
        Name of the column whose text stands in for an empty cell.
    """

    name: str
    kind: Kind
    required: bool = False
    nullable: bool = True
    sentinels: tuple[str, ...] = ()
    sentinel_flag: str | None = None
    sensitive: str | None = None
    sensitive_levels: tuple[str, ...] = ()
    past: bool = False
    negative: bool = False
    ages: tuple[int, int] | None = None
    levels: tuple[str, ...] = ()
    closed: bool = False
    default: str | None = None


@dataclass(frozen=True, slots=True)
class TableSchema:
    """Declaration of one raw table.

    Parameters
    ----------
    name : str
        Name of the table in garant.
    columns : tuple of Column
        All columns in the order of the official file.
    key : tuple of str
        Columns that identify a row; empty where no key exists (instalments are paid in several rows).
    parent : tuple of str or None
        ``(table, column)``: where a child row must find its parent, else it is an orphan.
    files : tuple of str
        Stems of file names that hold this table.
    owned : tuple of str or None
        ``(what, by whom)``: each value of the first column belongs to one value of the second, in all tables that say
        so.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    parent: tuple[str, str] | None
    files: tuple[str, ...] = ()
    owned: tuple[str, str] | None = None

    def __getitem__(self, name: str) -> Column:
        """Return the declaration of the column `name`; raise KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the raw columns, in the official order."""
        return tuple(column.name for column in self.columns)

    @property
    def arrow(self) -> pa.Schema:
        """Schema of the accepted table: raw columns, sentinel flags, ``source_file``, ``source_line``."""
        fields = [pa.field(c.name, c.kind.arrow) for c in self.columns]
        fields += [pa.field(c.sentinel_flag, pa.int64()) for c in self.columns if c.sentinel_flag]
        fields += [pa.field("source_file", pa.string()), pa.field("source_line", pa.int64())]
        return pa.schema(fields)
