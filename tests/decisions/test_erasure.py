"""An erased person is nowhere; proofs, other people and the fact that it was done stay."""

from pathlib import Path

import pytest
from sqlalchemy import select

from garant.decisions import schema
from garant.decisions.access import Principal, Role
from garant.decisions.envelope import leaf_hash
from garant.decisions.record import State
from garant.decisions.sqlite import SqliteDatabase
from garant.decisions.store import RecordStore
from garant.exceptions import ErasedError
from garant.keys import MasterKey
from postgres_server import PostgresServer
from store_records import confirmation, judgement, new_decision, record

AUDITOR = Principal(id="key-9", role=Role.AUDITOR, owner="paris")
CANARIES = ("SUBJECT-CANARY", "RAW-CANARY", "REASON-CANARY", "RULE-CANARY", "EVENT-CANARY", "ANSWER-CANARY")


def fill(store: RecordStore, subject: str, number: int = 1) -> list[str]:
    """Decisions of somebody, each confirmed and looked at; their ids."""
    ids: list[str] = []
    for place in range(number):
        decision = new_decision(subject)
        record(store, decision, key=f"{subject} {place}", answer=b"ANSWER-CANARY")
        store.add(confirmation(decision), after=0)
        store.saw(AUDITOR, "decision", decision=decision.id)
        ids.append(decision.id)
    store.saw(AUDITOR, "preview", subject=subject)
    return ids


def test_of_an_erased_person_only_what_stands_in_clear_is_left(store: RecordStore) -> None:
    ids = fill(store, "SUBJECT-CANARY", 2)
    (other,) = fill(store, "other")
    done = store.erase("SUBJECT-CANARY", reason="asked by letter", actor="person-7")
    assert (done.decisions, done.accesses, done.answers) == (tuple(ids), 3, 2)
    assert store.decisions_of("SUBJECT-CANARY") == ()
    for decision in ids:
        found = store.decision(decision)
        assert (found.judgement, found.matrix_hmac, found.owner, found.state) == (None, None, "paris", State.FINAL)
        assert [dict(event.content) for event in found.events] == [{}]
        with pytest.raises(ErasedError):
            store.add(confirmation(new_decision(id=decision)), after=1)
        with pytest.raises(ErasedError):
            store.is_matrix(decision, b"")
    kept = store.decision(other)
    assert kept.judgement == judgement("other", matrix=b"")
    assert kept.events[0].content["ground"] == "EVENT-CANARY"
    assert store.export("SUBJECT-CANARY").content() == {"subject": "SUBJECT-CANARY", "decisions": [], "accesses": []}


def test_a_request_about_an_erased_person_is_gone_whatever_its_body(store: RecordStore) -> None:
    fill(store, "SUBJECT-CANARY")
    record(store, new_decision("SUBJECT-CANARY"), new_decision("other"), key="batch")
    store.erase("SUBJECT-CANARY", reason="asked", actor="person-7")
    for key in ("SUBJECT-CANARY 0", "batch"):
        for body in (b"body", b"another"):
            with pytest.raises(ErasedError), store.claim("key-1", "decisions", key, body):
                pass
    assert len(store.decisions_of("other")) == 1


def test_leaves_stay_and_the_erasure_has_one(store: RecordStore) -> None:
    fill(store, "SUBJECT-CANARY")
    leaves = select(schema.leaves)
    before = store.database.read(lambda c: {row.record: tuple(row) for row in c.execute(leaves)})
    done = store.erase("SUBJECT-CANARY", reason="asked", actor="person-7")
    after = store.database.read(lambda c: {row.record: tuple(row) for row in c.execute(leaves)})
    assert {record: after[record] for record in before} == before
    assert set(after) - set(before) == {done.id}
    for _, version, envelope, digests, found in after.values():
        assert leaf_hash(version, envelope, digests) == found


def test_a_person_who_comes_back_is_somebody_new(store: RecordStore) -> None:
    (old,) = fill(store, "SUBJECT-CANARY")
    store.erase("SUBJECT-CANARY", reason="asked", actor="person-7")
    again = new_decision("SUBJECT-CANARY")
    record(store, again)
    assert [found.id for found in store.decisions_of("SUBJECT-CANARY")] == [again.id]
    assert store.decision(old).judgement is None
    done = store.erase("SUBJECT-CANARY", reason="asked again", actor="person-7")
    assert done.decisions == (again.id,)


def test_somebody_unknown_is_erased_without_a_word(store: RecordStore) -> None:
    done = store.erase("nobody", reason="asked", actor="person-7")
    assert (done.decisions, done.accesses, done.answers) == ((), 0, 0)


def test_no_key_and_no_ciphertext_of_an_erased_person_is_left_in_any_file(sqlite_url: str, master: MasterKey) -> None:
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    with RecordStore.open(sqlite_url, master, serving=True) as store:
        # So many that pages of the tables were split and joined before.
        for number in range(40):
            fill(store, f"person {number}")
        fill(store, "SUBJECT-CANARY", 3)
        for number in range(0, 40, 4):
            store.erase(f"person {number}", reason="asked", actor="person-7")
        secret = _secrets(store, "SUBJECT-CANARY")
        assert len(secret) == 1 + 3 * 4 * 2 + 3
        assert all(found in _bytes(folder) for found in secret)
        done = store.erase("SUBJECT-CANARY", reason="asked", actor="person-7")
        assert done.is_scrubbed
        assert [found for found in secret if found in _bytes(folder)] == []
    assert [found for found in secret if found in _bytes(folder)] == []
    assert [canary for canary in CANARIES if canary.encode() in _bytes(folder)] == []


def test_what_was_deleted_is_left_in_the_files_when_the_log_is_not_emptied(sqlite_url: str, master: MasterKey) -> None:
    """The scan above can find something: the log of writes holds the pages as they were."""
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    with RecordStore.open(sqlite_url, master, serving=True) as store:
        fill(store, "SUBJECT-CANARY")
        secret = _secrets(store, "SUBJECT-CANARY")
        assert isinstance(store.database, SqliteDatabase)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store.database, "scrub", lambda: False)
            store.erase("SUBJECT-CANARY", reason="asked", actor="person-7")
        assert [found for found in secret if found in _bytes(folder)] != []


@pytest.mark.xdist_group("postgres")
def test_no_word_about_a_person_is_in_any_file_of_postgresql(
    schema_url: str, postgres: PostgresServer, master: MasterKey
) -> None:
    with RecordStore.open(schema_url, master, serving=True) as store:
        fill(store, "SUBJECT-CANARY", 2)
        store.erase("SUBJECT-CANARY", reason="asked WRITTEN-CANARY", actor="person-7")
    postgres.execute("CHECKPOINT")
    content = _bytes(postgres.folder) + postgres.log.encode()
    assert b"WRITTEN-CANARY" in content
    assert [canary for canary in CANARIES if canary.encode() in content] == []


def _bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def _secrets(store: RecordStore, subject: str) -> list[bytes]:
    """Everything by which, with the master key, something about a person could be read."""
    pseudonym = store.keyring.pseudonym(subject)
    ids = [decision.id for decision in store.decisions_of(subject)]
    events = [event.id for decision in store.decisions_of(subject) for event in decision.events]
    person, keys, payloads, request = schema.subjects, schema.payload_keys, schema.payloads, schema.idempotency
    queries = [
        select(person.c.wrapped).where(person.c.pseudonym == pseudonym),
        select(keys.c.wrapped).where(keys.c.record.in_([*ids, *events])),
        select(payloads.c.sealed).where(payloads.c.record.in_([*ids, *events])),
        select(request.c.sealed_answer).where(request.c.record.in_(ids)),
    ]
    return store.database.read(lambda c: [value for query in queries for value in c.execute(query).scalars()])
