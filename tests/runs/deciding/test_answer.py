"""The answer as JSON."""

import json
from dataclasses import replace
from typing import Any

import pytest

from garant.decisions.record import Decision, Event, EventKind, Judgement, Language, Mode, NewDecision, State
from garant.models.cutoff import Outcome
from garant.runs.deciding.answer import as_bytes, decided, final_outcome, first_state, judged, recorded
from store_records import judgement, new_decision


def as_recorded(new: NewDecision, **changed: Any) -> Decision:  # noqa: ANN401 - any field
    """The decision as a store gives it back."""
    names = ("id", "at", "state", "mode", "legal_basis", "owner", "actor", "notice_id", "supersedes")
    same: dict[str, Any] = {name: getattr(new, name) for name in names}
    more: dict[str, Any] = {
        "superseded_by": None,
        "digests": new.judgement.digests,
        "judgement": new.judgement,
        "events": (),
    }
    return Decision(**{**same, **more, **changed})


def happened(new: NewDecision, kind: EventKind, state: State, number: int, **content: str) -> Event:
    """Something that happened to a decision."""
    return Event(
        decision=new.id, kind=kind, at=new.at, actor="key-9", state=state, content=content, id="e", number=number
    )


def test_an_answer_has_the_names_that_callers_rely_on() -> None:
    answer = json.loads(as_bytes(decided(new_decision(), "en")))
    assert {"id", "state", "outcome", "pd", "cutoff", "refer_band", "points", "reasons", "warnings", "digests"} <= set(
        answer
    )
    assert {"notice_id", "timings", "mode", "language", "at", "rules"} <= set(answer)
    assert set(answer["digests"]) == {"bundle", "features", "policy", "wording"}
    assert answer["pd"] == judgement().pd


@pytest.mark.parametrize(
    ("language", "reason", "note"), [("fr", "Retards", "Demandez."), ("en", "REASON-CANARY", "Ask for it.")]
)
def test_sentences_are_in_the_language_that_was_asked_for(language: Language, reason: str, note: str) -> None:
    said = decided(new_decision(), language)
    assert said["language"] == language
    assert said["reasons"] == [
        {"code": "INSTALMENTS_LATE", "kind": "act", "text": reason, "note": note, "effect": 0.25}
    ]


def test_the_challenger_and_the_contributions_are_never_in_an_answer() -> None:
    new = new_decision()
    said = (
        as_bytes(decided(new, "en")) + as_bytes(recorded(as_recorded(new), "en")) + as_bytes(judged(judgement(), "fr"))
    )
    assert b"challenger" not in said
    assert str(judgement().challenger_pd).encode() not in said.replace(str(judgement().pd).encode(), b"")
    assert b"498.5" not in said
    assert b"late_days_max" not in said
    assert b"RAW-CANARY" not in said


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("outcome", Outcome)
def test_only_an_automated_acceptance_or_refusal_is_final_at_once(mode: Mode, outcome: Outcome) -> None:
    final = mode is Mode.AUTOMATED and outcome is not Outcome.REFER
    assert first_state(mode, outcome) is (State.FINAL if final else State.PROPOSED)


def test_what_counts_is_what_a_person_said_last() -> None:
    new = new_decision()
    confirmed = happened(new, EventKind.CONFIRMED, State.FINAL, 1, outcome="refuse")
    contested = happened(new, EventKind.CONTESTED, State.CONTESTED, 2, statement="no")
    reviewed = happened(new, EventKind.REVIEWED, State.REVIEWED, 3, outcome="accept")
    assert final_outcome(as_recorded(new)) is None
    assert final_outcome(as_recorded(new, events=(confirmed, contested))) == "refuse"
    said = recorded(as_recorded(new, events=(confirmed, contested, reviewed), state=State.REVIEWED), "en")
    assert (said["outcome"], said["final_outcome"], said["state"]) == ("refuse", "accept", "reviewed")
    assert [event["kind"] for event in said["events"]] == ["confirmed", "contested", "reviewed"]


def test_an_automated_outcome_counts_until_a_person_says_otherwise() -> None:
    accepted: Judgement = replace(judgement(), outcome=Outcome.ACCEPT)
    new = new_decision(judgement=accepted, state=State.FINAL, mode=Mode.AUTOMATED, legal_basis="contract")
    assert decided(new, "en")["final_outcome"] == "accept"
    assert recorded(as_recorded(new), "en")["final_outcome"] == "accept"


def test_of_an_erased_person_nothing_is_left_but_what_is_no_personal_data() -> None:
    said = recorded(as_recorded(new_decision(), judgement=None), "en")
    assert said["outcome"] is None
    assert not {"pd", "reasons", "client", "points"} & set(said)
