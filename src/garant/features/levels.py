"""Levels of categories as features read them: what points to religion, health or maternity is not told apart."""

from garant.tables.expressions import Rows, Value
from garant.tables.schema import TABLES

OTHER_LEVEL = "Other"
"""Level that takes the place of sensitive ones."""


def plain_levels(rows: Rows, table: str, column: str) -> Value:
    """Category `column` of raw table `table` in `rows`, its sensitive levels told as `OTHER_LEVEL`."""
    value = rows[column]
    sensitive = TABLES[table][column].sensitive_levels
    return value.isin(sensitive).ifelse(OTHER_LEVEL, value) if sensitive else value
