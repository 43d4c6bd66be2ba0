"""Windows before the application, by time or by number of rows; the application day is known, nothing after it."""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis

from garant.tables.expressions import Condition, Value

_RANKS = frozenset({"last", "first", "due"})
"""Units that count rows, not time."""


@dataclass(frozen=True, slots=True)
class Window:
    """The last `length` days, months or rows before the application; all history when `length` is None.

    Parameters
    ----------
    length : int or None
        Length of the window, both ends included: 365 covers day -365 to day 0, 12 covers month -12 to month 0.
    unit : str
        ``"d"`` for columns in days, ``"m"`` for columns in months, ``"last"`` for ranks of rows, 1 being the latest,
        ``"first"`` for ranks from the other end, ``"due"`` for ranks of instalments, 1 being the one due last.
    """

    length: int | None
    unit: str = "d"

    def __str__(self) -> str:
        """Part of a feature's name: ``365d``, ``12m``, ``last3``, ``first3``, ``due3``, ``all``."""
        if self.length is None:
            return "all"
        return f"{self.unit}{self.length}" if self.unit in _RANKS else f"{self.length}{self.unit}"

    def covers(self, when: Value) -> Condition:
        """True where the day, month or rank `when` lies inside the window; a NULL lies in no window."""
        if self.unit in _RANKS:
            return when <= self.length
        known = when <= 0
        return known if self.length is None else known & (when >= -self.length)

    def includes(self, when: Value, newest: Value, oldest: Value | None = None) -> Condition:
        """True where a row lies inside the window, whichever of its day `when` and its ranks the window counts by.

        Raises
        ------
        ValueError
            When the window counts from the first row and no rank from that end is given.
        """
        if self.unit == "first":
            if oldest is None:
                raise ValueError(f"Window '{self}' needs the rank from the oldest row.")
            return self.covers(oldest)
        return self.covers(newest if self.unit == "last" else when)

    def precedes(self, when: Value) -> Condition:
        """True where the day or month `when` lies before the window began: history to compare the window with."""
        if self.length is None or self.unit in _RANKS:
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

DAYS_60, DAYS_90, DAYS_180, DAYS_365, DAYS_730 = (Window(length) for length in (60, 90, 180, 365, 730))

MONTHS_3, MONTHS_6, MONTHS_12, MONTHS_24 = (Window(length, "m") for length in (3, 6, 12, 24))

LAST_1, LAST_2, LAST_3, LAST_5 = (Window(length, "last") for length in (1, 2, 3, 5))

FIRST_3 = Window(3, "first")

DUE_2, DUE_3, DUE_5 = (Window(length, "due") for length in (2, 3, 5))
