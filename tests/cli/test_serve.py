"""`garant serve`: what is refused before anything is opened. The service itself: tests/api, tests/journeys."""

import sys
from pathlib import Path

import pytest

from garant.cli.app import run


def test_the_dashboard_comes_later(own_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--bundle", "absent", "--only", "dashboard"]) == 2
    assert "--only api" in capsys.readouterr().err
    assert not own_store.exists()


def test_a_missing_extra_is_named_with_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "garant.api.serve", None)

    assert run(["serve", "--bundle", "absent"]) == 2
    assert "garant[serve]" in capsys.readouterr().err


def test_several_workers_on_one_file_are_misuse(own_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--bundle", ".", "--workers", "2"]) == 2
    assert "PostgreSQL" in capsys.readouterr().err
    assert not own_store.exists()


def test_other_machines_are_not_served_in_the_clear(own_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--bundle", ".", "--host", "0.0.0.0"]) == 2  # noqa: S104 - what must be refused
    assert "tls_cert" in capsys.readouterr().err
    assert not own_store.exists()
