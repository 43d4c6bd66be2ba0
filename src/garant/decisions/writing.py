"""Putting decisions and events into the tables: sealed by the caller's thread, written by whoever holds the pen."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.exc import IntegrityError

from garant.decisions import schema
from garant.decisions.envelope import CLASS_ORDER, Leaf, bound_to, envelope_of, leaf_of, time_text
from garant.decisions.ids import new_id
from garant.decisions.insertion import add, add_or_leave
from garant.decisions.keyring import Keyring, new_key, wrap_payload_key
from garant.decisions.lookup import look_up
from garant.decisions.open_cases import enter_cases, follow_event, leave_cases
from garant.decisions.payload import judgement_payloads, packed
from garant.decisions.record import Event, NewDecision, NewEvent, RetentionClass, State
from garant.exceptions import ConflictError, ErasedError, StoreError, UnknownDecisionError
from garant.keys.master import seal
from garant.models.cutoff import Outcome

_ATTEMPTS = 3

_WRAPPED = (
    select(schema.subjects.c.pseudonym, schema.subjects.c.wrapped)
    .where(schema.subjects.c.pseudonym.in_(bindparam("pseudonyms", expanding=True)))
    .with_for_update(read=True, key_share=True)
)
_WRAPPED_ONE = (
    select(schema.subjects.c.pseudonym, schema.subjects.c.wrapped)
    .where(schema.subjects.c.pseudonym == bindparam("pseudonym"))
    .with_for_update(read=True, key_share=True)
)
_LAST = select(func.max(schema.events.c.number)).where(schema.events.c.decision == bindparam("decision"))
_WHOSE = select(schema.subject_decisions.c.pseudonym).where(
    schema.subject_decisions.c.decision == bindparam("decision")
)


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """A decision or an event, ready to be written but for its keys, which the key of the person closes."""

    row: Mapping[str, Any]
    keys: Mapping[RetentionClass, bytes] = field(repr=False)
    payloads: Mapping[RetentionClass, bytes] = field(repr=False)
    leaf: Leaf = field(repr=False)

    @property
    def id(self) -> str:
        """Id of the decision or event."""
        return self.row["id"]


@dataclass(frozen=True, slots=True)
class SealedDecision(SealedRecord):
    """A decision, the pseudonym of whom it is about, and whether it was referred to a person."""

    pseudonym: bytes = b""
    is_referred: bool = False


def seal_decision(new: NewDecision, keyring: Keyring) -> SealedDecision:
    """Seal what is personal of a decision."""
    digests = new.judgement.digests
    row = {
        "id": new.id,
        "at": time_text(new.at),
        "state": str(new.state),
        "mode": str(new.mode),
        "legal_basis": new.legal_basis,
        "owner": new.owner,
        "actor": new.actor,
        "bundle": digests.bundle,
        "features": digests.features,
        "policy": digests.policy,
        "wording": digests.wording,
        "notice_id": new.notice_id,
        "supersedes": new.supersedes,
    }
    decision_key = new_key()
    plain = judgement_payloads(new.judgement, decision_key)
    keys = {name: decision_key if name is RetentionClass.DECISION else new_key() for name in plain}
    sealed = _sealed("decision", row, keys, plain)
    is_referred = new.state is State.PROPOSED and new.judgement.outcome is Outcome.REFER
    pseudonym = keyring.pseudonym(new.judgement.subject)
    return SealedDecision(sealed.row, sealed.keys, sealed.payloads, sealed.leaf, pseudonym, is_referred)


def insert_decisions(connection: Connection, keyring: Keyring, sealed: Sequence[SealedDecision]) -> None:
    """Write decisions with their payloads, keys, links and leaves.

    Raises
    ------
    ConflictError
        When one corrects a decision that was corrected already.
    UnknownDecisionError
        When one corrects a decision that is not there.
    """
    # In one order, so that two batches about the same people do not wait for each other for ever.
    subject_keys = find_subject_keys(connection, keyring, sorted({record.pseudonym for record in sealed}))
    corrected = [record.row["supersedes"] for record in sealed if record.row["supersedes"] is not None]
    if corrected:
        _require_latest(connection, corrected)
    try:
        add(connection, schema.decisions, [record.row for record in sealed])
    except IntegrityError as error:
        if corrected:
            raise _corrected_already() from error
        raise
    links = [{"decision": record.id, "pseudonym": record.pseudonym} for record in sealed]
    add(connection, schema.subject_decisions, links)
    _insert_sealed(connection, [(record, subject_keys[record.pseudonym]) for record in sealed])
    if corrected:
        leave_cases(connection, corrected)
    referred = [record.row for record in sealed if record.is_referred]
    if referred:
        enter_cases(connection, referred)


def add_event(connection: Connection, keyring: Keyring, new: NewEvent, *, after: int) -> Event:
    """Write an event behind `after` others.

    Raises
    ------
    UnknownDecisionError
        When there is no such decision.
    ErasedError
        When the person was erased.
    ConflictError
        When another event came first.
    """
    pseudonym = subject_of(connection, new.decision)
    found = find_subject_keys(connection, keyring, [pseudonym], may_make=False)
    if (connection.execute(_LAST, {"decision": new.decision}).scalar() or 0) != after:
        raise _changed_meanwhile()
    event = Event(
        id=new_id(),
        number=after + 1,
        decision=new.decision,
        kind=new.kind,
        at=new.at,
        actor=new.actor,
        state=State(new.state),
        content=new.content,
        retention=new.retention,
    )
    row = {
        "id": event.id,
        "decision": event.decision,
        "number": event.number,
        "kind": str(event.kind),
        "at": time_text(event.at),
        "actor": event.actor,
        "state": str(event.state),
        "retention": str(event.retention),
    }
    sealed = _sealed("event", row, {event.retention: new_key()}, {event.retention: packed(event.content)})
    try:
        add(connection, schema.events, [row])
    except IntegrityError as error:
        raise _changed_meanwhile() from error
    _insert_sealed(connection, [(sealed, found[pseudonym])])
    follow_event(connection, event)
    return event


def subject_of(connection: Connection, decision: str) -> bytes:
    """Pseudonym of whom a decision is about.

    Raises
    ------
    UnknownDecisionError
        When there is no such decision.
    ErasedError
        When the person was erased.
    """
    pseudonym = connection.execute(_WHOSE, {"decision": decision}).scalar()
    if pseudonym is not None:
        return pseudonym
    if connection.execute(select(schema.decisions.c.id).where(schema.decisions.c.id == decision)).first() is None:
        raise UnknownDecisionError("There is no such decision.")
    raise ErasedError("The person whom this decision is about was erased.")


def find_subject_keys(
    connection: Connection, keyring: Keyring, pseudonyms: Collection[bytes], *, may_make: bool = True
) -> dict[bytes, bytes]:
    """Key of each person, made where there is none yet; nobody erases them before this transaction ends."""
    found: dict[bytes, bytes] = {}
    for _ in range(_ATTEMPTS):
        rows = _wrapped(connection, pseudonyms)
        found |= {pseudonym: keyring.subject_key(wrapped, pseudonym) for pseudonym, wrapped in rows}
        missing = [pseudonym for pseudonym in pseudonyms if pseudonym not in found]
        if not missing:
            return found
        if not may_make:
            raise ErasedError("The person whom this decision is about was erased.")
        made_at = time_text(datetime.now(UTC))
        new = {pseudonym: new_key() for pseudonym in missing}
        rows = [
            {"pseudonym": pseudonym, "wrapped": keyring.wrap_subject(key, pseudonym), "made_at": made_at}
            for pseudonym, key in new.items()
        ]
        if add_or_leave(connection, schema.subjects, rows) == len(rows):
            return found | new
        # Somebody else made one of them: theirs counts.
    raise StoreError("The record store: a person was erased again and again while this was recorded. Ask again.")


def _wrapped(connection: Connection, pseudonyms: Collection[bytes]) -> Sequence[Any]:
    if len(pseudonyms) == 1:
        return look_up(connection, _WRAPPED_ONE, {"pseudonym": next(iter(pseudonyms))}).all()
    return connection.execute(_WRAPPED, {"pseudonyms": pseudonyms}).all()


def _sealed(
    kind: str, row: Mapping[str, Any], keys: Mapping[RetentionClass, bytes], plain: Mapping[RetentionClass, bytes]
) -> SealedRecord:
    classes = [name for name in CLASS_ORDER if name in plain]
    envelope = envelope_of(kind, row, classes)
    payloads = {name: seal(keys[name], plain[name], bound_to(row["id"], name, envelope)) for name in classes}
    return SealedRecord(row, keys, payloads, leaf_of(row["id"], envelope, list(payloads.values())))


def _insert_sealed(connection: Connection, records: Sequence[tuple[SealedRecord, bytes]]) -> None:
    add(
        connection,
        schema.payloads,
        [
            {"record": record.id, "retention": str(name), "sealed": sealed}
            for record, _ in records
            for name, sealed in record.payloads.items()
        ],
    )
    add(
        connection,
        schema.payload_keys,
        [
            {
                "record": record.id,
                "retention": str(name),
                "wrapped": wrap_payload_key(subject_key, key, record.id, name),
            }
            for record, subject_key in records
            for name, key in record.keys.items()
        ],
    )
    add(connection, schema.leaves, [record.leaf.row() for record, _ in records])


def _require_latest(connection: Connection, corrected: Collection[str]) -> None:
    table = schema.decisions
    if connection.execute(select(table.c.id).where(table.c.supersedes.in_(corrected))).first() is not None:
        raise _corrected_already()
    known = select(func.count()).select_from(table).where(table.c.id.in_(corrected))
    if connection.execute(known).scalar() != len(set(corrected)):
        raise UnknownDecisionError("There is no such decision to correct.")


def _corrected_already() -> ConflictError:
    return ConflictError("This decision was corrected already. Correct the later one.")


def _changed_meanwhile() -> ConflictError:
    return ConflictError("Somebody changed this decision meanwhile. Look at it again.")
