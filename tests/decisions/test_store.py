"""The record store keeps what was decided, once, and gives it back as it was."""

import dataclasses

import pytest

from garant.decisions.access import Principal, Role
from garant.decisions.record import EventKind, NewDecision, State
from garant.decisions.store import RecordStore
from garant.exceptions import (
    ConflictError,
    InFlightError,
    KeyReusedError,
    UnknownDecisionError,
)
from store_records import confirmation, new_decision, record

ADVISER = Principal(id="key-1", role=Role.ADVISER, owner="paris")


def test_every_field_comes_back_as_it_was_but_the_matrix_whose_hmac_is_kept(store: RecordStore) -> None:
    first, second = new_decision(), new_decision(legal_basis="contract")
    record(store, first)
    record(store, dataclasses.replace(second, supersedes=first.id))
    found = store.decision(second.id)
    names = {field.name for field in dataclasses.fields(NewDecision)} - {"judgement", "supersedes"}
    assert {name: getattr(found, name) for name in names} == {name: getattr(second, name) for name in names}
    assert found.judgement == dataclasses.replace(second.judgement, matrix=b"")
    assert found.digests == second.judgement.digests
    assert (found.supersedes, store.decision(first.id).superseded_by) == (first.id, second.id)
    assert store.is_matrix(second.id, second.judgement.matrix)
    assert not store.is_matrix(second.id, second.judgement.matrix[:-1] + b"\x7e")


def test_a_decision_corrects_another_once(store: RecordStore) -> None:
    first = new_decision()
    record(store, first)
    record(store, new_decision(supersedes=first.id))
    with pytest.raises(ConflictError, match="corrected already"):
        record(store, new_decision(supersedes=first.id))
    with pytest.raises(UnknownDecisionError):
        record(store, new_decision(supersedes=new_decision().id))
    assert len(store.decisions_of("SUBJECT-CANARY")) == 2


def test_the_same_request_gets_the_same_answer_and_another_one_none(store: RecordStore) -> None:
    decision = new_decision()
    record(store, decision, key="k", answer=b"as it was answered")
    with store.claim("key-1", "decisions", "k", b"body") as claim:
        assert claim.answer == b"as it was answered"
    with pytest.raises(KeyReusedError), store.claim("key-1", "decisions", "k", b"other"):
        pass
    for other in (("key-2", "decisions"), ("key-1", "corrections")):
        with store.claim(*other, "k", b"body") as claim:
            assert claim.answer is None


def test_a_request_that_is_being_answered_is_not_answered_a_second_time(store: RecordStore) -> None:
    with store.claim("key-1", "decisions", "k", b"body") as claim:
        with pytest.raises(InFlightError), store.claim("key-1", "decisions", "k", b"body"):
            pass
        claim.commit([new_decision()], b"answer")
    with store.claim("key-1", "decisions", "k", b"body") as claim:
        assert claim.answer == b"answer"


def test_a_request_that_failed_may_be_sent_again(store: RecordStore) -> None:
    with pytest.raises(ZeroDivisionError), store.claim("key-1", "decisions", "k", b"body"):
        _ = 1 / 0
    record(store, new_decision(), key="k")
    assert len(store.decisions_of("SUBJECT-CANARY")) == 1


def test_a_batch_is_recorded_whole_or_not_at_all(store: RecordStore) -> None:
    batch = [new_decision(f"person {number % 300}") for number in range(1000)]
    record(store, *batch, key="batch")
    assert [len(store.decisions_of(f"person {number}")) for number in (0, 99, 100, 299)] == [4, 4, 3, 3]
    bad = [new_decision("nobody"), batch[0]]
    with pytest.raises(Exception, match="cannot be used"):
        record(store, *bad, key="bad")
    assert store.decisions_of("nobody") == ()
    record(store, new_decision("nobody"), key="bad")


def test_an_answer_that_decided_nothing_is_kept_too(store: RecordStore) -> None:
    record(store, key="none", answer=b"nothing but problems")
    with store.claim("key-1", "decisions", "none", b"body") as claim:
        assert claim.answer == b"nothing but problems"


def test_events_follow_each_other_and_the_last_one_says_the_state(store: RecordStore) -> None:
    decision = new_decision()
    record(store, decision)
    first = store.add(confirmation(decision), after=0)
    second = store.add(confirmation(decision, kind=EventKind.CONTESTED, state=State.CONTESTED, content={}), after=1)
    found = store.decision(decision.id)
    assert found.events == (first, second)
    assert (first.number, second.number, found.state) == (1, 2, State.CONTESTED)
    for after in (0, 1, 3):
        with pytest.raises(ConflictError):
            store.add(confirmation(decision), after=after)
    with pytest.raises(UnknownDecisionError):
        store.add(confirmation(new_decision()), after=0)


def test_what_a_correction_adds_to_the_old_decision_is_recorded_with_it(store: RecordStore) -> None:
    first = new_decision()
    record(store, first)
    event = confirmation(first, kind=EventKind.CORRECTED)
    with (
        pytest.raises(ConflictError),
        store.claim("key-1", "corrections", "k", b"body") as claim,
    ):
        claim.commit([new_decision(supersedes=first.id)], b"answer", events=[(event, 1)])
    assert store.decision(first.id).superseded_by is None
    with store.claim("key-1", "corrections", "k", b"body") as claim:
        claim.commit([new_decision(supersedes=first.id)], b"answer", events=[(event, 0)])
    assert [found.kind for found in store.decision(first.id).events] == [EventKind.CORRECTED]


def test_the_stop_switch_is_seen_at_once_by_whoever_turned_it(store: RecordStore) -> None:
    assert not store.is_stopped()
    store.stop(ADVISER, "drift")
    assert store.is_stopped()
    store.resume(ADVISER, "checked")
    assert not store.is_stopped()


def test_an_unknown_decision_is_said_to_be_unknown(store: RecordStore) -> None:
    with pytest.raises(UnknownDecisionError):
        store.decision("none")
    assert store.decisions_of("nobody") == ()
    store.check()
