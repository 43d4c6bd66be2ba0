"""What people do with a decision: confirm, contest; what they say is checked here, who may is the service's."""

from collections.abc import Mapping
from typing import Any

from garant.decisions.record import Decision, State
from garant.exceptions import ActError, Problem, WrongStateError
from garant.models.cutoff import Outcome
from garant.runs.deciding.request import text_field

GROUNDS = ("agrees", "new_information", "policy_exception", "other")
"""Why a person's outcome is what it is; with any but the first a comment says more."""

LEAST_COMMENT = 20
"""Characters of a reviewer's comment: a review that says nothing is none."""

MOST_TEXT = 5_000
MOST_NAME = 200

DECIDED = (Outcome.ACCEPT, Outcome.REFUSE)
"""A person decides; to refer is what the system does."""


def confirmation(
    decision: Decision, *, person: object, outcome: object, ground: object, comment: object
) -> Mapping[str, Any]:
    """Content of the event by which a named person makes a proposal final.

    Raises
    ------
    ActError
        When the name, the outcome, the ground or the comment is wrong or missing.
    """
    problems: list[Problem] = []
    proposed = None if decision.judgement is None else decision.judgement.outcome
    name = text_field(person, "/person", most=MOST_NAME, problems=problems)
    own = decided_outcome(outcome, problems)
    if ground not in GROUNDS:
        problems.append(Problem("/ground", "request.ground", f"expected one of {', '.join(GROUNDS)}"))
    if own is not None and ground == "agrees" and own != proposed:
        text = "the outcome is not the one that was proposed: name another ground and say why in a comment"
        problems.append(Problem("/ground", "request.ground_agrees", text))
    differs = own is not None and own != proposed
    said = text_field(comment, "/comment", most=MOST_TEXT, problems=problems, needed=differs)
    if problems:
        raise ActError(problems)
    return {"person": name, "outcome": str(own), "ground": str(ground), **({"comment": said} if said else {})}


def contestation(*, statement: object) -> Mapping[str, Any]:
    """Content of the event by which the person contests, in their own words.

    Raises
    ------
    ActError
        When nothing is said, or far too much.
    """
    problems: list[Problem] = []
    said = text_field(statement, "/statement", most=MOST_TEXT, problems=problems)
    if problems:
        raise ActError(problems)
    return {"statement": said}


def require_state(decision: Decision, *allowed: State, to: str) -> None:
    """Refuse what a decision in another state, or one that was corrected, does not allow.

    Raises
    ------
    WrongStateError
        Says the state, and what would be needed.
    """
    if decision.superseded_by is not None:
        message = f"The decision was corrected: only the one that supersedes it can be {to}."
        raise WrongStateError(message)
    if decision.state not in allowed:
        needed = " or ".join(allowed)
        raise WrongStateError(f"The decision is {decision.state}; only one that is {needed} can be {to}.")


def decided_outcome(value: object, problems: list[Problem]) -> Outcome | None:
    """Outcome that a person gives; adds to `problems` when it is none."""
    if isinstance(value, str) and value in {str(outcome) for outcome in DECIDED}:
        return Outcome(value)
    problems.append(Problem("/outcome", "request.outcome", f"expected {' or '.join(DECIDED)}: a person decides"))
    return None
