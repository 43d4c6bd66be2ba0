"""Windows of time before the application; the application day itself is known, nothing after it."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class Window:
    """The last `length` days or months before the application; all history when `length` is None.

    Parameters
    ----------
    length : int or None
        Length of the window, both ends included: 365 covers day -365 to day 0.
    unit : str
        ``"d"`` for columns in days, ``"m"`` for columns in months.
    """

    length: int | None
    unit: str = "d"

    def __str__(self) -> str:
        """Part of a feature's name: ``365d``, ``12m``, ``all``."""
        return "all" if self.length is None else f"{self.length}{self.unit}"

    def covers(self, when: ir.NumericValue) -> ir.BooleanValue:
        """True where the day or month `when` lies inside the window; NULL days lie in no window."""
        known = when <= ibis.literal(0)
        return known if self.length is None else known & (when >= ibis.literal(-self.length))


ALL = Window(None)
"""All history known at the application."""
