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
