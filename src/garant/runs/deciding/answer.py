"""What is answered: a decision as JSON, in one language.

The challenger's score is never in it, and no sentence states log-odds; ``effect`` is for machines.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from garant.decisions.record import (
    Decision,
    Event,
    EventKind,
    Judgement,
    Language,
    Mode,
    NewDecision,
    Said,
    State,
    Texts,
)
from garant.models.cutoff import Outcome

Answer = dict[str, Any]
"""JSON object."""

_WITHHELD: Answer = {
    "pd": None,
    "points": None,
    "label": None,
    "rules": [],
    "reasons": [],
    "main_reason_kept": None,
    "warnings": [],
}
"""What somebody who is to judge a file by themselves is not shown before."""


def as_bytes(answer: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> bytes:
    """JSON text of an answer, or of several, UTF-8."""
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def judged(judgement: Judgement, language: Language) -> Answer:
    """What was computed, without who decides: the whole answer to a preview."""
    return {
        "outcome": str(judgement.outcome),
        "client": judgement.client,
        "product": judgement.product,
        "pd": judgement.pd,
        "label": _in(judgement.label, language),
        "cutoff": judgement.cutoff,
        "refer_band": list(judgement.refer_band),
        "points": judgement.points,
        "rules": [_said(rule, language) for rule in judgement.rules],
        "reasons": [_reason(reason, language) for reason in judgement.reasons],
        "main_reason_kept": judgement.main_reason_kept,
        "warnings": [_said(warning, language) for warning in judgement.warnings],
        "digests": {
            "bundle": judgement.digests.bundle,
            "features": judgement.digests.features,
            "policy": judgement.digests.policy,
            "wording": judgement.digests.wording,
        },
        "language": language,
        "timings": {stage: round(milliseconds, 3) for stage, milliseconds in judgement.timings.items()},
    }


def decided(new: NewDecision, language: Language) -> Answer:
    """A decision as it is made."""
    head = _head(new, state=new.state)
    return {**head, "final_outcome": _at_once(new.mode, new.state, new.judgement), **judged(new.judgement, language)}


def recorded(decision: Decision, language: Language, *, withheld: Collection[int] | None = None) -> Answer:
    """A decision as it stands, with what happened since; of an erased person what is no personal data.

    ``outcome`` stays what was proposed; ``final_outcome`` is what a person, or the recorded automated mode, made of it.

    Parameters
    ----------
    withheld : collection of int or None
        For a reviewer who has no view of their own yet: why it was proposed is left out (``"withheld": true``), and
        what was said in the events with these numbers.
    """
    head = _head(decision, state=decision.state)
    hidden = withheld or ()
    since = {
        "superseded_by": decision.superseded_by,
        "events": [_event(event, is_hidden=event.number in hidden) for event in decision.events],
        "final_outcome": final_outcome(decision),
    }
    if decision.judgement is None:
        return {**head, **since, "outcome": None, "erased": True, "language": language}
    answer = {**head, **since, **judged(decision.judgement, language)}
    return answer if withheld is None else {**answer, **_WITHHELD, "withheld": True}


def first_state(mode: Mode, outcome: Outcome) -> State:
    """State of a new decision: only an automated acceptance or refusal is final before a person looked at it."""
    return State.FINAL if mode is Mode.AUTOMATED and outcome is not Outcome.REFER else State.PROPOSED


def final_outcome(decision: Decision) -> str | None:
    """What counts: what was said last by who confirmed or reviewed, else an automated outcome; None while proposed."""
    for event in reversed(decision.events):
        if event.kind in {EventKind.CONFIRMED, EventKind.REVIEWED} and "outcome" in event.content:
            return str(event.content["outcome"])
    if decision.judgement is None:
        return None
    return _at_once(decision.mode, first_state(decision.mode, decision.judgement.outcome), decision.judgement)


def _at_once(mode: Mode, state: State, judgement: Judgement) -> str | None:
    return str(judgement.outcome) if mode is Mode.AUTOMATED and state is State.FINAL else None


def _head(decision: NewDecision | Decision, *, state: State) -> Answer:
    return {
        "id": decision.id,
        "at": decision.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "state": str(state),
        "mode": str(decision.mode),
        "legal_basis": decision.legal_basis,
        "owner": decision.owner,
        "notice_id": decision.notice_id,
        "supersedes": decision.supersedes,
    }


def _event(event: Event, *, is_hidden: bool) -> Answer:
    return {
        "number": event.number,
        "kind": str(event.kind),
        "at": event.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "actor": event.actor,
        "state": str(event.state),
        "content": {} if is_hidden else dict(event.content),
    }


def _said(said: Said, language: Language) -> Answer:
    return {"code": said.code, "text": said.texts[language], "fields": list(said.fields)}


def _reason(reason: Said, language: Language) -> Answer:
    return {
        "code": reason.code,
        "kind": reason.kind,
        "text": reason.texts[language],
        "note": _in(reason.notes, language),
        "effect": reason.effect,
    }


def _in(texts: Texts | None, language: Language) -> str | None:
    return None if texts is None else texts[language]
