"""`garant ledger show | export | erase | migrate`."""

import json
import sqlite3
import zipfile
from pathlib import Path

import pytest

from garant.cli.app import run
from garant.decisions.record import EventKind, NewDecision, NewEvent, State
from garant.runs.record_store import opened_store
from garant.settings import load_settings
from store_records import new_decision, now, record

ME, OTHER = "ME-4711", "SOMEBODY-ELSE"


@pytest.fixture
def decided(own_store: Path) -> tuple[NewDecision, NewDecision]:
    """A decision about one person, and one about another."""
    mine, other = new_decision(ME), new_decision(OTHER)
    with opened_store(load_settings()) as store:
        record(store, mine)
        record(store, other)
    assert own_store.exists()
    return mine, other


def test_a_decision_is_shown_in_words_and_looking_is_recorded(
    decided: tuple[NewDecision, NewDecision], capsys: pytest.CaptureFixture[str]
) -> None:
    mine, _ = decided
    content = {"person": "Ann Bell", "outcome": "accept", "ground": "new_information", "comment": "Slip seen."}
    event = NewEvent(
        decision=mine.id, kind=EventKind.CONFIRMED, at=now(), actor="key-2", state=State.FINAL, content=content
    )
    with opened_store(load_settings()) as store:
        store.add(event, after=0)

    assert run(["ledger", "show", mine.id]) == 0

    shown = capsys.readouterr().out
    assert f"Decision {mine.id} – PROPOSAL: REFUSAL" in shown
    assert "• RULE-CANARY" in shown
    assert "1. REASON-CANARY" in shown
    assert "State: final" in shown
    assert "What counts: approval" in shown
    assert "confirmed, key-2: Ann Bell; accept; new_information; Slip seen." in shown
    with opened_store(load_settings()) as store:
        ((_, role, what),) = store.export(ME).accesses
    assert (role, what) == ("auditor", "decision")


@pytest.mark.usefixtures("decided")
def test_a_decision_that_is_not_there_ends_with_three() -> None:
    assert run(["ledger", "show", "01900000-0000-7000-8000-000000000001"]) == 3


@pytest.mark.usefixtures("decided")
def test_an_export_holds_one_person_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ledger", "export", ME, "--out", str(tmp_path / "me.zip")]) == 0

    with zipfile.ZipFile(tmp_path / "me.zip") as archive:
        assert len(json.loads(archive.read("records.json"))["decisions"]) == 1
        assert not [name for name in archive.namelist() if OTHER.encode() in archive.read(name)]
    assert "personal data of one person" in capsys.readouterr().err
    with opened_store(load_settings()) as store:
        assert [what for _, _, what in store.export(ME).accesses] == ["export"]


def test_an_export_of_nobody_ends_with_one(own_store: Path, tmp_path: Path) -> None:
    assert run(["ledger", "export", "NOBODY", "--out", str(tmp_path / "none.zip")]) == 1
    assert own_store.exists()


def test_an_erased_person_is_gone_and_the_other_stays(
    decided: tuple[NewDecision, NewDecision], capsys: pytest.CaptureFixture[str]
) -> None:
    mine, other = decided

    assert run(["ledger", "erase", ME, "--reason", "asked", "--output", "json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["decisions"] == [mine.id]
    assert said["is_scrubbed"]
    assert run(["ledger", "show", mine.id]) == 0
    shown = capsys.readouterr().out
    assert "The person was erased" in shown
    assert "REASON-CANARY" not in shown
    with opened_store(load_settings()) as store:
        assert store.decision(mine.id).judgement is None
        assert store.decision(other.id).judgement is not None


@pytest.mark.usefixtures("decided")
def test_an_erasure_needs_a_reason_and_says_what_it_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ledger", "erase", ME, "--reason", " "]) == 2
    assert run(["ledger", "erase", ME, "--reason", "asked"]) == 0

    said = capsys.readouterr().out
    assert "Raw data were not looked at" in said
    assert "Backups of the database hold the person" in said


def test_raw_data_that_cannot_be_read_stop_an_erasure_before_it_begins(
    decided: tuple[NewDecision, NewDecision], tmp_path: Path
) -> None:
    mine, other = decided
    (tmp_path / "data").mkdir()

    assert run(["ledger", "erase", ME, "--reason", "asked", "--data", str(tmp_path / "data")]) == 3

    with opened_store(load_settings()) as store:
        assert store.decision(mine.id).judgement is not None
        assert store.decision(other.id).judgement is not None


def test_a_new_store_is_made_with_its_key_once(own_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ledger", "migrate", "--new-master-key"]) == 0
    assert "Keep a copy" in capsys.readouterr().err
    assert run(["ledger", "migrate"]) == 0
    assert "already" in capsys.readouterr().out
    assert run(["ledger", "migrate", "--new-master-key"]) == 2
    with sqlite3.connect(own_store / "records.db") as database:
        assert database.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
    database.close()
