"""Which letters a decision allows: none before it counts, and none that would say what was not decided."""

from enum import StrEnum

from garant.decisions.record import Decision, Event, EventKind, State
from garant.exceptions import NoLetterError
from garant.models.cutoff import Outcome

_SETTLED = frozenset({EventKind.CONFIRMED, EventKind.REVIEWED, EventKind.CORRECTED})
"""After these nobody waits for papers any more."""


class LetterKind(StrEnum):
    """What a letter is for."""

    REFUSAL = "refusal"
    PAPERS = "papers"
    REVIEW = "review"
    EXPLANATION = "explanation"


def possible_kinds(decision: Decision, outcome: str | None) -> tuple[LetterKind, ...]:
    """Kinds of letters that `decision` allows, in the order in which they are offered.

    Parameters
    ----------
    decision : Decision
        As it was recorded.
    outcome : str or None
        What counts; None while nobody decided.
    """
    return tuple(kind for kind in LetterKind if why_not(kind, decision, outcome) is None)


def require_possible(kind: LetterKind | None, decision: Decision, outcome: str | None) -> LetterKind:
    """`kind`, or the first that is possible where none is asked for.

    Raises
    ------
    NoLetterError
        When the decision does not allow it, or allows none.
    """
    possible = possible_kinds(decision, outcome)
    if kind is None and possible:
        return possible[0]
    reason = why_not(kind or LetterKind.EXPLANATION, decision, outcome)
    if kind is None or reason is not None:
        raise NoLetterError(reason or "proposed", possible=tuple(map(str, possible)))
    return kind


def papers_asked(decision: Decision) -> Event | None:
    """Event by which a person asked for more papers; None once it was decided without or with them."""
    for event in reversed(decision.events):
        if event.kind in _SETTLED:
            return None
        if event.kind is EventKind.PAPERS_ASKED:
            return event
    return None


def why_not(kind: LetterKind, decision: Decision, outcome: str | None) -> str | None:
    """Why a decision does not allow a kind: an id, see `NoLetterError`; None where it does."""
    if kind is LetterKind.PAPERS:
        return None if papers_asked(decision) else "no_papers"
    if decision.state is State.PROPOSED:
        return "proposed"
    if decision.state is State.CONTESTED:
        return "contested"
    if kind is not LetterKind.EXPLANATION and decision.superseded_by is not None:
        return "corrected"
    does_not_say = {
        LetterKind.REVIEW: "not_reviewed" if decision.state is not State.REVIEWED else None,
        LetterKind.REFUSAL: "approved" if outcome != Outcome.REFUSE else None,
    }
    return does_not_say.get(kind)
