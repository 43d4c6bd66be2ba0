"""Every rule that raw tables are held to, as data: id, severity, what it says in two languages, what to do.

A broken rule of severity *file* stops the reading and nothing is written; one of severity *row* puts the row into
quarantine; a *warning* is said and the reading goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from garant.exceptions import TableError
from garant.tables.columns import Column, Kind, TableSchema
from garant.tables.file_texts import FILE_TEXTS
from garant.tables.limits import limits
from garant.tables.rule_texts import ROW_TEXTS, WARNING_TEXTS, Code, Text


class Severity(StrEnum):
    """What a broken rule leads to."""

    FILE = "file"
    ROW = "row"
    WARNING = "warning"


ROW = "row"
"""Stands for the column in the id of a rule that concerns the row as a whole: ``bureau.row.fields``."""

_ROW_CODES = (Code.FIELDS, Code.QUOTE, Code.NUL)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Parameters
    ----------
    id : str
        ``bureau.DAYS_CREDIT.type`` for a row, ``file.open_quote`` for a file, ``warning.extra_columns``.
    severity : Severity
        What breaking it leads to.
    text : Text
        What it says.
    """

    id: str
    severity: Severity
    text: Text


def row_rule(table: str, column: str, code: Code) -> Rule:
    """Rule of a cell, or of the whole row when `column` is ``row``."""
    return Rule(f"{table}.{column}.{code}", Severity.ROW, ROW_TEXTS[code])


def rule_of(rule_id: str) -> Rule:
    """Rule with the id `rule_id`; KeyError when its last part is none of ours."""
    group, _, name = rule_id.partition(".")
    if group == "file":
        return Rule(rule_id, Severity.FILE, FILE_TEXTS[name])
    if group == "warning":
        return Rule(rule_id, Severity.WARNING, WARNING_TEXTS[name])
    try:
        code = Code(rule_id.rpartition(".")[2])
    except ValueError as error:
        raise KeyError(rule_id) from error
    return Rule(rule_id, Severity.ROW, ROW_TEXTS[code])


def row_rules(schema: TableSchema) -> Iterator[Rule]:
    """All row rules of a table, in the order of its columns."""
    for code in _ROW_CODES:
        yield row_rule(schema.name, ROW, code)
    for column in schema.columns:
        for code in cell_codes(column):
            yield row_rule(schema.name, column.name, code)
    if schema.key:
        for code in (Code.DUPLICATE, Code.CONFLICT):
            yield row_rule(schema.name, schema.key[0], code)
    if schema.owned:
        yield row_rule(schema.name, schema.owned[0], Code.OWNER)


def cell_codes(column: Column) -> tuple[Code, ...]:
    """Codes that a cell of `column` can break."""
    kinds: dict[Kind, tuple[Code, ...]] = {
        Kind.ID: (Code.ID,),
        Kind.LABEL: (Code.LABEL,),
        Kind.MONEY: (Code.TYPE, Code.PRECISION, Code.RANGE),
        Kind.RATE: (Code.TYPE, Code.RANGE),
        Kind.CATEGORY: (),
        Kind.DATE: (Code.TYPE,),
    }
    codes = [*kinds.get(column.kind, (Code.TYPE, Code.WHOLE, Code.RANGE))]
    codes += [] if column.nullable else [Code.EMPTY]
    codes += [limit.code for limit in limits(column)]
    codes += [Code.LEVEL] if column.closed else []
    return tuple(dict.fromkeys(codes))


def refuse(code: str, where: str, *, cause: BaseException | None = None, **values: object) -> NoReturn:
    """Raise TableError for the file rule `code`, saying where, what and what to do; a `Text` among `values` is told."""
    text = FILE_TEXTS[code]
    english = {name: value.en if isinstance(value, Text) else value for name, value in values.items()}
    french = {name: value.fr if isinstance(value, Text) else value for name, value in values.items()}
    place = _FRENCH_PLACES.get(where, where)
    raise TableError(
        f"{where}: {text.en.format(**english)} {text.remedy_en.format(**english)}".rstrip(),
        rule=f"file.{code}",
        french=f"{place} : {text.fr.format(**french)} {text.remedy_fr.format(**french)}".rstrip(),
    ) from cause


_FRENCH_PLACES = {"The data folder": "Le dossier de données"}
"""Places that are said in words; all others are names of files."""
