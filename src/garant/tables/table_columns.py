"""Columns of a table over all its files: what is required, what is absent, what nobody asked for."""

from collections.abc import Mapping, Sequence

from garant.tables.columns import TableSchema
from garant.tables.config import TablesConfig
from garant.tables.config_file import CONFIG_NAME
from garant.tables.header import ColumnMatch, near_names
from garant.tables.reading import match_file
from garant.tables.report import Warned, warned
from garant.tables.rules import refuse
from garant.tables.source_file import SourceFile
from garant.tables.sources import Purpose

LABEL = "TARGET"


def match_table(
    files: Sequence[SourceFile], schema: TableSchema, config: TablesConfig, *, purpose: Purpose
) -> dict[SourceFile, ColumnMatch]:
    """Match the columns of every file of a table.

    Raises
    ------
    TableError
        A required column is absent, a column is there twice, parts have different columns, ``tables.toml`` names a
        column that no file has, or training lacks the label.
    """
    renamed = config.columns.get(schema.name, {})
    options = config.read_options(schema.name)
    matches = {file: match_file(file, options, schema, renamed=renamed) for file in files}
    present = {column for match in matches.values() for column in match.positions}
    extra = [name for match in matches.values() for name in match.extra]
    for column, theirs in renamed.items():
        if column not in present:
            near = near_names([theirs], extra)
            refuse("unknown_mapping", CONFIG_NAME, table=schema.name, column=column, found=theirs, near=near)
    if schema.name == "application":
        _check_application(config, present, extra, purpose=purpose)
    _check_parts(matches)
    return matches


def absent_columns(schema: TableSchema, matches: Mapping[SourceFile, ColumnMatch]) -> tuple[str, ...]:
    """Optional columns of a table that none of its files has."""
    return tuple(
        name for name in schema.names if name != LABEL and all(name in match.absent for match in matches.values())
    )


def table_warnings(
    schema: TableSchema, config: TablesConfig, matches: Mapping[SourceFile, ColumnMatch]
) -> list[Warned]:
    """At most one warning of each kind about the columns of a table."""
    absent = absent_columns(schema, matches)
    extra = list(dict.fromkeys(name for match in matches.values() for name in match.extra))
    warnings: list[Warned] = []
    if absent:
        warnings.append(warned("absent_columns", schema.name, n=len(absent), columns=", ".join(absent)))
    if extra:
        warnings.append(warned("extra_columns", schema.name, n=len(extra), columns=", ".join(extra)))
    if schema.name == "application" and config.renamed_label:
        warnings.append(warned("label_text", schema.name, found=config.renamed_label))
    return warnings


def _check_application(config: TablesConfig, present: set[str], extra: Sequence[str], *, purpose: Purpose) -> None:
    for column in sorted(config.own_columns - present):
        section = "extra" if column in config.extra else "money"
        near = near_names([column], extra)
        refuse("absent_own", CONFIG_NAME, section=section, column=column, table="application", near=near)
    if purpose == "train" and LABEL not in present:
        refuse("no_label", "application", near=_near_label(extra))


def _near_label(extra: Sequence[str]) -> str:
    """Line to write for the label: with the column of the lender that looks like one, if there is any."""
    near = near_names(["LABEL", "DEFAULT", "TARGET"], extra)
    column = near.partition('"')[2].partition('"')[0] or "…"
    return f'TARGET = "{column}"'


def _check_parts(matches: Mapping[SourceFile, ColumnMatch]) -> None:
    """Refuse parts of different columns; a part without label is legal."""
    first, *others = matches
    for other in others:
        differing = set(matches[first].positions) ^ set(matches[other].positions)
        if differing - {LABEL}:
            refuse("parts_differ", other.name, other=first.name, columns=", ".join(sorted(differing - {LABEL})))
