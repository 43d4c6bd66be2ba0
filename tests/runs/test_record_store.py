"""The master key is made with a new store, and never for one that is there."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from garant.exceptions import KeyFileError, StoreError
from garant.keys import MasterKey
from garant.runs.record_store import master_key, new_master_key, opened_store
from garant.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(store_url=f"sqlite:///{tmp_path / 'records.db'}", master_key=tmp_path / "master.key")


def test_store_and_key_are_made_together_and_opened_again(settings: Settings) -> None:
    with opened_store(settings):
        first = MasterKey.read(settings.master_key).id
    with opened_store(settings):
        assert MasterKey.read(settings.master_key).id == first


def test_no_other_key_is_made_for_a_store_whose_key_is_lost(settings: Settings) -> None:
    with opened_store(settings):
        pass
    settings.master_key.unlink()

    with pytest.raises(KeyFileError, match="Expected the master key"), opened_store(settings):
        pass

    assert not settings.master_key.exists()


def test_another_key_does_not_open_the_store(settings: Settings) -> None:
    with opened_store(settings):
        pass
    settings.master_key.unlink()
    new_master_key(settings)

    with pytest.raises(StoreError, match="master key"), opened_store(settings):
        pass


@pytest.mark.parametrize("url", ["postgresql://garant@db/garant", None])
def test_none_is_made_where_others_are_served_or_the_database_is_a_server(settings: Settings, url: str | None) -> None:
    with pytest.raises(KeyFileError):
        master_key(settings, store_url=url, may_make=url is not None)

    assert not settings.master_key.exists()


def test_a_key_that_is_there_is_never_replaced(settings: Settings) -> None:
    before = new_master_key(settings).id

    with pytest.raises(KeyFileError, match="is there already"):
        new_master_key(settings)

    assert MasterKey.read(settings.master_key).id == before


def test_a_key_given_as_text_is_taken_and_no_file_is_read_or_made(settings: Settings) -> None:
    given = settings.model_copy(update={"master_key_text": SecretStr("Zz9" * 14 + "B")})
    with opened_store(given):
        pass
    with opened_store(given):
        pass
    assert not settings.master_key.exists()
    assert "Zz9" not in f"{given!r}{given.model_dump_json()}"
    with pytest.raises(KeyFileError, match="is given already"):
        new_master_key(given)
    other = settings.model_copy(update={"master_key_text": SecretStr("Zz8" * 14 + "B")})
    with pytest.raises(StoreError, match="master key"), opened_store(other):
        pass
