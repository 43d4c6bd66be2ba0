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
    with RecordStore.open(settings.store_url, master_key(settings), serving=serving) as store:
        yield store


def master_key(settings: Settings, *, store_url: str | None = None, may_make: bool = True) -> MasterKey:
    """Master key of a store; made together with a new SQLite store on a person's own machine, and never for an old one.

    Parameters
    ----------
    settings : Settings
        File of the key.
    store_url : str or None
        Store instead of that of the settings.
    may_make : bool
        Whether one may be made at all.

    Raises
    ------
    KeyFileError
        When it is missing and must not be made, or is not this person's own file.
    """
    if settings.master_key_text is not None:
        return MasterKey.of_text(settings.master_key_text.get_secret_value())
    if may_make and is_first_use(settings, store_url):
        return MasterKey.new(settings.master_key)
    return MasterKey.read(settings.master_key)


def is_first_use(settings: Settings, store_url: str | None = None) -> bool:
    """Whether neither the store nor its key is there."""
    url = store_url or settings.store_url
    return url.startswith(_SQLITE) and not Path(url.removeprefix(_SQLITE)).exists() and not settings.master_key.exists()


def new_master_key(settings: Settings) -> MasterKey:
    """Make the master key of a store that several machines use, once.

    Raises
    ------
    KeyFileError
        When there is one.
    """
    if settings.master_key_text is not None:
        raise KeyFileError("master_key_text: a master key is given already. One key opens one store for ever.")
    if settings.master_key.exists():
        raise KeyFileError(f"{settings.master_key}: is there already. One key opens one store for ever.")
    return MasterKey.new(settings.master_key)
