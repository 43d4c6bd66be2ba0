"""What decides the values of features, as text: kept in a bundle, and compared before the bundle is used."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

import ibis.expr.operations as ops

from garant.engines.sql_text import sql_text
from garant.features.catalogue import groups
from garant.features.encode import InputColumn
from garant.features.extra import extras_of
from garant.features.feature import Feature
from garant.features.matrix import only
from garant.models.bundle.fingerprint import FeatureDefinition

DIALECTS = ("duckdb", "sqlite")

_PART = re.compile(
    r"^-- (?P<group>\w+), (?P<dialect>\w+)\n-- reads: [^\n]*\n(?P<sql>.*?);\n(?=\n-- |\Z)", re.MULTILINE | re.DOTALL
)


def definitions(features: Sequence[Feature], columns: Sequence[InputColumn]) -> list[FeatureDefinition]:
    """Canonical definition of each feature: its expression down to the raw columns, and its frozen levels."""
    return [
        FeatureDefinition(
            name=feature.name,
            # Nodes of Ibis are hashed by what they mean; their class declares something else.
            sql=_canonical(feature.expression.op()),  # pyright: ignore[reportArgumentType]
            dtype="category" if feature.is_category else "number",
            levels=column.levels,
        )
        for feature, column in zip(features, columns, strict=True)
    ]


@lru_cache(maxsize=2048)
def _canonical(operation: ops.Value[Any, Any]) -> str:
    """Text of an expression; written once for each, as it takes milliseconds and a command needs it several times."""
    return str(operation.to_expr())


def features_sql(features: Sequence[Feature], tables: Collection[str]) -> str:
    """SQL text of every feature for DuckDB and SQLite, one statement per raw table, with the raw columns it reads."""
    parts: list[str] = []
    for group in only(groups(tables, extras_of(features)), [feature.name for feature in features]):
        raw = sorted({column for feature in group.features for column in feature.inputs})
        for dialect in DIALECTS:
            parts.append(f"-- {group.name}, {dialect}\n-- reads: {', '.join(raw)}")
            parts.append(sql_text(group.per_client(), dialect).rstrip() + ";\n")
    return "\n".join(parts)


def statements_of(text: str, dialect: str) -> dict[str, str]:
    """Statements of `features_sql` in `dialect` by group: those compiled, and proven, when a bundle was made."""
    return {found["group"]: found["sql"] for found in _PART.finditer(text) if found["dialect"] == dialect}
