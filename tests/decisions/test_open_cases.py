"""What waits for a reviewer: on the list until somebody decided and no longer, page by page, and nothing is opened."""

from datetime import timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import text

from garant.decisions import open_cases
from garant.decisions.keyring import Keyring
from garant.decisions.migrating import _config, _engine, migrate
from garant.decisions.record import EventKind, NewDecision, State
from garant.decisions.store import RecordStore
from garant.keys import MasterKey
from garant.models.cutoff import Outcome
from store_records import confirmation, judgement, new_decision, now, record


def referred(subject: str = "somebody", **changed: Any) -> NewDecision:  # noqa: ANN401 - any field
    """A proposal that was referred to a person."""
    return new_decision(subject, judgement=judgement(subject, outcome=Outcome.REFER), **changed)


def contest(decision: NewDecision) -> Any:  # noqa: ANN401 - an event
    """The person contests."""
    return confirmation(decision, kind=EventKind.CONTESTED, state=State.CONTESTED, content={"statement": "No."})


def listed(store: RecordStore, owner: str | None = None) -> list[tuple[str, str]]:
    """Open cases and why they are open."""
    return [(str(case.kind), case.decision) for case in store.open_cases(owner=owner).cases]


def test_only_what_was_referred_or_contested_waits(store: RecordStore) -> None:
    asked, refused, contested = referred(), new_decision("b"), new_decision("c", owner="lyon")
    record(store, asked, refused, contested)
    assert listed(store) == [("referred", asked.id)]
    store.add(contest(contested), after=0)
    assert listed(store) == [("referred", asked.id), ("contested", contested.id)]
    assert listed(store, "lyon") == [("contested", contested.id)]
    assert listed(store, "nowhere") == []


def test_a_referred_proposal_that_is_contested_waits_once_and_since_then(store: RecordStore) -> None:
    asked = referred(at=now() - timedelta(days=3))
    record(store, asked)
    store.add(contest(asked), after=0)
    (case,) = store.open_cases(owner=None).cases
    assert (str(case.kind), case.since > asked.at + timedelta(days=2)) == ("contested", True)


@pytest.mark.parametrize("state", [State.FINAL, State.REVIEWED])
def test_what_somebody_decided_waits_no_longer_and_what_they_only_said_does(store: RecordStore, state: State) -> None:
    asked = referred()
    record(store, asked)
    store.add(confirmation(asked, kind=EventKind.VIEWED, state=State.PROPOSED, actor="r1"), after=0)
    (case,) = store.open_cases(owner=None).cases
    assert [(done.kind, done.actor) for done in case.done] == [("viewed", "r1")]
    store.add(confirmation(asked, kind=EventKind.REVIEWED, state=state), after=1)
    assert listed(store) == []


def test_what_was_corrected_waits_no_longer_but_the_new_decision_does(store: RecordStore) -> None:
    old = referred()
    record(store, old)
    new = referred(supersedes=old.id)
    record(store, new)
    assert listed(store) == [("referred", new.id)]


def test_with_the_person_their_case_goes(store: RecordStore) -> None:
    mine, theirs = referred("mine"), referred("theirs")
    record(store, mine, theirs)
    store.erase("mine", reason="asked", actor="person-7")
    assert listed(store) == [("referred", theirs.id)]


def test_pages_follow_one_another_without_gap_or_repetition_also_in_one_moment(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_cases.read_cases, "__kwdefaults__", {"limit": 2})
    at = now()
    made = [referred(f"p{number}", at=at) for number in range(5)]
    record(store, *made)
    found: list[str] = []
    after = None
    for expected in (2, 2, 1):
        page = store.open_cases(owner="paris", after=after)
        assert (len(page.cases), page.total) == (expected, 5)
        found += [case.decision for case in page.cases]
        after = page.next
    assert after is None
    assert sorted(found) == found == sorted(each.id for each in made)


def test_the_list_opens_nothing_that_is_sealed(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    record(store, referred())

    def opened(*_: object) -> None:
        raise AssertionError("the list opened a record")

    monkeypatch.setattr(open_cases, "read_decisions", opened)
    monkeypatch.setattr(Keyring, "subject_key", opened)
    assert len(listed(store)) == 1


def test_a_store_of_the_first_version_lists_what_waits_in_it(store_url: str, master: MasterKey) -> None:
    migrate(store_url)
    decided = referred("a"), new_decision("b"), referred("c"), new_decision("d"), referred("e")
    with RecordStore.open(store_url, master, serving=True) as store:
        record(store, *decided)
        store.add(confirmation(decided[2]), after=0)
        store.add(contest(decided[3]), after=0)
        record(store, new_decision("e", supersedes=decided[4].id))
    _back_to_the_first_version(store_url)
    assert migrate(store_url)
    with RecordStore.open(store_url, master, serving=True) as store:
        # The outcome of a proposal is sealed: it is read once, when the list is asked for first.
        assert listed(store) == [("referred", decided[0].id), ("contested", decided[3].id)]
        assert store.database.read(open_cases.unread_cases) == []
        assert store.decision(decided[0].id).judgement == judgement("a", outcome=Outcome.REFER, matrix=b"")


def _back_to_the_first_version(url: str) -> None:
    engine = _engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE open_cases"))
        connection.execute(text("DROP INDEX ix_events_kind_at"))
        config = _config()
        config.attributes["connection"] = connection
        command.stamp(config, "0001")
    engine.dispose()


def test_events_are_found_by_kind_and_time_and_those_of_erased_people_are_empty(store: RecordStore) -> None:
    mine, theirs = referred("mine"), referred("theirs")
    record(store, mine, theirs)
    for each in (mine, theirs):
        store.add(confirmation(each, kind=EventKind.REVIEWED, content={"outcome": "accept"}), after=0)
    store.erase("mine", reason="asked", actor="person-7")
    found = store.events_since([EventKind.REVIEWED], now() - timedelta(hours=1), most=10)
    assert [dict(each.content) for each in found] == [{"outcome": "accept"}, {}]
    assert len(store.events_since([EventKind.REVIEWED], now() - timedelta(hours=1), most=1)) == 1
    assert store.events_since([EventKind.CONFIRMED], now() - timedelta(hours=1), most=10) == ()
    assert store.events_since([EventKind.REVIEWED], now() + timedelta(hours=1), most=10) == ()
