"""Values that point to religion, health or maternity cannot be told apart from "Other" by any feature of profile eu."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pyarrow as pa
import pytest

from garant.features.catalogue import catalogue
from garant.tables.schema import TABLES

SENSITIVE_LEVELS = [
    (table.name, column.name, level)
    for table in TABLES.values()
    for column in table.columns
    for level in column.sensitive_levels
]


WithLevel = Callable[[str, str, str], pa.Table]


@pytest.fixture(scope="module")
def with_level(book: dict[str, list[dict[str, Any]]], run_duckdb: Callable[..., pa.Table]) -> WithLevel:
    """Features where every row of a table has one level of a column."""

    @cache
    def made(table: str, column: str, level: str) -> pa.Table:
        rows = [{**row, column: level} for row in book[table]]
        return run_duckdb({**book, table: rows}).select([feature.name for feature in catalogue()])

    return made


@pytest.mark.parametrize(("table", "column", "level"), SENSITIVE_LEVELS)
def test_a_sensitive_level_gives_the_same_features_as_other(table: str, column: str, level: str, with_level: WithLevel):
    assert with_level(table, column, level).equals(with_level(table, column, "Other"))


def test_there_are_such_levels():
    assert {level for _, _, level in SENSITIVE_LEVELS} >= {"Religion", "Maternity leave", "Medicine"}
