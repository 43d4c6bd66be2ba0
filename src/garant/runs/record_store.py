"""Opening the record store for a command: whose key opens it, and when one is made."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from garant.decisions.store import RecordStore
from garant.exceptions import KeyFileError
from garant.keys import MasterKey
from garant.settings import Settings

_SQLITE = "sqlite:///"


@contextmanager
def opened_store(settings: Settings, *, serving: bool = False) -> Generator[RecordStore]:
    """Record store of the settings, open until the block ends.

    Parameters
    ----------
    settings : Settings
        Address of the store and file of its master key.
    serving : bool
        Whether decisions are made: on SQLite one process alone may.

    Raises
    ------
    KeyFileError
        When the master key is missing and a store is there already, or is not this machine's own file.
    StoreError
        When the store cannot be used.
    """
    master = MasterKey.new(settings.master_key) if is_first_use(settings) else MasterKey.read(settings.master_key)
    with RecordStore.open(settings.store_url, master, serving=serving) as store:
        yield store


def is_first_use(settings: Settings) -> bool:
    """Whether neither store nor key is there: on a person's own machine both are made then, and never one alone."""
    url = settings.store_url
    return url.startswith(_SQLITE) and not Path(url.removeprefix(_SQLITE)).exists() and not settings.master_key.exists()


def new_master_key(settings: Settings) -> MasterKey:
    """Make the master key of a store that several machines use, once.

    Raises
    ------
    KeyFileError
        When there is one.
    """
    if settings.master_key.exists():
        raise KeyFileError(f"{settings.master_key}: is there already. One key opens one store for ever.")
    return MasterKey.new(settings.master_key)
