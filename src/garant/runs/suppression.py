"""Erased clients stay away: a list of keyed names beside the runs, applied by whoever writes or reads there.

The list tells nobody who is on it without the key, which is not beside it (`Settings.suppression_key`). Its digest is
part of a run's identity, so a run that was made before an erasure is never taken for the one asked for after it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.exceptions import KeyFileError, RunError
from garant.keys import SecretKey, read_secret
from garant.settings import Settings
from garant.storage import Json, Runs, sha256_json
from garant.storage.upkeep import RunUpkeep

LIST = "suppressed.json"
"""Name of the list in a folder of runs."""

_FORMAT, _VERSION = "garant suppression list", 1


@dataclass(frozen=True, slots=True)
class Suppression:
    """Who is left out of a folder of runs.

    Parameters
    ----------
    names : frozenset of str
        Keyed names.
    key : SecretKey or None
        Key that makes them; None while there is no list.
    """

    names: frozenset[str] = frozenset()
    key: SecretKey | None = None

    @property
    def digest(self) -> str | None:
        """sha256 of the list; None while there is none."""
        return sha256_json(_document(self.names, self.key)) if self.key is not None else None

    def covers(self, clients: Iterable[int]) -> npt.NDArray[np.bool_]:
        """Whether each of `clients` is on the list."""
        key = self.key
        if key is None:
            return np.zeros(sum(1 for _ in clients), np.bool_)
        return np.fromiter((key.name(client) in self.names for client in clients), np.bool_)

    def among(self, clients: Iterable[int]) -> frozenset[int]:
        """Those of `clients` who are on the list."""
        listed = sorted(set(clients)) if self.names else []
        return frozenset(client for client, is_on in zip(listed, self.covers(listed).tolist(), strict=True) if is_on)


NOBODY = Suppression()


def suppression_of(runs: Runs, settings: Settings) -> Suppression:
    """List of a folder of runs.

    Raises
    ------
    KeyFileError
        When there is a list and its key is missing or another one: then nobody can tell who must be left out.
    RunError
        When the list is no such list.
    """
    found = runs.document(LIST)
    if found is None:
        return NOBODY
    names, key_id = _read(found)
    key = read_secret(settings.suppression_key)
    _require_same_key(key, key_id, settings)
    return Suppression(names, key)


def require_same_list(runs: Runs, hidden: Suppression, settings: Settings) -> None:
    """Raise RunError when people were erased from a folder of runs since `hidden` was read."""
    if suppression_of(runs, settings).digest != hidden.digest:
        raise RunError("Clients were erased from the folder of runs meanwhile. Run the command again.")


def suppress(runs: RunUpkeep, clients: Collection[int], key: SecretKey, settings: Settings) -> Suppression:
    """Add `clients` to the list of a folder of runs, durably; return the list.

    Raises
    ------
    KeyFileError
        When the list was made with another key.
    """

    def added(before: Json) -> Json:
        names, key_id = (frozenset[str](), key.id) if before is None else _read(before)
        _require_same_key(key, key_id, settings)
        return _document(names | {key.name(client) for client in clients}, key)

    names, _ = _read(runs.change(LIST, added))
    return Suppression(names, key)


def _document(names: frozenset[str], key: SecretKey | None) -> Json:
    return {"clients": sorted(names), "format": _FORMAT, "key": key and key.id, "version": _VERSION}


def _read(found: Json) -> tuple[frozenset[str], str]:
    try:
        is_known = found["format"] == _FORMAT and found["version"] == _VERSION
        names, key_id = frozenset(map(str, found["clients"])), str(found["key"])
    except (KeyError, TypeError) as error:
        raise RunError(f"{LIST}: is no suppression list ({error!r}). Restore it from a copy.") from error
    if not is_known:
        raise RunError(f"{LIST}: is of a format that this garant does not know. Use the garant that wrote it.")
    return names, key_id


def _require_same_key(key: SecretKey, key_id: str, settings: Settings) -> None:
    if key.id != key_id:
        raise KeyFileError(
            f"{settings.suppression_key}: is not the key of {LIST} (key {key.id}, expected {key_id}), so nobody can "
            "tell who was erased. Set GARANT_SUPPRESSION_KEY to the file that the list was made with."
        )
