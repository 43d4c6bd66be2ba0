"""Windows before the application, by time or by number of rows; the application day is known, nothing after it."""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis

from garant.tables.expressions import Condition, Value


@dataclass(frozen=True, slots=True)
class Window:
    """The last `length` days, months or rows before the application; all history when `length` is None.

    Parameters
    ----------
    length : int or None
        Length of the window, both ends included: 365 covers day -365 to day 0, 12 covers month -12 to month 0.
    unit : str
        ``"d"`` for columns in days, ``"m"`` for columns in months, ``"last"`` for ranks of rows, 1 being the latest.
    """

    length: int | None
    unit: str = "d"

    def __str__(self) -> str:
        """Part of a feature's name: ``365d``, ``12m``, ``last3``, ``all``."""
        if self.length is None:
            return "all"
        return f"last{self.length}" if self.unit == "last" else f"{self.length}{self.unit}"

    def covers(self, when: Value) -> Condition:
        """True where the day, month or rank `when` lies inside the window; a NULL lies in no window."""
        if self.unit == "last":
            return when <= self.length
        known = when <= 0
        return known if self.length is None else known & (when >= -self.length)

    def includes(self, when: Value, rank: Value) -> Condition:
        """True where a row of day `when` and rank `rank` lies inside the window, whichever of them it counts by."""
        return self.covers(rank if self.unit == "last" else when)

    def precedes(self, when: Value) -> Condition:
        """True where the day or month `when` lies before the window began: history to compare the window with."""
        if self.length is None or self.unit == "last":
            raise ValueError(f"Nothing lies before window '{self}'.")
        return when < -self.length


LONG_AGO = -100_000
"""Begin of the stretch before the longest window: earlier than any day of a life."""


def stretch(when: Value, windows: Sequence[Window]) -> Value:
    """Begin of the stretch that `when` lies in: the stretches are what `windows` cut the past into.

    Rows of one stretch lie in the same windows, so they may be summed up once and taken together for each window:
    a window covers the begin of a stretch exactly when it covers the stretch's rows.
    """
    begins = sorted((-window.length for window in windows if window.length is not None), reverse=True)
    return ibis.cases(*((when >= begin, begin) for begin in begins), else_=LONG_AGO)


ALL = Window(None)
"""All history known at the application."""

DAYS_90, DAYS_180, DAYS_365, DAYS_730 = (Window(length) for length in (90, 180, 365, 730))

MONTHS_3, MONTHS_6, MONTHS_12, MONTHS_24 = (Window(length, "m") for length in (3, 6, 12, 24))

LAST_1, LAST_3, LAST_5 = (Window(length, "last") for length in (1, 3, 5))
