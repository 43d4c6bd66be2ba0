"""Steps at round amounts, so that what is said is exactly what was scored."""

import math

_ROUND = (1, 2, 5, 10)


def round_step(span: float, most: int) -> float:
    """Smallest of 1, 2, 5, 10, 20, 50, … that divides `span` into at most `most` steps; whole currency units."""
    aimed = max(span / most, 1.0)
    power = 10.0 ** math.floor(math.log10(aimed))
    return next(step * power for step in _ROUND if step * power >= aimed)


def rising(greatest: float, *, most: int) -> tuple[float, ...]:
    """Round amounts above 0 up to `greatest`, the smallest first."""
    step = round_step(greatest, most)
    return tuple(step * number for number in range(1, int(greatest / step) + 1))


def falling(begin: float, least: float, *, most: int) -> tuple[float, ...]:
    """Round amounts below `begin` down to `least`, the largest first."""
    step = round_step(begin - least, most)
    first = math.ceil(begin / step) - 1
    return tuple(step * number for number in range(first, math.ceil(least / step) - 1, -1))
