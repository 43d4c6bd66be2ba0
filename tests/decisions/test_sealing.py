"""What is stored can be read with the right key alone, and not at all once anything of it was changed or exchanged."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Connection, Table, delete, select, update

from garant.decisions import schema
from garant.decisions.envelope import leaf_hash
from garant.decisions.record import NewDecision, RetentionClass
from garant.decisions.store import RecordStore
from garant.exceptions import AlteredRecordError, KeyFileError, StoreError
from garant.keys import MasterKey
from store_records import confirmation, new_decision, record

CLEAR = [
    ("at", "2020-01-01T00:00:00.000000Z"),
    ("state", "final"),
    ("mode", "automated"),
    ("legal_basis", "contract"),
    ("owner", "lyon"),
    ("actor", "somebody"),
    ("bundle", "0" * 64),
    ("features", "0" * 64),
    ("policy", "0" * 64),
    ("wording", "0" * 64),
    ("notice_id", "v2"),
]


def change(store: RecordStore, table: Table, where: ColumnElement[bool], **values: object) -> None:
    """Change rows as somebody would who has the database, but not garant."""
    changed = store.database.write(lambda c: c.execute(update(table).where(where).values(**values)).rowcount)
    assert changed > 0


def rows(store: RecordStore, table: Table) -> list[dict[str, Any]]:
    return store.database.read(lambda c: [dict(row) for row in c.execute(select(table)).mappings()])


def recorded(store: RecordStore, *subjects: str) -> list[NewDecision]:
    decisions = [new_decision(subject) for subject in subjects]
    for decision in decisions:
        record(store, decision)
    return decisions


def flipped(value: bytes, at: int = -1) -> bytes:
    changed = bytearray(value)
    changed[at] ^= 1
    return bytes(changed)


@pytest.mark.parametrize(("column", "value"), CLEAR)
def test_a_column_in_clear_that_was_changed_closes_the_record(store: RecordStore, column: str, value: str) -> None:
    (decision,) = recorded(store, "a")
    change(store, schema.decisions, schema.decisions.c.id == decision.id, **{column: value})
    with pytest.raises(AlteredRecordError, match=decision.id):
        store.decision(decision.id)


@pytest.mark.parametrize("retention", ["application", "decision", "challenger"])
@pytest.mark.parametrize("at", [0, 12, -1])
def test_a_flipped_bit_of_a_payload_or_of_its_key_is_found(store: RecordStore, retention: str, at: int) -> None:
    (decision,) = recorded(store, "a")
    for table, column in ((schema.payloads, "sealed"), (schema.payload_keys, "wrapped")):
        where = table.c.retention == retention
        (row,) = [row for row in rows(store, table) if row["retention"] == retention]
        change(store, table, where, **{column: flipped(row[column], at)})
        with pytest.raises(AlteredRecordError):
            store.decision(decision.id)
        change(store, table, where, **{column: row[column]})
    assert store.decision(decision.id).judgement is not None


def test_exchanged_payloads_are_found_even_with_their_keys(store: RecordStore) -> None:
    # Of one person: the key that closes both payload keys is the same.
    first, second = recorded(store, "a", "a")
    for tables in ((schema.payloads,), (schema.payloads, schema.payload_keys)):
        for table in tables:
            exchange(store, table, (first.id, "decision"), (second.id, "decision"))
        with pytest.raises(AlteredRecordError):
            store.decision(first.id)
        for table in tables:
            exchange(store, table, (first.id, "decision"), (second.id, "decision"))
    exchange(store, schema.payloads, (first.id, "decision"), (first.id, "challenger"))
    with pytest.raises(AlteredRecordError):
        store.decision(first.id)


def exchange(store: RecordStore, table: Table, one: tuple[str, str], other: tuple[str, str]) -> None:
    value = table.c.sealed if "sealed" in table.c else table.c.wrapped

    def work(connection: Connection) -> None:
        found: dict[tuple[str, str], bytes] = {
            (row.record, row.retention): row[2]
            for row in connection.execute(select(table.c.record, table.c.retention, value))
        }
        for place, content in ((one, found[other]), (other, found[one])):
            here = (table.c.record == place[0]) & (table.c.retention == place[1])
            connection.execute(update(table).where(here).values({value.name: content}))

    store.database.write(work)


def test_a_decision_cannot_be_given_to_another_person_nor_made_to_look_erased(store: RecordStore) -> None:
    first, second = recorded(store, "a", "b")
    links = {row["decision"]: row["pseudonym"] for row in rows(store, schema.subject_decisions)}
    link = schema.subject_decisions
    change(store, link, link.c.decision == first.id, pseudonym=links[second.id])
    with pytest.raises(AlteredRecordError):
        store.decision(first.id)
    with pytest.raises(AlteredRecordError):
        store.decisions_of("b")
    store.database.write(lambda c: c.execute(delete(link).where(link.c.decision == first.id)))
    with pytest.raises(AlteredRecordError, match="not whole"):
        store.decision(first.id)


def test_the_key_of_another_person_is_no_key(store: RecordStore) -> None:
    first, _ = recorded(store, "a", "b")
    keys = {row["pseudonym"]: row["wrapped"] for row in rows(store, schema.subjects)}
    mine = next(row["pseudonym"] for row in rows(store, schema.subject_decisions) if row["decision"] == first.id)
    (other,) = [wrapped for pseudonym, wrapped in keys.items() if pseudonym != mine]
    change(store, schema.subjects, schema.subjects.c.pseudonym == mine, wrapped=other)
    with pytest.raises(AlteredRecordError):
        store.decision(first.id)


def test_an_event_that_was_changed_is_found(store: RecordStore) -> None:
    (decision,) = recorded(store, "a")
    event = store.add(confirmation(decision), after=0)
    for column, value in (("actor", "nobody"), ("state", "reviewed"), ("kind", "reviewed"), ("at", decision.at)):
        kept = next(row[column] for row in rows(store, schema.events) if row["id"] == event.id)
        new = value if isinstance(value, str) else "2020-01-01T00:00:00.000000Z"
        change(store, schema.events, schema.events.c.id == event.id, **{column: new})
        with pytest.raises(AlteredRecordError, match=event.id):
            store.decision(decision.id)
        change(store, schema.events, schema.events.c.id == event.id, **{column: kept})
    assert store.decision(decision.id).events == (event,)


def test_an_answer_that_was_changed_is_not_given(store: RecordStore) -> None:
    record(store, new_decision(), key="k")
    (row,) = rows(store, schema.idempotency)
    where = schema.idempotency.c.request == row["request"]
    change(store, schema.idempotency, where, sealed_answer=flipped(row["sealed_answer"]))
    with pytest.raises(AlteredRecordError), store.claim("key-1", "decisions", "k", b"body"):
        pass


def test_another_master_key_opens_nothing_and_says_which_one_is_needed(
    store: RecordStore, store_url: str, master: MasterKey, tmp_path: Path
) -> None:
    recorded(store, "a")
    store.close()
    other = MasterKey.new(tmp_path / "other.key")
    with pytest.raises(StoreError, match=f"master key {master.id}.*{other.id}"):
        RecordStore.open(store_url, other, serving=True)
    with pytest.raises(KeyFileError, match="no record can be read"):
        MasterKey.read(tmp_path / "lost.key")
    with RecordStore.open(store_url, master, serving=True) as again:
        # Somebody who makes the store believe that it is the right one gains nothing.
        change(again, schema.store_facts, schema.store_facts.c.name == "master_key", value=other.id)
    with RecordStore.open(store_url, other, serving=True) as fooled:
        assert fooled.decisions_of("a") == ()
        (row,) = rows(fooled, schema.decisions)
        with pytest.raises(AlteredRecordError):
            fooled.decision(row["id"])


def test_nothing_about_a_person_stands_in_clear(store: RecordStore) -> None:
    (decision,) = recorded(store, "SUBJECT-CANARY")
    store.add(confirmation(decision), after=0)
    record(store, new_decision("SUBJECT-CANARY"), key="KEY-CANARY", answer=b'{"pd": "ANSWER-CANARY"}')
    everything = [row for table in schema.metadata.sorted_tables for row in rows(store, table)]
    text = repr(everything)
    assert re.findall(r"\w+-CANARY", text) == []
    assert "100001" not in text
    words = {str(value) for row in everything for value in row.values() if isinstance(value, str)}
    assert not words & {"accept", "refer", "refuse"}
    # No plain digest of personal data either: so few matrices could be tried one by one.
    assert hashlib.sha256(decision.judgement.matrix).digest() not in [v for row in everything for v in row.values()]


def test_a_leaf_can_be_computed_again_from_what_is_kept(store: RecordStore) -> None:
    (decision,) = recorded(store, "a")
    event = store.add(confirmation(decision), after=0)
    payloads = {(row["record"], row["retention"]): row["sealed"] for row in rows(store, schema.payloads)}
    found = {row["record"]: row for row in rows(store, schema.leaves)}
    assert set(found) == {decision.id, event.id}
    for leaf in found.values():
        envelope = json.loads(leaf["envelope"])
        assert leaf["envelope"] == json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode()
        order = [str(name) for name in RetentionClass if str(name) in envelope["payloads"]]
        assert envelope["payloads"] == order
        digests = b"".join(hashlib.sha256(payloads[leaf["record"], name]).digest() for name in order)
        plain = hashlib.sha256(
            b"\x00" + bytes([leaf["version"]]) + leaf["envelope"] + hashlib.sha256(digests).digest()
        ).digest()
        assert leaf["payload_digests"] == digests
        assert leaf["hash"] == plain == leaf_hash(leaf["version"], leaf["envelope"], leaf["payload_digests"])
