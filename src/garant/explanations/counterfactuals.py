"""What would have changed a result: a search over named moves of raw facts.

All steps of all moves are judged in one question. A move whose first effect raises the risk of this person is not
offered: a model may have learned that larger loans go to safer people, and nobody should be told to borrow more.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

import numpy as np
import numpy.typing as npt

from garant.exceptions import InvariantError
from garant.explanations.moves.move import Change, Move
from garant.tables.variants import ClientRows

MAX_RESULTS = 3
"""More results are a list to choose from, not an answer."""

WRONG_SIGN = "wrong_sign"
"""The first steps of the move raise the risk of this person."""

NOT_ENOUGH = "not_enough"
"""No step within the limits is accepted."""

NOT_CONFIRMED = "not_confirmed"
"""The public scoring path does not accept what the search found."""

TRIED = frozenset({WRONG_SIGN, NOT_ENOUGH, NOT_CONFIRMED})
"""Why a move that exists for the person is no result; any other id says that there was nothing to try."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What a model and the lender's rules say of n variants: arrays of shape (n,).

    Parameters
    ----------
    margin, pd : array of float64
        Raw log-odds and calibrated PD.
    is_accepted : array of bool
        Whether the outcome is to accept: below the refer band, and by every rule.
    is_below : array of bool
        Whether the PD alone would have been accepted.
    """

    margin: Floats
    pd: Floats
    is_accepted: npt.NDArray[np.bool_]
    is_below: npt.NDArray[np.bool_]


Judge = Callable[[Sequence[ClientRows]], Judged]
"""Judges variants of one person in one question."""


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A move that would have changed the result.

    Parameters
    ----------
    move : str
        Its name.
    steps : tuple of Change
        Steps that are accepted, without a gap, the smallest change first.
    """

    move: str
    steps: tuple[Change, ...]

    @property
    def share(self) -> float:
        """How large the smallest change is."""
        return self.steps[0].share


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found for one person.

    Parameters
    ----------
    results : tuple of Counterfactual
        The smallest change first; none is an answer.
    why_not : mapping of str to str
        Move that is no result → id of why: `WRONG_SIGN`, `NOT_ENOUGH`, or why it does not exist for the person.
    variants : int
        Steps that were judged.
    """

    results: tuple[Counterfactual, ...]
    why_not: Mapping[str, str] = field(default_factory=dict[str, str])
    variants: int = 0


def search(rows: ClientRows, moves: Sequence[Move], judge: Judge) -> Found:
    """Find the smallest changes that would have been accepted.

    Parameters
    ----------
    rows : mapping of str to Table
        Accepted rows of a person who was not accepted.
    moves : sequence of Move
        What to try.
    judge : callable
        Judges the unchanged rows and all steps, in one call.
    """
    why_not: dict[str, str] = {}
    steps: list[tuple[str, list[Change]]] = []
    for move in moves:
        offer = move.offer(rows)
        if offer.why_not:
            why_not[move.name] = offer.why_not
        else:
            steps.append((move.name, [move.change(rows, amount) for amount in offer.amounts]))
    changes = [change for _, of_move in steps for change in of_move]
    if not changes:
        return Found((), why_not, 0)
    judged = judge([rows, *(change.rows for change in changes)])
    _require_complete(judged, len(changes) + 1)
    found: list[Counterfactual] = []
    begin = 1
    for name, of_move in steps:
        end = begin + len(of_move)
        accepted = judged.is_accepted[begin:end]
        if _raises(judged, begin, end):
            why_not[name] = WRONG_SIGN
        elif not accepted.any():
            why_not[name] = NOT_ENOUGH
        else:
            found.append(Counterfactual(name, _first_run(of_move, accepted)))
        begin = end
    found.sort(key=lambda result: result.share)
    return Found(tuple(found), why_not, len(changes))


def confirmed(found: Found, judge: Judge) -> Found:
    """At most three results, as far as `judge`, the public scoring path, accepts every step of theirs.

    A range ends before the first step that is not accepted; one that begins with it is dropped.
    """
    changes = [change for result in found.results for change in result.steps]
    if not changes:
        return found
    judged = judge([change.rows for change in changes])
    _require_complete(judged, len(changes))
    verdicts = iter(judged.is_accepted.tolist())
    why_not = dict(found.why_not)
    kept: list[Counterfactual] = []
    for result in found.results:
        of_result = [(change, next(verdicts)) for change in result.steps]
        steps = tuple(change for change, _ in takewhile(lambda pair: pair[1], of_result))
        if steps:
            kept.append(replace(result, steps=steps))
        else:
            why_not[result.move] = NOT_CONFIRMED
    return replace(found, results=tuple(kept[:MAX_RESULTS]), why_not=why_not)


def _raises(judged: Judged, begin: int, end: int) -> bool:
    """Whether the first step that changes the risk raises it; who is below the cut-off is held back by a rule alone."""
    if judged.is_below[0]:
        return False
    moved = judged.margin[begin:end] - judged.margin[0]
    changed = moved[moved != 0]
    return bool(len(changed)) and bool(changed[0] > 0)


def _first_run(changes: Sequence[Change], accepted: npt.NDArray[np.bool_]) -> tuple[Change, ...]:
    first = int(np.argmax(accepted))
    ends = np.flatnonzero(~accepted[first:])
    last = first + int(ends[0]) if len(ends) else len(accepted)
    return tuple(changes[first:last])


def _require_complete(judged: Judged, n: int) -> None:
    if not len(judged.pd) == len(judged.margin) == len(judged.is_accepted) == len(judged.is_below) == n:
        raise InvariantError(f"{n} variants were asked about, {len(judged.pd)} were judged.")
