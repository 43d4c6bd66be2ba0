"""Erasing a person: keys and ciphertexts are destroyed, links are cut; what proofs are made over stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Table, delete, select, update

from garant.decisions import schema
from garant.decisions.envelope import envelope_of, leaf_of, time_text
from garant.decisions.ids import new_id
from garant.decisions.insertion import add, add_or_leave
from garant.decisions.keyring import Keyring
from garant.decisions.open_cases import leave_cases
from garant.decisions.reading import chunks, decisions_about


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What an erasure did.

    Parameters
    ----------
    id : str
        Id of the tombstone.
    at : datetime
        When, UTC.
    decisions : tuple of str
        Decisions of which only what stands in clear is left.
    accesses : int
        Looks at the person that no longer say whom they were at.
    answers : int
        Stored answers to requests that are gone; one about a batch goes for all who were in it.
    is_scrubbed : bool
        Whether what was deleted is out of the files already. False on PostgreSQL, which keeps dead rows and its log of
        writes until their place is used again, and when a reader kept the files of SQLite busy.
    """

    id: str
    at: datetime
    decisions: tuple[str, ...]
    accesses: int
    answers: int
    is_scrubbed: bool = False


def erase_subject(connection: Connection, keyring: Keyring, subject: str, *, reason: str, actor: str) -> Erasure:
    """Destroy what opens the records about a person, the records' ciphertexts, and what leads from one to the other.

    A person of whom nothing is stored gets a tombstone too: it was asked and done.
    """
    pseudonym = keyring.pseudonym(subject)
    person, link, access = schema.subjects, schema.subject_decisions, schema.access_events
    # Whoever records something about the person at this moment is waited for, or waits and begins a new person.
    connection.execute(select(person.c.wrapped).where(person.c.pseudonym == pseudonym).with_for_update())
    decisions = decisions_about(connection, pseudonym)
    row = {"id": new_id(), "at": time_text(datetime.now(UTC)), "actor": actor, "reason": reason}
    add(connection, schema.erasures, [row])
    add(connection, schema.leaves, [leaf_of(row["id"], envelope_of("erasure", row, ()), ()).row()])
    answers = 0
    for chunk in chunks(decisions):
        tombstones = [{"decision": decision, "erasure": row["id"]} for decision in chunk]
        add_or_leave(connection, schema.erased_decisions, tombstones)
        leave_cases(connection, chunk)
        events = connection.execute(select(schema.events.c.id).where(schema.events.c.decision.in_(chunk))).scalars()
        _delete(connection, schema.payload_keys, [*chunk, *events.all()])
        answers += _forget_answers(connection, chunk)
    connection.execute(delete(link).where(link.c.pseudonym == pseudonym))
    cut = update(access).where(access.c.pseudonym == pseudonym).values(pseudonym=None, decision=None)
    accesses = connection.execute(cut).rowcount
    connection.execute(delete(person).where(person.c.pseudonym == pseudonym))
    return Erasure(
        id=row["id"],
        at=datetime.fromisoformat(row["at"]),
        decisions=tuple(decisions),
        accesses=accesses,
        answers=answers,
    )


def _delete(connection: Connection, keys: Table, records: Sequence[str]) -> None:
    for chunk in chunks(records):
        for table in (keys, schema.payloads):
            connection.execute(delete(table).where(table.c.record.in_(chunk)))


def _forget_answers(connection: Connection, decisions: Sequence[str]) -> int:
    """Of a request only the fact is left; an answer about several people goes as a whole."""
    link, request = schema.idempotency_decisions, schema.idempotency
    about = select(link.c.request).where(link.c.decision.in_(decisions))
    forget = update(request).where(request.c.request.in_(about), request.c.sealed_answer.is_not(None))
    return connection.execute(forget.values(body=None, record=None, sealed_answer=None)).rowcount
