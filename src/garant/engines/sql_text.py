"""SQL text of an expression, compiled once for each dialect: it takes tenths of a second, and several ask for it."""

from functools import lru_cache

import ibis
import ibis.expr.operations as ops


def sql_text(expr: ibis.Table, dialect: str) -> str:
    """SQL text of `expr` in `dialect`, as ``duckdb`` or ``sqlite``."""
    # Nodes of Ibis are hashed by what they mean; their class declares something else.
    return _compiled(expr.op(), dialect)  # pyright: ignore[reportArgumentType]


# Keyed by the operation: columns of an expression answer == with another expression.
@lru_cache(maxsize=128)
def _compiled(operation: ops.Relation, dialect: str) -> str:
    return str(ibis.to_sql(operation.to_expr(), dialect=dialect))
