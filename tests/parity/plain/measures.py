"""Measures that many features share: each is a function of the history, the application and the window."""

from collections.abc import Callable

from plain.rows import Cell, History, Read, Row, Test, added, as_float, mean, over, stated, total, units

Measure = Callable[[History, Row, str], Cell]
"""Value of a feature of a client who has rows, for one window."""


def everything(_: Row) -> bool:
    """Every row counts."""
    return True


def equals(column: str, *levels: object) -> Test:
    """Rows whose cell is one of the levels."""
    return lambda row: row[column] in levels


def exceeds(column: str, limit: int = 0) -> Test:
    """Rows whose cell is there and above the limit."""
    return lambda row: row[column] is not None and row[column] > limit


def states(column: str) -> Test:
    """Rows whose cell is there."""
    return lambda row: row[column] is not None


def every(*tests: Test) -> Test:
    """Rows that pass all tests."""
    return lambda row: all(test(row) for test in tests)


def number(where: Test = everything) -> Measure:
    """How many rows of the window pass."""
    return lambda history, _, window: float(sum(map(where, history.inside(window))))


def share(part: Test, whole: Test = everything) -> Measure:
    """Share of the rows `whole` of the window that are also `part`."""

    def measure(history: History, _: Row, window: str) -> Cell:
        rows = [row for row in history.inside(window) if whole(row)]
        return over(sum(map(part, rows)), len(rows))

    return measure


def recent_share() -> Measure:
    """Share of all rows that lie in the window."""
    return lambda history, _, window: over(len(history.inside(window)), len(history.newest_first))


def largest(value: Read, where: Test = everything) -> Measure:
    """Largest stated value."""
    return lambda history, _, window: as_float(max(_told(history, window, value, where), default=None))


def smallest(value: Read, where: Test = everything) -> Measure:
    """Smallest stated value."""
    return lambda history, _, window: as_float(min(_told(history, window, value, where), default=None))


def mean_of(value: Read, where: Test = everything) -> Measure:
    """Mean of what is stated."""
    return lambda history, _, window: mean(_told(history, window, value, where))


def in_units(measure: Measure) -> Measure:
    """The measure, told in thousandths, in currency units."""

    def converted(history: History, client: Row, window: str) -> Cell:
        found = measure(history, client, window)
        assert not isinstance(found, str)
        return units(found)

    return converted


def per(measure: Measure, column: str) -> Measure:
    """The measure per unit of a column of the application."""

    def related(history: History, client: Row, window: str) -> Cell:
        found = measure(history, client, window)
        assert not isinstance(found, str)
        return over(found, client[column])

    return related


def sum_of(column: str, where: Test = everything) -> Measure:
    """Sum of a column; None when nothing is stated."""
    return lambda history, _, window: as_float(added(_told(history, window, cell(column), where)))


def total_of(column: str, where: Test = everything) -> Measure:
    """Sum of a column: 0 without rows, None when the rows state nothing."""
    return lambda history, _, window: as_float(total([r for r in history.inside(window) if where(r)], column))


def ratio_of(top: str, bottom: str, where: Test = everything) -> Measure:
    """Sum of one column by the sum of another."""

    def measure(history: History, _: Row, window: str) -> Cell:
        rows = [row for row in history.inside(window) if where(row)]
        return over(added(stated(rows, top)), added(stated(rows, bottom)))

    return measure


def trend(value: Read, where: Test = everything) -> Measure:
    """Mean in the window per unit of the mean before it."""

    def measure(history: History, _: Row, window: str) -> Cell:
        found = [value(row) for row in history.before(window) if where(row)]
        before = mean([amount for amount in found if amount is not None])
        return over(mean(_told(history, window, value, where)), before)

    return measure


def gap_days(day: str) -> Measure:
    """Mean days from one row to the next."""

    def measure(history: History, _: Row, window: str) -> Cell:
        days = [row[day] for row in history.inside(window)]
        return over(max(days) - min(days), len(days) - 1)

    return measure


def weighted_share(weight: Callable[[Row], int], part: Test) -> Measure:
    """Weight of the rows that are `part` as a share of all weight."""

    def measure(history: History, _: Row, window: str) -> Cell:
        rows = history.inside(window)
        return over(sum(weight(row) for row in rows if part(row)), sum(map(weight, rows)))

    return measure


def weighted_mean(column: str, weight: Callable[[Row], int], where: Test = everything) -> Measure:
    """Mean of a column over the rows that state it, by weight."""

    def measure(history: History, _: Row, window: str) -> Cell:
        rows = [row for row in history.inside(window) if where(row) and row[column] is not None]
        return over(added(row[column] * weight(row) for row in rows), sum(map(weight, rows)))

    return measure


def weighted_ratio(top: str, bottom: str, weight: Callable[[Row], int], where: Test = everything) -> Measure:
    """Sum of one column by the sum of another, both by weight."""

    def measure(history: History, _: Row, window: str) -> Cell:
        rows = [row for row in history.inside(window) if where(row)]
        summed = [added(row[c] * weight(row) for row in rows if row[c] is not None) for c in (top, bottom)]
        return over(*summed)

    return measure


def of_newest(column: str) -> Measure:
    """The cell of the newest row, text as it stands."""
    return lambda history, _, window: history.inside(window)[0][column]


def ago(column: str) -> Read:
    """How many days or months before the application."""
    return lambda row: None if row[column] is None else 0 - row[column]


def cell(column: str) -> Read:
    """The cell of a column."""
    return lambda row: row[column]


def _told(history: History, window: str, value: Read, where: Test) -> list[int]:
    found = (value(row) for row in history.inside(window) if where(row))
    return [amount for amount in found if amount is not None]
