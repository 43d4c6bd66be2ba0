"""The rules of human review: what a case is, who may act on it, what they say, and when it counts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from garant.decisions.open_cases import CaseKind
from garant.decisions.record import Decision, Event, EventKind, Judgement, State
from garant.exceptions import ActError, Problem, WrongStateError
from garant.models.cutoff import Outcome
from garant.runs.deciding.answer import final_outcome
from garant.runs.deciding.people import DECIDED, LEAST_COMMENT, MOST_NAME, MOST_TEXT, decided_outcome
from garant.runs.deciding.request import text_field

VIEWS = ("accept", "refuse", "unsure")
"""What a reviewer may think of a file before the proposal is shown."""

REVIEW_GROUNDS = ("file", "new_information", "wrong_data", "circumstances", "policy_exception", "other")
"""Why a reviewer decides as they do."""

PAPERS_GROUNDS = ("income", "charges", "identity", "purpose", "other")
"""What papers are needed for."""

_OPINIONS = frozenset({EventKind.VIEWED, EventKind.FIRST_REVIEWED})
"""What other reviewers think: shown to nobody who has no view of their own yet."""

BEGUN = _OPINIONS | {EventKind.PAPERS_ASKED}
"""By what a reviewer has begun with a decision, who then decides it."""

_DECIDING = frozenset({EventKind.CONFIRMED, EventKind.REVIEWED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A decision that waits for a reviewer.

    Parameters
    ----------
    decision : Decision
        The decision.
    judgement : Judgement
        What was computed.
    kind : CaseKind
        Why it waits.
    since : datetime
        When it was decided, or contested.
    events : tuple of Event
        What happened since then.
    """

    decision: Decision
    judgement: Judgement
    kind: CaseKind
    since: datetime
    events: tuple[Event, ...]

    def view_of(self, actor: str) -> Event | None:
        """Own view that somebody noted of this case."""
        return next((each for each in self.events if each.kind is EventKind.VIEWED and each.actor == actor), None)

    @property
    def first_review(self) -> Event | None:
        """What the last reviewer decided, where another one has to agree."""
        return next((each for each in reversed(self.events) if each.kind is EventKind.FIRST_REVIEWED), None)


def case_of(decision: Decision) -> Case | None:
    """What waits for a reviewer in a decision: a contested one, or a proposal that was referred; None when nothing."""
    judgement = decision.judgement
    if judgement is None or decision.superseded_by is not None:
        return None
    if decision.state is State.CONTESTED:
        place = max(place for place, each in enumerate(decision.events) if each.kind is EventKind.CONTESTED)
        contest, since = decision.events[place], decision.events[place + 1 :]
        return Case(decision=decision, judgement=judgement, kind=CaseKind.CONTESTED, since=contest.at, events=since)
    if decision.state is State.PROPOSED and judgement.outcome is Outcome.REFER:
        return Case(
            decision=decision,
            judgement=judgement,
            kind=CaseKind.REFERRED,
            since=decision.at,
            events=decision.events,
        )
    return None


def require_case(decision: Decision) -> Case:
    """The case of a decision.

    Raises
    ------
    WrongStateError
        When nothing in it waits for a reviewer.
    """
    found = case_of(decision)
    if found is not None:
        return found
    if decision.superseded_by is not None:
        raise WrongStateError("The decision was corrected: only the one that supersedes it can be reviewed.")
    raise WrongStateError(
        f"The decision is {decision.state}; only one that is contested, or a proposal that was referred, can be "
        "reviewed."
    )


def actors(decision: Decision) -> frozenset[str]:
    """Who made the decision, asked for its review or decided before: none of them may review it.

    The first of two reviewers has not decided before: both decide one case.
    """
    found, so_far = {decision.actor}, set[str]()
    for event in decision.events:
        if event.kind in {EventKind.CONTESTED, *_DECIDING}:
            found.add(event.actor)
        if event.kind is EventKind.FIRST_REVIEWED:
            so_far.add(event.actor)
        if event.kind in _DECIDING:
            found |= so_far
    return frozenset(found)


def is_blind(decision: Decision, actor: str) -> bool:
    """Whether a reviewer must not be shown yet what was proposed: a case without a view of their own."""
    case = case_of(decision)
    return case is not None and case.view_of(actor) is None


def unseen(decision: Decision) -> frozenset[int]:
    """Numbers of the events whose content nobody without an own view sees: what other reviewers think."""
    case = case_of(decision)
    return frozenset() if case is None else frozenset(each.number for each in case.events if each.kind in _OPINIONS)


def has_begun(decision: Decision) -> bool:
    """Whether a reviewer has noted a view, asked for papers, or was the first of two to decide."""
    return any(each.kind in BEGUN for each in decision.events)


def needs_two(judgement: Judgement, above: float | None) -> bool:
    """Whether two reviewers must agree: the amount asked for is `above` the lender's limit, or cannot be read."""
    if above is None:
        return False
    amount = amount_of(judgement)
    return amount is None or amount > above


def amount_of(judgement: Judgement) -> float | None:
    """Amount of the loan that is asked for."""
    found: object = json.loads(judgement.raw).get("application", {}).get("AMT_CREDIT")
    try:
        return None if isinstance(found, bool) or not isinstance(found, int | float | str) else float(found)
    except ValueError:
        return None


def opinion(*, view: object, note: object, person: object) -> Mapping[str, Any]:
    """Content of the event by which a reviewer notes an own view.

    Raises
    ------
    ActError
        When the view is none, or nothing is noted.
    """
    problems: list[Problem] = []
    if view not in VIEWS:
        problems.append(Problem("/view", "request.view", f"expected one of {', '.join(VIEWS)}"))
    said = text_field(note, "/note", most=MOST_TEXT, problems=problems)
    name = text_field(person, "/person", most=MOST_NAME, problems=problems, needed=False)
    if problems:
        raise ActError(problems)
    return {"view": str(view), "note": said, **_named(name)}


def verdict(*, outcome: object, ground: object, comment: object, person: object) -> Mapping[str, Any]:
    """Content of the event by which a reviewer decides.

    Raises
    ------
    ActError
        When the outcome is none that a person may give, the ground is not in the list, or the comment has fewer than
        `LEAST_COMMENT` characters.
    """
    problems: list[Problem] = []
    own = decided_outcome(outcome, problems)
    said = _reasoned(ground, comment, person, REVIEW_GROUNDS, problems)
    return {"outcome": str(own), **said}


def request_for_papers(*, ground: object, comment: object, person: object) -> Mapping[str, Any]:
    """Content of the event by which a reviewer asks for papers.

    Raises
    ------
    ActError
        As `verdict`.
    """
    return _reasoned(ground, comment, person, PAPERS_GROUNDS, [])


def agreement(case: Case, own: Event, outcome: str) -> Mapping[str, Any]:
    """With what a reviewer's outcome agrees: their own view, the side of the cut-off, what counted before.

    What cannot be compared is left out.
    """
    judgement, view = case.judgement, own.content.get("view")
    before = final_outcome(case.decision) or str(judgement.outcome)
    found: dict[str, Any] = {}
    if view in DECIDED:
        found["as_own_view"] = view == outcome
    if judgement.pd is not None:
        side = Outcome.REFUSE if judgement.pd >= judgement.cutoff else Outcome.ACCEPT
        found["as_model"] = outcome == str(side)
    if case.kind is CaseKind.CONTESTED and before in DECIDED:
        found["as_before"] = before == outcome
    return found


def _reasoned(
    ground: object, comment: object, person: object, grounds: Sequence[str], problems: list[Problem]
) -> Mapping[str, Any]:
    if ground not in grounds:
        problems.append(Problem("/ground", "request.ground", f"expected one of {', '.join(grounds)}"))
    said = text_field(comment, "/comment", least=LEAST_COMMENT, most=MOST_TEXT, problems=problems)
    name = text_field(person, "/person", most=MOST_NAME, problems=problems, needed=False)
    if problems:
        raise ActError(problems)
    return {"ground": str(ground), "comment": said, **_named(name)}


def _named(name: str) -> Mapping[str, str]:
    return {"person": name} if name else {}
