"""`garant serve`: what is refused before anything is opened. The service itself: tests/api, tests/journeys."""

import sys
from pathlib import Path

import pytest

from garant.cli import clone
from garant.cli.app import run


def test_a_part_that_there_is_not_is_refused_with_those_that_there_are(
    own_store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["serve", "--bundle", "absent", "--only", "charts"]) == 2
    told = capsys.readouterr().err
    assert "api" in told
    assert "dashboard" in told
    assert not own_store.exists()


def test_a_missing_extra_is_named_with_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "garant.api.serve", None)

    assert run(["serve", "--bundle", "absent"]) == 2
    assert "Install it: make setup-all." in capsys.readouterr().err

    monkeypatch.setattr(clone.garant, "__file__", "/nowhere/site-packages/garant/__init__.py")
    assert run(["serve", "--bundle", "absent"]) == 2
    assert "garant[serve]" in capsys.readouterr().err


def test_a_shell_that_does_not_find_garant_is_told_what_to_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / ".venv" / "bin" / "activate"
    script.parent.mkdir(parents=True)
    script.touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert clone.activation() == ". .venv/bin/activate"
    command = script.with_name("garant")
    command.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(script.parent))
    assert clone.activation() is None


def test_several_workers_on_one_file_are_misuse(own_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--bundle", ".", "--workers", "2"]) == 2
    assert "PostgreSQL" in capsys.readouterr().err
    assert not own_store.exists()


def test_other_machines_are_not_served_in_the_clear(own_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--bundle", ".", "--host", "0.0.0.0"]) == 2  # noqa: S104 - what must be refused
    assert "tls_cert" in capsys.readouterr().err
    assert not own_store.exists()
