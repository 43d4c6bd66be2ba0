"""Judgements and decisions with something in every field, for tests of what keeps and shows them."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from garant.decisions.ids import new_id
from garant.decisions.record import Digests, EventKind, Judgement, Mode, NewDecision, NewEvent, Said, State
from garant.decisions.store import RecordStore
from garant.models.cutoff import Outcome


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def judgement(subject: str = "SUBJECT-CANARY", **changed: Any) -> Judgement:  # noqa: ANN401 - any field
    """A judgement with something in every field."""
    values: dict[str, Any] = {
        "client": 100_001,
        "subject": subject,
        "raw": json.dumps({"application": {"SK_ID_CURR": 100_001, "NAME": f"RAW-CANARY of {subject}"}}).encode(),
        "outcome": Outcome.REFUSE,
        "pd": 0.1 + 0.2,
        "points": 512.0000000001,
        "margin": -0.8472978603872037,
        "cutoff": 1 / 11,
        "refer_band": (0.08, 0.1),
        "product": "Cash loans",
        "rules": (Said(code="NATIONAL_REGISTER", texts={"en": "RULE-CANARY", "fr": "Règle"}),),
        "reasons": (
            Said(
                code="INSTALMENTS_LATE",
                texts={"en": "REASON-CANARY", "fr": "Retards"},
                kind="act",
                feature="late_days_max",
                effect=0.25,
                notes={"en": "Ask for it.", "fr": "Demandez."},
            ),
        ),
        "main_reason_kept": 0.95,
        "warnings": (Said(code="NEW_LEVEL", texts={"en": "New", "fr": "Nouveau"}, fields=("application.X",)),),
        "contributions": {"late_days_max": 0.25, "z": -1e-300},
        "base_value": -1.0972978603872037,
        "matrix": b"\x00\x00\x80?\x00\x00\xc0\x7f",
        "challenger_pd": 0.3,
        "challenger_points": 498.5,
        "digests": Digests(bundle="b" * 64, features="f" * 64, policy="p" * 64, wording="w" * 64),
        "timings": {"features": 3.25},
        "label": {"en": "PD (canary)", "fr": "PD (canari)"},
    }
    return Judgement(**{**values, **changed})


def new_decision(subject: str = "SUBJECT-CANARY", *, owner: str = "paris", **changed: Any) -> NewDecision:  # noqa: ANN401 - any field
    """A proposal about `subject`; what is `changed` belongs to the decision."""
    values: dict[str, Any] = {
        "id": new_id(),
        "at": datetime.now(UTC),
        "judgement": judgement(subject),
        "state": State.PROPOSED,
        "mode": Mode.ASSISTED,
        "legal_basis": None,
        "owner": owner,
        "actor": "key-1",
        "notice_id": "v1",
    }
    return NewDecision(**{**values, **changed})


def record(store: RecordStore, *decisions: NewDecision, key: str | None = None, answer: bytes = b"answer") -> None:
    """Record decisions as one request."""
    with store.claim("key-1", "decisions", key or new_id(), b"body") as claim:
        claim.commit(decisions, answer)


def confirmation(decision: NewDecision, **changed: Any) -> NewEvent:  # noqa: ANN401 - any field
    """A person says that a proposal is final."""
    event = NewEvent(
        decision=decision.id,
        kind=EventKind.CONFIRMED,
        at=now(),
        actor="person-2",
        state=State.FINAL,
        content={"outcome": "refuse", "ground": "EVENT-CANARY", "share": 0.1 + 0.2},
    )
    return replace(event, **changed)
