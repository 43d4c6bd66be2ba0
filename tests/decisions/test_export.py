"""Whoever asks gets everything that is stored about them, and nothing about anybody else."""

import json

from garant.decisions.access import Principal, Role
from garant.decisions.store import RecordStore
from store_records import confirmation, new_decision, now, record

ADVISER = Principal(id="key-1", role=Role.ADVISER, owner="paris")
AUDITOR = Principal(id="key-9", role=Role.AUDITOR, owner="paris")


def test_an_export_holds_all_decisions_events_and_accesses_of_one_person(store: RecordStore) -> None:
    mine, later, theirs = new_decision("mine"), new_decision("mine"), new_decision("theirs")
    record(store, mine, theirs)
    record(store, later)
    store.add(confirmation(mine), after=0)
    for _ in range(2):
        store.saw(ADVISER, "preview", subject="mine")
    store.saw(AUDITOR, "decision", decision=mine.id)
    store.saw(AUDITOR, "decision", decision=theirs.id)
    store.saw(AUDITOR, "model")
    content = store.export("mine").content()
    text = json.dumps(content)
    assert [found["id"] for found in content["decisions"]] == [mine.id, later.id]
    assert content["decisions"][0]["events"][0]["content"]["ground"] == "EVENT-CANARY"
    assert content["decisions"][0]["records"] == json.loads(mine.judgement.raw)
    today = now().date().isoformat()
    assert content["accesses"] == [
        {"day": today, "role": "adviser", "what": "preview", "times": 2},
        {"day": today, "role": "auditor", "what": "decision", "times": 1},
    ]
    assert "theirs" not in text
    assert theirs.id not in text


def test_the_second_model_stands_apart_and_is_said_to_be_unused(store: RecordStore) -> None:
    decision = new_decision("mine")
    record(store, decision)
    (found,) = store.export("mine").content()["decisions"]
    second = found.pop("second_model")
    assert (second["used"], second["pd"], second["points"]) == (False, 0.3, 498.5)
    assert "498.5" not in json.dumps(found)


def test_who_is_unknown_gets_an_empty_export(store: RecordStore) -> None:
    assert store.export("nobody").content() == {"subject": "nobody", "decisions": [], "accesses": []}
