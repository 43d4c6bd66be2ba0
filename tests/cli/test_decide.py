"""`garant decide` against a service: what is sent, what is printed, how it ends. Deciding here: tests/journeys."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from answering_service import DECISION, Reply, Service, problem
from garant.cli.app import run

RECORDS = b'{"application": {"SK_ID_CURR": 100002, "SK_ID_CURR": 100003}}'
"""Read and written again it would be another text: what a service must refuse has to reach it."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "application.json"
    path.write_bytes(RECORDS)
    return path


def test_the_file_is_sent_as_it_is_and_the_decision_told_in_words(
    file: Path, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["decide", str(file), "--url", service.url]) == 0

    assert service.received[0].body == RECORDS
    shown = capsys.readouterr().out
    assert f"Decision {DECISION['id']} – PROPOSAL: REVIEW BY A PERSON" in shown
    assert "proposed, until a named person confirms it" in shown
    assert "1. One instalment was paid 42 days late." in shown
    assert "[you can act on it]" in shown


def test_standard_input_is_read_at_a_dash(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RECORDS)))

    assert run(["decide", "-", "--url", service.url]) == 0

    assert service.received[0].body == RECORDS


def test_json_is_the_answer_as_it_came(file: Path, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["decide", str(file), "--url", service.url, "--output", "json"]) == 0

    assert json.loads(capsys.readouterr().out) == DECISION


@pytest.mark.parametrize(("outcome", "code"), [("accept", 40), ("refer", 41), ("refuse", 42)])
def test_any_recorded_decision_is_zero_unless_the_outcome_is_asked_for(
    file: Path, service: Service, outcome: str, code: int
) -> None:
    service.replies = [Reply(201, json.dumps({**DECISION, "outcome": outcome}).encode())]

    assert run(["decide", str(file), "--url", service.url]) == 0
    assert run(["decide", str(file), "--url", service.url, "--exit-outcome"]) == code


def test_refused_records_end_with_three_and_every_problem(
    file: Path, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    errors = [{"pointer": "/application/SK_ID_CURR", "code": "json.duplicate_key", "detail": "stands there twice"}]
    service.replies = [problem(400, "json", errors=errors)]

    assert run(["decide", str(file), "--url", service.url, "--exit-outcome"]) == 3

    said = capsys.readouterr()
    assert "/application/SK_ID_CURR: stands there twice (json.duplicate_key)" in said.err
    assert said.out == ""


def test_the_idempotency_key_of_the_caller_is_sent(file: Path, service: Service) -> None:
    assert run(["decide", str(file), "--url", service.url, "--key", "order-17"]) == 0

    assert service.received[0].headers["idempotency-key"] == "order-17"


def test_the_key_of_the_service_comes_from_the_environment_and_is_no_unknown_setting(
    file: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GARANT_API_KEY", "garant_0123456789ab_secret")

    assert run(["decide", str(file), "--url", service.url]) == 0

    assert service.received[0].headers["authorization"] == "Bearer garant_0123456789ab_secret"


def test_a_preview_decides_nothing_and_says_so(
    file: Path, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    said = {name: value for name, value in DECISION.items() if name not in {"id", "state", "at", "mode", "notice_id"}}
    service.replies = [Reply(200, json.dumps(said).encode())]

    assert run(["decide", str(file), "--url", service.url, "--preview"]) == 0

    assert service.received[0].path == "/v1/decisions/preview"
    assert "nothing is decided" in capsys.readouterr().out


def test_a_client_of_the_service_is_named_instead_of_sent(service: Service) -> None:
    assert run(["decide", "--client", "100002", "--url", service.url]) == 0

    assert json.loads(service.received[0].body) == {"client": 100002}


def test_a_terminal_is_not_steered_by_what_a_service_says(
    file: Path, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    reasons = [{"code": "R", "text": "\x1b[2Jgone", "kind": "act"}]
    service.replies = [Reply(201, json.dumps({**DECISION, "reasons": reasons}).encode())]

    assert run(["decide", str(file), "--url", service.url]) == 0

    assert "\x1b[2J" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "typed",
    [
        [],
        ["a.json", "--client", "1"],
        ["a.json", "--url", "http://127.0.0.1:1", "--bundle", "m"],
        ["--client", "1", "--data", "d"],
        ["a.json", "--write-request", "b.json"],
        ["absent.json"],
        ["--client", "1", "--url", "http://192.0.2.1:8000"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_misuse(typed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(["decide", *typed]) == 2


def test_deciding_here_and_the_rights_of_persons_need_no_extra() -> None:
    extras = ["fastapi", "starlette", "uvicorn", "structlog", "prometheus_client", "httpx", "psycopg"]
    needed = "import garant.runs.deciding.opening, garant.runs.subject_erasure, garant.runs.subject_export"
    script = f"import sys\nsys.modules.update(dict.fromkeys({extras!r}))\n{needed}"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_a_missing_extra_of_the_client_is_named(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "garant.client", None)

    assert run(["decide", str(file)]) == 2
    assert "garant[client]" in capsys.readouterr().err


def test_who_sends_no_key_is_told_once_which_variable_to_set(
    file: Path, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    detail = "Send the header Authorization: Bearer KEY, once."
    errors = [{"header": "Authorization", "code": "no-key", "detail": detail}]
    body = {"type": "urn:garant:problem:no-key", "title": "Unauthorized", "detail": detail, "errors": errors}
    service.replies = [Reply(401, json.dumps(body).encode())]

    assert run(["decide", str(file), "--url", service.url]) == 3

    said = capsys.readouterr().err
    assert "export GARANT_API_KEY=" in said
    assert "Authorization" not in said


def test_what_is_missing_is_named_and_the_pd_called_what_it_is(
    file: Path, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = {"code": "INSUFFICIENT_INFORMATION", "text": "A fact is missing.", "fields": ["bureau"]}
    told = {**DECISION, "rules": [rule], "label": "PD (synthetic data)", "language": "fr"}
    service.replies = [Reply(201, json.dumps(told).encode())]

    assert run(["decide", str(file), "--url", service.url]) == 0

    said = capsys.readouterr().out.replace("\xa0", " ").replace("\u202f", " ")
    assert "Concerne : bureau" in said
    assert "PD (synthetic data) :" in said
