"""Values that point to religion, health or maternity cannot be told apart from "Other" by any feature of profile eu."""

from collections.abc import Callable
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


@pytest.mark.parametrize(("table", "column", "level"), SENSITIVE_LEVELS)
def test_a_sensitive_level_gives_the_same_features_as_other(
    table: str,
    column: str,
    level: str,
    book: dict[str, list[dict[str, Any]]],
    run_duckdb: Callable[..., pa.Table],
):
    def with_level(value: str) -> pa.Table:
        rows = [{**row, column: value} for row in book[table]]
        return run_duckdb({**book, table: rows}).select([feature.name for feature in catalogue()])

    assert with_level(level).equals(with_level("Other"))


def test_there_are_such_levels():
    assert {level for _, _, level in SENSITIVE_LEVELS} >= {"Religion", "Maternity leave", "Medicine"}
