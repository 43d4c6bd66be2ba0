"""Arrow types of what an expression gives, the same in every engine."""

import ibis
import pyarrow as pa

_ARROW = {"int64": pa.int64(), "float64": pa.float64(), "string": pa.string(), "date": pa.date32()}


def arrow_schema(expr: ibis.Table) -> pa.Schema:
    """Columns of the result of `expr`; every column may be NULL, whatever the engine knows of it."""
    return pa.schema([(name, _ARROW[str(kind).removeprefix("!")]) for name, kind in expr.schema().items()])
