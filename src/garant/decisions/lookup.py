"""Questions that are compiled once: what is asked for every decision is not put together again."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Select


def look_up(
    connection: Connection, statement: Select[*tuple[Any, ...]], values: Mapping[str, Any]
) -> CursorResult[*tuple[Any, ...]]:
    """Rows of a `statement` that stays, a constant of its module, for the `values` of its parameters.

    They go to the driver as they are and come back as it gives them: text, bytes and numbers.
    """
    text, order = _compiled(connection.dialect, statement)
    return connection.exec_driver_sql(text, tuple([values[name] for name in order]) if order else dict(values))


@cache
def _compiled(dialect: Dialect, statement: Select[*tuple[Any, ...]]) -> tuple[str, tuple[str, ...]]:
    compiled = statement.compile(dialect=dialect)
    return str(compiled), tuple(getattr(compiled, "positiontup", None) or ())
