"""`garant policy show | stop | resume`."""

import json
from pathlib import Path
from typing import Any

import pytest

from garant.cli.app import run
from garant.runs.record_store import opened_store
from garant.settings import load_settings


def shown(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The policy as JSON."""
    assert run(["policy", "show", "--output", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_switch_stops_and_resumes_and_says_who_and_why(own_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "stop", "--reason", "drift seen"]) == 0
    with opened_store(load_settings()) as store:
        assert store.is_stopped()
    capsys.readouterr()
    stopped = shown(capsys)
    assert stopped["is_stopped"] is True
    assert stopped["last_turn"]["reason"] == "drift seen"
    assert stopped["last_turn"]["actor"].startswith("terminal:")
    assert run(["policy", "show"]) == 0
    assert "STOPPED: every application goes to a person" in capsys.readouterr().out

    assert run(["policy", "resume", "--reason", "cause found"]) == 0
    with opened_store(load_settings()) as store:
        assert not store.is_stopped()
    assert (own_store / "records.db").exists()


def test_showing_makes_no_record_store(own_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = shown(capsys)

    assert found["is_stopped"] is False
    assert found["decision_mode"] == "assisted"
    assert found["policy"]["majority"]["years"] == 18
    assert not own_store.exists()


@pytest.mark.parametrize("command", [["stop"], ["stop", "--reason", "  "], ["resume"]])
def test_nobody_turns_it_without_a_reason(own_store: Path, command: list[str]) -> None:
    assert run(["policy", *command]) == 2
    assert not own_store.exists()
