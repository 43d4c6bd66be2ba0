"""Everything that is stored about one person, for that person, and nothing about anybody else."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, select

from garant.decisions import schema
from garant.decisions.envelope import time_text
from garant.decisions.keyring import Keyring
from garant.decisions.reading import decisions_about, read_decisions
from garant.decisions.record import Decision, Said

_SECOND_MODEL = (
    "A second model computed this beside the decision, to compare the two models over time. It was not used to decide."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectExport:
    """What is stored about a person.

    Parameters
    ----------
    subject : str
        Who it is about.
    decisions : tuple of Decision
        The first one first, each with what happened to it.
    accesses : mapping of tuple of str to int
        How often somebody of a role looked at something: by day, role, and what it was.
    """

    subject: str
    decisions: tuple[Decision, ...]
    accesses: Mapping[tuple[str, str, str], int]

    def content(self) -> dict[str, Any]:
        """As JSON: the raw records as they were sent, the second model's result marked as not used."""
        counted = [
            {"day": day, "role": role, "what": what, "times": times}
            for (day, role, what), times in sorted(self.accesses.items())
        ]
        return {"subject": self.subject, "decisions": [_content(made) for made in self.decisions], "accesses": counted}


def read_subject(connection: Connection, keyring: Keyring, subject: str) -> SubjectExport:
    """Everything about a person, from one state of the database."""
    pseudonym = keyring.pseudonym(subject)
    access = schema.access_events
    query = select(access.c.at, access.c.role, access.c.what).where(access.c.pseudonym == pseudonym)
    accesses = Counter((at[:10], role, what) for at, role, what in connection.execute(query))
    decisions = read_decisions(connection, keyring, decisions_about(connection, pseudonym))
    return SubjectExport(subject=subject, decisions=decisions, accesses=accesses)


def _content(decision: Decision) -> dict[str, Any]:
    clear = {
        "id": decision.id,
        "at": time_text(decision.at),
        "state": decision.state,
        "mode": decision.mode,
        "legal_basis": decision.legal_basis,
        "owner": decision.owner,
        "notice_id": decision.notice_id,
        "supersedes": decision.supersedes,
        "superseded_by": decision.superseded_by,
        "digests": asdict(decision.digests),
        "events": [
            {
                "number": event.number,
                "kind": event.kind,
                "at": time_text(event.at),
                "state": event.state,
                "content": dict(event.content),
            }
            for event in decision.events
        ],
    }
    judgement = decision.judgement
    if judgement is None:
        return clear
    judged = {
        "client": judgement.client,
        "outcome": judgement.outcome,
        "pd": judgement.pd,
        "points": judgement.points,
        "cutoff": judgement.cutoff,
        "refer_band": list(judgement.refer_band),
        "product": judgement.product,
        "rules": [_plain(entry) for entry in judgement.rules],
        "reasons": [_plain(entry) for entry in judgement.reasons],
        "warnings": [_plain(entry) for entry in judgement.warnings],
        "contributions": dict(judgement.contributions),
        "base_value": judgement.base_value,
        "records": json.loads(judgement.raw),
        "second_model": {
            "used": False,
            "what": _SECOND_MODEL,
            "pd": judgement.challenger_pd,
            "points": judgement.challenger_points,
        },
    }
    return {**clear, **judged}


def _plain(entry: Said) -> dict[str, Any]:
    notes = None if entry.notes is None else dict(entry.notes)
    return {
        "code": entry.code,
        "texts": dict(entry.texts),
        "kind": entry.kind,
        "feature": entry.feature,
        "effect": entry.effect,
        "notes": notes,
        "fields": list(entry.fields),
    }
