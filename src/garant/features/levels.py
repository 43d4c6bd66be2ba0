"""Levels of categories as features read them: what points to religion, health or maternity is not told apart."""

from functools import cache

from garant.exceptions import InvariantError
from garant.features.feature import Feature
from garant.tables.columns import Kind
from garant.tables.expressions import Rows, Value
from garant.tables.schema import TABLES

OTHER_LEVEL = "Other"
"""Level that takes the place of sensitive ones."""


def plain_levels(rows: Rows, table: str, column: str) -> Value:
    """Category `column` of raw table `table` in `rows`, its sensitive levels told as `OTHER_LEVEL`."""
    value = rows[column]
    sensitive = TABLES[table][column].sensitive_levels
    return value.isin(sensitive).ifelse(OTHER_LEVEL, value) if sensitive else value


@cache
def category_column(feature: Feature) -> str:
    """Raw column whose levels a category feature shows: the only category among the columns that it reads."""
    if feature.own is not None:
        return feature.own.name
    for name in feature.inputs:
        table, _, column = name.partition(".")
        if TABLES[table][column].kind is Kind.CATEGORY:
            return column
    raise InvariantError(f"Feature {feature.name} shows a category but reads none.")
