"""Cells of the tables of sections: shares, measures and their intervals in the report's language."""

import math

from garant.metrics.intervals import Interval
from garant.wording.catalogue import Wording

SHARES = frozenset({"accept", "refer", "refuse"})
"""Measures that are shown as percentages."""


def columns(wording: Wording, *names: str) -> tuple[str, ...]:
    """Headers by the ends of their text ids ``report.column.<name>``."""
    return tuple(wording.text(f"report.column.{name}") for name in names)


def percent(share: float, wording: Wording) -> str:
    """Share as a percentage; a dash where the sample cannot tell it."""
    return wording.text("report.none") if math.isnan(share) else wording.percent(share, decimals=2, fixed=True)


def number(value: float, wording: Wording, *, decimals: int = 4) -> str:
    """Number with fixed decimals; a dash where the sample cannot tell it."""
    return wording.text("report.none") if math.isnan(value) else wording.number(value, decimals=decimals, fixed=True)


def measured(name: str, value: float, wording: Wording) -> str:
    """Value of the measure `name`."""
    return percent(value, wording) if name in SHARES else number(value, wording)


def with_interval(name: str, interval: Interval, wording: Wording) -> str:
    """Value of the measure `name` with its 95 % interval in brackets."""
    value = measured(name, interval.value, wording)
    if math.isnan(interval.low) or math.isnan(interval.high):
        return value
    low, high = (measured(name, end, wording) for end in (interval.low, interval.high))
    return wording.text("report.value_with_interval", value=value, low=low, high=high)
