"""Division, the only one allowed in features, and money in currency units."""

import ibis

from garant.tables.columns import THOUSANDTHS
from garant.tables.expressions import Value


def ratio(numerator: Value, denominator: Value) -> Value:
    """``numerator / denominator`` in float64, NULL where the denominator is zero or either is NULL.

    Engines differ at zero (DuckDB gives infinity, Spark stops the job, SQLite gives NULL): features divide here only.
    """
    top = _float64(numerator)
    bottom = _float64(denominator)
    return top / bottom.nullif(ibis.literal(0.0, type="float64"))


def money(thousandths: Value) -> Value:
    """Amount in currency units from int64 thousandths."""
    return ratio(thousandths, THOUSANDTHS)


def number(value: Value) -> Value:
    """Count, days or flag as float64, the type of every numeric feature."""
    return _float64(value)


def _float64(value: Value) -> Value:
    if isinstance(value, int | float):
        return ibis.literal(float(value), type="float64")
    return value.cast("float64")
