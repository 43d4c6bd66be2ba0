"""Settings come from garant.toml and the environment, which wins."""

from pathlib import Path

import pytest

from garant.exceptions import UsageError
from garant.settings import load_settings


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_environment_wins_over_the_file(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (empty_folder / "garant.toml").write_text('costs = "1:12"\nlanguage = "fr"\n')
    monkeypatch.setenv("GARANT_COSTS", "1:15")
    settings = load_settings()
    assert (settings.costs, settings.language) == ("1:15", "fr")


def test_every_wrong_entry_is_named_at_once(empty_folder: Path) -> None:
    (empty_folder / "garant.toml").write_text('cots = "1:12"\nlanguage = "de"\n')
    with pytest.raises(UsageError, match=r"(?s)language.*cots.*Known entries: costs") as caught:
        load_settings()
    assert caught.value.exit_code == 2


def test_a_file_that_is_no_toml_is_a_usage_error(empty_folder: Path) -> None:
    (empty_folder / "garant.toml").write_text("costs = [")
    with pytest.raises(UsageError, match=r"garant\.toml cannot be read"):
        load_settings()


LINES = ("ed25519:" + "A" * 43 + "=", "ed25519:" + "B" * 42 + "A=")


def test_trusted_keys_are_a_list_in_the_file_and_words_in_the_environment(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().trusted_keys == ()
    (empty_folder / "garant.toml").write_text(f'trusted_keys = ["{LINES[0]}"]\n')
    assert load_settings().trusted_keys == LINES[:1]
    monkeypatch.setenv("GARANT_TRUSTED_KEYS", " ".join(LINES))
    assert load_settings().trusted_keys == LINES


def test_a_trusted_key_that_cannot_be_one_is_named(empty_folder: Path) -> None:
    (empty_folder / "garant.toml").write_text(f'trusted_keys = ["{LINES[0]}", "release.key"]\n')
    with pytest.raises(UsageError, match=r"trusted_keys\.1: String should match"):
        load_settings()


def test_the_development_key_is_the_users_own(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(empty_folder / "data"))
    assert load_settings().development_key == empty_folder / "data" / "garant" / "development.key"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(empty_folder))
    assert load_settings().development_key == empty_folder / ".local/share/garant/development.key"
