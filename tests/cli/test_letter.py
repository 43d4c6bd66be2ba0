"""`garant ledger letter`."""

import stat
from pathlib import Path

import pytest

from garant.cli.app import run
from garant.decisions.record import NewDecision
from garant.runs.record_store import opened_store
from garant.settings import load_settings
from store_records import confirmation, new_decision, record

ME = "ME-4711"


@pytest.fixture
def proposed(own_store: Path) -> NewDecision:
    """A recorded proposal."""
    made = new_decision(ME)
    with opened_store(load_settings()) as store:
        record(store, made)
    assert own_store.exists()
    return made


@pytest.fixture
def refused(proposed: NewDecision) -> NewDecision:
    """A refusal that a person confirmed."""
    with opened_store(load_settings()) as store:
        store.add(confirmation(proposed), after=0)
    return proposed


def test_a_letter_is_written_for_one_reader_and_that_is_recorded(
    refused: NewDecision, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "letter.pdf"
    assert run(["ledger", "letter", refused.id, "--kind", "refusal", "--lang", "fr", "--out", str(out)]) == 0

    assert out.read_bytes().startswith(b"%PDF-1.7")
    assert b"(fr-FR)" in out.read_bytes()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    told = capsys.readouterr()
    assert "Refus de votre demande de crédit" in told.out
    assert "lender.name" in told.err
    assert "lawyer" in told.err
    assert "personal data of one person" in told.err
    with opened_store(load_settings()) as store:
        ((_, role, what),) = store.export(ME).accesses
    assert (role, what) == ("auditor", "letter")


def test_a_file_of_the_lender_fills_the_placeholders(
    refused: NewDecision, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "letter.toml").write_text("[lender]\nname = 'Bank'\n")
    monkeypatch.setenv("GARANT_LETTER_FILE", str(tmp_path / "letter.toml"))
    assert run(["ledger", "letter", refused.id, "--out", str(tmp_path / "letter.pdf")]) == 0
    told = capsys.readouterr().err
    assert "lender.address" in told
    assert "lender.name" not in told


def test_a_proposal_has_no_letter_and_no_file_is_written(
    proposed: NewDecision, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "letter.pdf"
    assert run(["ledger", "letter", proposed.id, "--kind", "refusal", "--out", str(out)]) == 3
    assert not out.exists()
    assert "a proposal is no decision" in capsys.readouterr().err


def test_no_file_is_replaced(refused: NewDecision, tmp_path: Path) -> None:
    out = tmp_path / "letter.pdf"
    out.write_text("of somebody else")
    assert run(["ledger", "letter", refused.id, "--out", str(out)]) == 2
    assert out.read_text() == "of somebody else"


def test_an_erased_person_has_no_letter(refused: NewDecision, tmp_path: Path) -> None:
    with opened_store(load_settings()) as store:
        store.erase(ME, reason="asked", actor="test")
    assert run(["ledger", "letter", refused.id, "--out", str(tmp_path / "letter.pdf")]) == 3
