"""All moves of a lender, and what `--what-if` asks of them."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from garant.exceptions import UnknownNameError, UsageError
from garant.explanations.moves.correction import Correction
from garant.explanations.moves.debts import ArrearsPaidMove, CardBalanceMove
from garant.explanations.moves.loan import (
    MONTHS_A_YEAR,
    DownPaymentMove,
    LoanColumns,
    LongerTermMove,
    SmallerPurchaseMove,
)
from garant.explanations.moves.move import Change, Move
from garant.explanations.moves.terms import COUPLED, MoveTerms, why_never_corrected
from garant.features.feature import PROTECTED, Legal
from garant.tables.config import TablesConfig
from garant.tables.schema import TABLES
from garant.tables.variants import ClientRows

ALL = "all"
"""Word for the whole of what can be paid."""

_LOAN_MOVES: Mapping[str, str] = {
    "AMT_GOODS_PRICE": "smaller-purchase",
    "AMT_CREDIT": "down-payment or smaller-purchase",
    "AMT_ANNUITY": "longer-term, down-payment or smaller-purchase",
}

MOVE_NAMES = ("smaller-purchase", "down-payment", "longer-term", "arrears-paid", "card-balance")
"""Moves that a search tries, in the order in which equal changes are told."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One `--what-if`: how it was written, and what it does to a person's rows."""

    text: str
    change: Callable[[ClientRows], Change]


@dataclass(frozen=True, slots=True)
class MoveCatalogue:
    """Moves with the limits of a lender, over tables as its ``tables.toml`` declares them.

    Parameters
    ----------
    terms : MoveTerms
        Limits and steps.
    moves : tuple of Move
        What a search tries.
    corrections : mapping of str to Correction
        By name; only on request.
    """

    terms: MoveTerms
    moves: tuple[Move, ...]
    corrections: Mapping[str, Correction]

    @classmethod
    def of(cls, terms: MoveTerms, config: TablesConfig) -> "MoveCatalogue":
        """The catalogue of a lender.

        Raises
        ------
        UsageError
            When a correction names a column that the tables do not have, or one that the lender declares protected.
        """
        columns = LoanColumns(config.money.charges)
        a_year = 1 if config.money.period == "year" else MONTHS_A_YEAR
        moves: tuple[Move, ...] = (
            SmallerPurchaseMove(terms.smaller_purchase, columns),
            DownPaymentMove(terms.down_payment, columns),
            LongerTermMove(terms.longer_term, columns, a_year),
            ArrearsPaidMove(terms.arrears_paid),
            CardBalanceMove(terms.card_balance),
        )
        return cls(
            terms, moves, {name: _correction(name, column, config) for name, column in terms.corrections.items()}
        )

    def asked(self, text: str) -> Asked:
        """What ``MOVE=AMOUNT`` asks for.

        Raises
        ------
        UsageError
            When it names no move and no fact that may be corrected; a coupled or protected column is refused by name,
            a coupled one with the move to use.
        """
        name, has_amount, amount = (part.strip() for part in text.partition("="))
        moves = {move.name: move for move in self.moves}
        if name in moves:
            move = moves[name]
            if name == "arrears-paid" and amount in {"", ALL}:
                return Asked(text, lambda rows: _whole(move, rows))
            if not has_amount or not amount:
                raise UsageError(f"--what-if {text}: expected {name}=AMOUNT.")
            number = _number(text, amount)
            return Asked(text, lambda rows: move.change(rows, number))
        by_column = {correction.column.name: correction for correction in self.corrections.values()}
        correction = self.corrections.get(name) or by_column.get(name)
        if correction is None:
            raise self._refusal(name)
        if not has_amount or not amount:
            raise UsageError(f"--what-if {text}: expected {name}=VALUE.")
        return Asked(text, lambda rows: correction.change(rows, amount))

    def _refusal(self, name: str) -> UsageError:
        if name in COUPLED:
            return UsageError(
                f"--what-if {name}: {', '.join(COUPLED)} hang together, and one of them alone would describe a loan "
                f"that nobody asked for. Use {_LOAN_MOVES[name]}."
            )
        if users := [move.name for move in self.moves if any(name in columns for columns in move.touches.values())]:
            return UsageError(f"--what-if {name}: other facts follow from this column. Use {' or '.join(users)}.")
        known = [*(move.name for move in self.moves), *self.corrections]
        for table, schema in TABLES.items():
            if name in schema.names:
                why = why_never_corrected(name) if table == "application" else None
                why = why or f"a fact of {table} that no move changes and no correction names"
                return UsageError(f"--what-if {name}: {why}. Known: {', '.join(known)}.")
        return UnknownNameError("move", name, known, f"Known: {', '.join(known)}.")


def touched(moves: Iterable[Move | Correction]) -> dict[str, frozenset[str]]:
    """Columns that any of `moves` may change, by table."""
    found: dict[str, frozenset[str]] = {}
    for move in moves:
        for table, columns in move.touches.items():
            found[table] = found.get(table, frozenset()) | columns
    return found


def applied(asked: Sequence[Asked], rows: ClientRows) -> tuple[Change, ...]:
    """The changes one after the other; the rows of the last have all of them."""
    made: list[Change] = []
    for each in asked:
        change = each.change(rows)
        rows = change.rows
        made.append(change)
    return tuple(made)


def _whole(move: Move, rows: ClientRows) -> Change:
    # Where there is nothing to pay, the move itself says so.
    amounts = move.offer(rows).amounts or (0.0,)
    return move.change(rows, amounts[-1])


def _number(text: str, amount: str) -> float:
    try:
        number = float(amount)
    except ValueError as error:
        raise UsageError(f"--what-if {text}: '{amount}' is no number; write it like 20000 or 1250.50.") from error
    if not math.isfinite(number):
        raise UsageError(f"--what-if {text}: '{amount}' is no amount.")
    return number


def _correction(name: str, column: str, config: TablesConfig) -> Correction:
    schema = config.table_schema("application")
    if column not in schema.names:
        raise UsageError(f"Moves: correction {name} names {column}, which is no column of the application.")
    own = config.extra.get(column)
    if own is not None and Legal(own.legal) in PROTECTED:
        raise UsageError(f"Moves: correction {name} names {column}, which tables.toml declares {own.legal}.")
    score = config.scores.get(column)
    between = None if score is None or score.range is None else (float(score.range[0]), float(score.range[1]))
    return Correction(name, schema[column], between)
