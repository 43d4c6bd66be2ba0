"""`garant key create | list | revoke`: API keys of the decision service."""

import json
import stat
from pathlib import Path

import pytest

from garant.cli.app import run
from garant.decisions.api_keys import ApiKeys
from garant.decisions.store import RecordStore
from garant.keys import MasterKey


def created(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, str]:
    """Make a key."""
    assert run(["key", "create", "counter 3", *options, "--output", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    return found


def is_let_in(folder: Path, text: str) -> bool:
    """Whether the record store knows the key."""
    master = MasterKey.read(folder / "master.key")
    with RecordStore.open(f"sqlite:///{folder / 'records.db'}", master, serving=False) as store:
        return ApiKeys(store).authenticate(text) is not None


def test_a_key_is_shown_once_counts_and_can_be_revoked(own_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = created(capsys, "--role", "adviser", "--owner", "lyon-1", "--expires", "12h")
    assert is_let_in(own_store, made["key"])

    assert run(["key", "list"]) == 0
    listed = capsys.readouterr().out
    assert made["id"] in listed
    assert "lyon-1" in listed
    assert made["key"] not in listed

    assert run(["key", "revoke", made["id"]]) == 0
    assert not is_let_in(own_store, made["key"])
    capsys.readouterr()
    assert run(["key", "list", "--output", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["state"] == "revoked"


def test_the_secret_stands_in_no_file(own_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = created(capsys, "--role", "admin")["key"].rpartition("_")[2]

    files = [file for file in own_store.rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files if secret.encode() in file.read_bytes()]
    assert stat.S_IMODE((own_store / "master.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("expires", ["", "90", "0d", "367d", "tomorrow"])
def test_an_end_that_is_none_is_misuse(own_store: Path, expires: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["key", "create", "x", "--role", "adviser", "--expires", expires]) == 2
    assert "90d" in capsys.readouterr().err
    assert not own_store.exists()


def test_a_role_that_is_none_is_misuse(own_store: Path) -> None:
    assert run(["key", "create", "x", "--role", "king"]) == 2
    assert not own_store.exists()


@pytest.mark.usefixtures("own_store")
def test_a_key_that_is_not_there_cannot_be_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    created(capsys, "--role", "adviser")

    assert run(["key", "revoke", "0123456789ab"]) == 2
    assert "garant key list" in capsys.readouterr().err


def test_a_lost_master_key_is_not_replaced_by_another(own_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    created(capsys, "--role", "adviser")
    (own_store / "master.key").rename(own_store / "elsewhere.key")

    assert run(["key", "list"]) == 2

    assert "master.key" in capsys.readouterr().err
    assert not (own_store / "master.key").exists()


@pytest.mark.parametrize(("command", "other"), [("new", "garant key create"), ("create", "garant key new")])
def test_help_tells_both_kinds_of_keys_apart(command: str, other: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["key", command, "--help"]) == 0
    assert other in " ".join(capsys.readouterr().out.split())
