"""A fact that was written down wrongly, corrected: only on request, because no search knows the right value."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from garant.exceptions import UnknownNameError, UsageError
from garant.explanations.moves.cells import Cell, one, with_application
from garant.explanations.moves.move import Change
from garant.tables.columns import THOUSANDTHS, Column, Kind
from garant.tables.limits import limits
from garant.tables.rule_texts import ROW_TEXTS
from garant.tables.variants import ClientRows


@dataclass(frozen=True, slots=True)
class Correction:
    """Another value in one column of the application.

    Parameters
    ----------
    name : str
        Name in `--what-if`.
    column : Column
        What is corrected.
    between : (float, float) or None
        Least and greatest value, where somebody declared them, as for an external score.
    """

    name: str
    column: Column
    between: tuple[float, float] | None = None

    @property
    def touches(self) -> Mapping[str, frozenset[str]]:
        """The column, and the flag that says whether it has a value."""
        flag = self.column.sentinel_flag
        return {"application": frozenset({self.column.name, *([flag] if flag else [])})}

    def change(self, rows: ClientRows, text: str) -> Change:
        """Rows with the value that `text` writes as the raw data do: an amount, days before the application, a word.

        Raises
        ------
        UsageError
            When the text is no value of the column, or says what is known already.
        """
        cell = self._cell(text)
        born = one(rows, "DAYS_BIRTH")
        if self.column.name == "DAYS_EMPLOYED" and isinstance(cell, int) and isinstance(born, int) and cell < born:
            raise UsageError(f"{self.name}={text}: before the day of birth.")
        if cell == one(rows, self.column.name):
            raise UsageError(f"{self.name}={text}: that is what the application says already.")
        cells: dict[str, Cell] = {self.column.name: cell}
        if self.column.sentinel_flag:
            cells[self.column.sentinel_flag] = 0
        return Change(self.name, float("nan"), 0.0, with_application(rows, cells))

    def _cell(self, text: str) -> Cell:
        """The value as accepted tables hold it."""
        column = self.column
        if column.kind is Kind.CATEGORY:
            if column.levels and text not in column.levels:
                raise UnknownNameError(f"value of {self.name} ({column.name})", text, column.levels)
            if text in column.sensitive_levels:
                raise UsageError(f"{self.name}={text}: protected, and no correction leads to it.")
            return text
        number = _number(text, column.kind)
        if number is None:
            expected = "a number" if column.kind in {Kind.MONEY, Kind.RATE} else f"a whole number ({column.kind.unit})"
            raise UsageError(f"{self.name}={text}: {column.name} holds {expected}.")
        for limit in limits(column):
            is_low = limit.least is not None and number < limit.least
            is_high = limit.greatest is not None and number > limit.greatest
            if is_low or is_high:
                raise UsageError(f"{self.name}={text}: {column.name} cannot be this: {ROW_TEXTS[limit.code].en}.")
        if self.between is not None and not self.between[0] <= number <= self.between[1]:
            raise UsageError(f"{self.name}={text}: expected {self.between[0]:g} to {self.between[1]:g}.")
        return float(number) if column.kind is Kind.RATE else int(number)


def _number(text: str, kind: Kind) -> Decimal | None:
    """The number as accepted tables hold it; None where the text is none of that kind."""
    try:
        number = Decimal(text) * (THOUSANDTHS if kind is Kind.MONEY else 1)
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    is_whole = number == number.to_integral_value()
    return number if is_whole or kind is Kind.RATE else None
