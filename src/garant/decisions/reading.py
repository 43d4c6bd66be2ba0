"""Reading decisions: columns in clear, what is sealed of them, what happened since."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from garant.decisions import schema
from garant.decisions.envelope import CLASS_ORDER, bound_to, envelope_of
from garant.decisions.keyring import Keyring, opened, payload_key
from garant.decisions.payload import opened_judgement, unpacked
from garant.decisions.record import Decision, Digests, Event, EventKind, Mode, RetentionClass, State
from garant.exceptions import AlteredRecordError

_AT_ONCE = 400
"""Ids in one statement: an older SQLite takes 999 values."""


@dataclass(frozen=True, slots=True)
class _Sealed:
    """What one chunk of decisions needs beside its columns in clear."""

    subject_keys: Mapping[str, bytes]
    """By decision; nothing of whoever was erased."""
    erased: frozenset[str]
    payloads: Mapping[str, Mapping[RetentionClass, bytes]]
    wrapped: Mapping[str, Mapping[RetentionClass, bytes]]

    def opened(self, record: str, row: Mapping[Any, Any], kind: str, subject_key: bytes) -> dict[RetentionClass, bytes]:
        """Payloads of a record, whose columns in clear must be those it was sealed with."""
        found = self.payloads.get(record, {})
        classes = [name for name in CLASS_ORDER if name in found]
        envelope = envelope_of(kind, row, classes)
        return {
            name: opened(self.key(record, name, subject_key), found[name], bound_to(record, name, envelope), record)
            for name in classes
        }

    def key(self, record: str, name: RetentionClass, subject_key: bytes) -> bytes:
        """Key of a payload."""
        wrapped = self.wrapped.get(record, {}).get(name)
        if wrapped is None:
            raise _incomplete(record)
        return payload_key(subject_key, wrapped, record, name)


def read_decisions(connection: Connection, keyring: Keyring, ids: Sequence[str]) -> tuple[Decision, ...]:
    """Decisions with these ids, in that order; ids that are not there are left out.

    Raises
    ------
    AlteredRecordError
        When one is not what was recorded.
    """
    return tuple(decision for chunk in chunks(ids) for decision in _read_chunk(connection, keyring, chunk))


def decisions_about(connection: Connection, pseudonym: bytes) -> list[str]:
    """Ids of the decisions about a person, the first one first."""
    link, made = schema.subject_decisions, schema.decisions
    query = select(made.c.id).join(link, link.c.decision == made.c.id).where(link.c.pseudonym == pseudonym)
    return list(connection.execute(query.order_by(made.c.at, made.c.id)).scalars())


def read_events(
    connection: Connection, keyring: Keyring, kinds: Collection[EventKind], *, since: str, most: int
) -> tuple[Event, ...]:
    """Events of these kinds since a time, the latest first, at most so many; of an erased person without content."""
    happened = schema.events
    query = select(happened).where(happened.c.kind.in_([str(kind) for kind in kinds]), happened.c.at >= since)
    rows = connection.execute(query.order_by(happened.c.at.desc()).limit(most)).mappings().all()
    found: list[Event] = []
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        ids = list({row["decision"] for row in some})
        sealed = _sealed_of(connection, keyring, ids, [row["id"] for row in some])
        found += [_event(row, sealed.subject_keys.get(row["decision"]), sealed) for row in some]
    return tuple(found)


def decision_key(connection: Connection, keyring: Keyring, decision: str) -> bytes | None:
    """Key that the class ``decision`` of a decision is sealed with; None once the person was erased."""
    sealed = _sealed_of(connection, keyring, [decision], [decision])
    subject_key = sealed.subject_keys.get(decision)
    return None if subject_key is None else sealed.key(decision, RetentionClass.DECISION, subject_key)


def _read_chunk(connection: Connection, keyring: Keyring, ids: Sequence[str]) -> Iterator[Decision]:
    made, happened = schema.decisions, schema.events
    rows = {row["id"]: row for row in connection.execute(select(made).where(made.c.id.in_(ids))).mappings()}
    query = select(happened).where(happened.c.decision.in_(ids)).order_by(happened.c.decision, happened.c.number)
    since: dict[str, list[RowMapping]] = defaultdict(list)
    for row in connection.execute(query).mappings():
        since[row["decision"]].append(row)
    query = select(made.c.supersedes, made.c.id).where(made.c.supersedes.in_(ids))
    later = {old: new for old, new in connection.execute(query)}  # noqa: C416 - rows are no pairs to a type checker
    records = [*rows, *(row["id"] for events in since.values() for row in events)]
    sealed = _sealed_of(connection, keyring, list(rows), records)
    for decision in ids:
        if decision in rows:
            yield _decision(rows[decision], since[decision], later.get(decision), sealed)


def _sealed_of(connection: Connection, keyring: Keyring, ids: Sequence[str], records: Sequence[str]) -> _Sealed:
    link, person, gone = schema.subject_decisions, schema.subjects, schema.erased_decisions
    query = select(link.c.decision, person.c.pseudonym, person.c.wrapped)
    query = query.join(person, person.c.pseudonym == link.c.pseudonym).where(link.c.decision.in_(ids))
    keys: dict[bytes, bytes] = {}
    subject_keys: dict[str, bytes] = {}
    for decision, pseudonym, wrapped in connection.execute(query):
        if pseudonym not in keys:
            keys[pseudonym] = keyring.subject_key(wrapped, pseudonym)
        subject_keys[decision] = keys[pseudonym]
    erased = connection.execute(select(gone.c.decision).where(gone.c.decision.in_(ids))).scalars()
    return _Sealed(
        subject_keys,
        frozenset(erased),
        _by_class(connection, schema.payloads.c.sealed, records),
        _by_class(connection, schema.payload_keys.c.wrapped, records),
    )


def _by_class(connection: Connection, column: Any, records: Sequence[str]) -> dict[str, dict[RetentionClass, bytes]]:  # noqa: ANN401 - a column
    found: dict[str, dict[RetentionClass, bytes]] = defaultdict(dict)
    table = column.table
    for chunk in chunks(records):
        query = select(table.c.record, table.c.retention, column).where(table.c.record.in_(chunk))
        for record, name, value in connection.execute(query):
            found[record][RetentionClass(name)] = value
    return found


def _decision(row: RowMapping, since: Sequence[RowMapping], later: str | None, sealed: _Sealed) -> Decision:
    decision = row["id"]
    subject_key = sealed.subject_keys.get(decision)
    if (subject_key is None) != (decision in sealed.erased):
        raise _incomplete(decision)
    events = tuple(_event(event, subject_key, sealed) for event in since)
    digests = Digests(bundle=row["bundle"], features=row["features"], policy=row["policy"], wording=row["wording"])
    judgement, read = None, None
    if subject_key is not None:
        payloads = sealed.opened(decision, dict(row), "decision", subject_key)
        if not {RetentionClass.APPLICATION, RetentionClass.DECISION, RetentionClass.CHALLENGER} <= payloads.keys():
            raise _incomplete(decision)
        known = opened_judgement(payloads, digests)
        judgement, read = known.judgement, known.matrix_hmac
    return Decision(
        id=decision,
        at=_time(row["at"]),
        state=events[-1].state if events else State(row["state"]),
        mode=Mode(row["mode"]),
        legal_basis=row["legal_basis"],
        owner=row["owner"],
        actor=row["actor"],
        notice_id=row["notice_id"],
        supersedes=row["supersedes"],
        superseded_by=later,
        digests=digests,
        judgement=judgement,
        events=events,
        matrix_hmac=read,
    )


def _event(row: RowMapping, subject_key: bytes | None, sealed: _Sealed) -> Event:
    retention = RetentionClass(row["retention"])
    content: dict[str, Any] = {}
    if subject_key is not None:
        payloads = sealed.opened(row["id"], dict(row), "event", subject_key)
        if retention not in payloads:
            raise _incomplete(row["id"])
        content, _ = unpacked(payloads[retention])
    return Event(
        id=row["id"],
        number=row["number"],
        decision=row["decision"],
        kind=EventKind(row["kind"]),
        at=_time(row["at"]),
        actor=row["actor"],
        state=State(row["state"]),
        content=content,
        retention=retention,
    )


def _incomplete(record: str) -> AlteredRecordError:
    return AlteredRecordError(f"Record {record} is not whole: rows that belong to it are missing from the database.")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Ids in portions that one statement takes."""
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
