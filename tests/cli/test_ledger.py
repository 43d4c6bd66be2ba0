"""`garant ledger show | export | erase | migrate`."""

import json
import sqlite3
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from garant.cli.app import run
from garant.decisions.erasure import Erasure
from garant.decisions.record import EventKind, NewDecision, NewEvent, State
from garant.decisions.store import RecordStore
from garant.runs.record_store import opened_store
from garant.settings import load_settings
from garant.storage import LocalRuns
from garant.storage.parquet import write_parquet
from postgres_server import PostgresServer
from store_records import judgement, new_decision, now, record

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
    assert "PD (canary)" in shown
    assert "1. REASON-CANARY" in shown
    assert "State: final" in shown
    assert "What counts: approval" in shown
    assert "confirmed, key-2: Ann Bell; approval; new information; Slip seen." in shown
    assert "Notice that applied: v1" in shown
    assert "shown to the person" not in shown
    with opened_store(load_settings()) as store:
        ((_, role, what),) = store.export(ME).accesses
    assert (role, what) == ("auditor", "decision")


def test_in_french_no_code_of_an_act_and_no_english_word_is_left(
    decided: tuple[NewDecision, NewDecision], capsys: pytest.CaptureFixture[str]
) -> None:
    mine, _ = decided
    acts = [
        (EventKind.CONFIRMED, State.FINAL, {"person": "Ann Bell", "outcome": "refuse", "ground": "agrees"}),
        (EventKind.CONTESTED, State.CONTESTED, {"statement": "Tout est payé."}),
        (EventKind.REVIEWED, State.REVIEWED, {"person": "Bob", "outcome": "accept", "comment": "Vu."}),
    ]
    with opened_store(load_settings()) as store:
        for number, (kind, state, content) in enumerate(acts):
            event = NewEvent(decision=mine.id, kind=kind, at=now(), actor="key-2", state=state, content=content)
            store.add(event, after=number)

    assert run(["ledger", "show", mine.id, "--lang", "fr"]) == 0

    shown = capsys.readouterr().out.replace("\u00a0", " ")
    assert "confirmée, key-2 : Ann Bell; refus; d’accord avec la proposition" in shown
    assert "contestée, key-2 : Tout est payé." in shown
    assert "réexaminée, key-2 : Bob; accord; Vu." in shown
    assert "Information applicable : v1" in shown
    assert "[modèle bbbbbbbbbbbb, politique pppppppppppp" in shown
    assert not [code for code in ("confirmed", "refuse;", "agrees", "reviewed", "bundle") if code in shown]


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


@pytest.mark.usefixtures("own_store")
def test_an_export_of_nobody_writes_nothing_says_so_and_ends_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ledger", "export", "NOBODY", "--out", str(tmp_path / "none.zip")]) == 1

    assert not (tmp_path / "none.zip").exists()
    assert "nothing is recorded about NOBODY" in capsys.readouterr().err


@pytest.mark.usefixtures("decided")
def test_an_export_replaces_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.zip").write_text("of somebody else")

    assert run(["ledger", "export", ME, "--out", str(tmp_path / "mine.zip")]) == 2

    assert (tmp_path / "mine.zip").read_text() == "of somebody else"
    assert "is not replaced" in capsys.readouterr().err
    with opened_store(load_settings()) as store:
        assert not store.export(ME).accesses


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
def test_erasing_whom_nothing_is_recorded_about_erases_nothing_and_ends_with_one(
    own_store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ledger", "erase", "5555", "--reason", "asked"]) == 1

    said = capsys.readouterr()
    assert "nothing is recorded about 5555, and nothing was erased" in " ".join(said.err.split())
    assert "Erased" not in said.out
    with sqlite3.connect(own_store / "records.db") as database:
        assert database.execute("SELECT count(*) FROM erasures").fetchone() == (0,)
    database.close()


def test_a_run_that_holds_whom_nothing_is_recorded_about_is_cleaned_and_no_other_number_is_hidden(
    own_store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = tmp_path / "runs"
    kept = LocalRuns(runs)
    started = kept.start("abc")
    rows = pa.table({"SK_ID_CURR": pa.array([100_002, 100_003], pa.int64()), "outcome": ["accept", "refuse"]})
    rows = rows.append_column("ead", pa.array([1.0, 1.0])).append_column("expected_loss", pa.array([0.1, 0.1]))
    (started.folder / "scores").mkdir(parents=True)
    write_parquet(started.folder / "scores" / "part-00000.parquet", rows.to_batches(), rows.schema)
    counted = {"applicants": 2, "set_aside": 0, "quarantined": 0, "orphans": 0, "suppressed": 0}
    loss = {name: {"accept": 0.0, "refer": 0.0, "refuse": 0.0} for name in ("ead", "expected_loss")}
    kept.commit(
        started,
        {
            "expected_loss": {"currency": None, **loss},
            "verb": "score",
            "outcomes": {"accept": 1, "refer": 0, "refuse": 1},
            "rows": counted,
        },
    )

    assert run(["ledger", "erase", "5555", "--reason", "asked", "--out", str(runs)]) == 1
    assert "no run holds this client" in capsys.readouterr().err
    assert not list(runs.rglob("suppressed.json"))

    assert run(["ledger", "erase", "100002", "--reason", "asked", "--out", str(runs)]) == 1
    assert "1 rows taken out" in capsys.readouterr().out
    assert own_store.exists()


@pytest.mark.parametrize("output", ["table", "json"])
@pytest.mark.usefixtures("decided")
def test_every_application_that_a_reference_covers_is_named_before_it_is_erased(
    output: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened_store(load_settings()) as store:
        record(store, new_decision(judgement=judgement(ME, client=100_777)))
    named_before: list[str] = []
    erase = RecordStore.erase

    def watched(store: RecordStore, subject: str, *, reason: str, actor: str) -> Erasure:
        named_before.append(capsys.readouterr().err)
        return erase(store, subject, reason=reason, actor=actor)

    monkeypatch.setattr(RecordStore, "erase", watched)
    assert run(["ledger", "erase", ME, "--reason", "asked", "--output", output]) == 0

    assert "100001, 100777" in named_before[0]
    said = capsys.readouterr().out
    if output == "json":
        assert json.loads(said)["clients"] == [100_001, 100_777]
    else:
        assert "SK_ID_CURR: 100001, 100777" in said


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


def test_a_start_that_comes_twice_makes_store_and_key_once_and_leaves_another_version_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GARANT_STORE_URL", f"sqlite:///{tmp_path / 'records.db'}")
    monkeypatch.setenv("GARANT_MASTER_KEY", str(tmp_path / "master.key"))
    start = ["ledger", "migrate", "--only-new", "--new-master-key"]

    assert run(start) == 0
    key = (tmp_path / "master.key").read_bytes()
    assert run(start) == 0
    assert (tmp_path / "master.key").read_bytes() == key
    assert "has the schema of this version already" in capsys.readouterr().out

    (tmp_path / "master.key").unlink()
    assert run(start) == 0
    assert not (tmp_path / "master.key").exists(), "no other key for a store that is there"

    with sqlite3.connect(tmp_path / "records.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    before = (tmp_path / "records.db").read_bytes()
    assert run(start) == 0
    assert "has the schema of another version and stays as it is" in capsys.readouterr().out
    assert (tmp_path / "records.db").read_bytes() == before


@pytest.mark.xdist_group("postgres")
def test_the_role_that_serves_is_made_with_its_password(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url, role = postgres.new_database(), "service_of_the_command"
    (tmp_path / "password").write_text("HUSH\n")
    monkeypatch.setenv("GARANT_STORE_URL", url)
    command = ["ledger", "migrate", "--only-new", "--service-role", role]
    try:
        assert run([*command, "--service-password", str(tmp_path / "password")]) == 0
        assert run(command) == 0
        said = capsys.readouterr()
        assert f"{role}: made, and may serve" in said.out
        assert "HUSH" not in said.out + said.err
        assert postgres.execute("SELECT count(*) FROM decisions", url=url.replace("postgres@", f"{role}@")) == [(0,)]
    finally:
        postgres.execute(f"DROP OWNED BY {role}", url=url)
        postgres.execute(f"DROP ROLE {role}")


@pytest.mark.parametrize("words", [["--service-password", "p"], ["--service-role", "garant_service"]])
@pytest.mark.usefixtures("own_store")
def test_a_role_is_asked_for_wholly_and_of_postgresql(words: list[str]) -> None:
    assert run(["ledger", "migrate", *words]) == 2
