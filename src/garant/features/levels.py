"""Levels of categories that features may read: values that point to religion, health or maternity are not told apart."""

import ibis
import ibis.expr.types as ir

from garant.tables.schema import TABLES

OTHER_LEVEL = "Other"
"""Level that takes the place of sensitive ones."""


def plain_levels(rows: ibis.Table, table: str, column: str) -> ir.StringColumn:
    """Category `column` of raw table `table` in `rows`, its sensitive levels told as `OTHER_LEVEL`."""
    value = rows[column]
    sensitive = TABLES[table][column].sensitive_levels
    return value.isin(sensitive).ifelse(OTHER_LEVEL, value) if sensitive else value
