"""Rows of one client in plain Python: windows, sums and shares by loops over dicts, nothing of the engines' way."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

Row = dict[str, Any]
Rows = list[Row]
Cell = float | str | None
Test = Callable[[Row], bool]
Read = Callable[[Row], int | None]


class History:
    """Known rows of one client in one table, the newest first."""

    def __init__(self, rows: Iterable[Row], *, day: str, key: Sequence[str] = ()) -> None:
        self._day = day
        # What has no key comes last among those of its day.
        order: Callable[[Row], Any] = lambda row: [row[day], *(-1 if row[k] is None else row[k] for k in key)]  # noqa: E731 - said once
        self.newest_first: Rows = sorted(rows, key=order, reverse=True)

    def inside(self, window: str) -> Rows:
        """Rows in ``all``, ``365d``, ``12m`` (both ends included), ``last3``, ``due3`` or ``first3``."""
        if window == "all":
            return self.newest_first
        if window.startswith(("last", "due")):
            return self.newest_first[: int(window.removeprefix("last").removeprefix("due"))]
        if window.startswith("first"):
            return self.newest_first[-int(window.removeprefix("first")) :]
        return [row for row in self.newest_first if row[self._day] >= -int(window[:-1])]

    def before(self, window: str) -> Rows:
        """Rows older than a window of days or months."""
        return [row for row in self.newest_first if row[self._day] < -int(window[:-1])]


def stated(rows: Iterable[Row], column: str) -> list[Any]:
    """Cells of a column that are not NULL."""
    return [row[column] for row in rows if row[column] is not None]


def over(top: float | None, bottom: float | None) -> float | None:
    """One division of two float64; None without a numerator or a denominator, or by zero."""
    return None if top is None or bottom is None or bottom == 0 else float(top) / float(bottom)


def units(thousandths: float | None) -> float | None:
    """Currency units of an amount in thousandths."""
    return over(thousandths, 1000)


def as_float(value: float | None) -> float | None:
    """The float64 of a whole number."""
    return None if value is None else float(value)


def added(values: Iterable[int | None]) -> int | None:
    """Sum of what is stated; None when nothing is."""
    found = [value for value in values if value is not None]
    return sum(found) if found else None


def together(*values: int | None) -> int | None:
    """Sum of values that must all be there."""
    found = [value for value in values if value is not None]
    return sum(found) if len(found) == len(values) else None


def total(rows: Rows, column: str) -> int | None:
    """Sum of a column: 0 without rows, None when the rows state nothing."""
    return added(row[column] for row in rows) if rows else 0


def mean(values: Sequence[int]) -> float | None:
    """Sum by number; None of nothing."""
    return over(sum(values), len(values))


def difference(one: float | None, other: float | None) -> float | None:
    """One number less another; None when either is."""
    return None if one is None or other is None else one - other


def above(value: int | None, limit: int) -> bool:
    """Whether a value is there and above a limit."""
    return value is not None and value > limit


def positive_part(value: int | None) -> int | None:
    """The value where it is above zero, else 0."""
    return None if value is None else max(value, 0)


def latest(rows: Rows, day: str, value: Read, *, room: int) -> int | None:
    """Value of the newest row that states one, the largest of that day, held inside 0 to `room` - 1."""
    found = [(row[day], value(row)) for row in rows]
    told = [(when, amount) for when, amount in found if amount is not None]
    if not told:
        return None
    newest = max(when for when, _ in told)
    return min(max(0, *(amount for when, amount in told if when == newest)), room - 1)


def longest_run(months: Iterable[int]) -> int:
    """Most months in a row, walked one by one from each month."""
    found = set(months)
    longest = 0
    for month in found:
        length = 0
        while month + length in found:
            length += 1
        longest = max(longest, length)
    return longest
