"""The secret of the suppression list: names people so that only its holder can tell who is meant.

A client is named by the HMAC-SHA256 of the id. Without the key a plain digest of so short a number would be guessed by
trying all numbers.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from pathlib import Path

from garant.exceptions import KeyFileError
from garant.keys.key_file import KeyKind, read_raw, write_raw

_KIND = KeyKind(
    prefix=b"hmac-sha256:",
    n_bytes=32,
    name="key of a suppression list",
    lost="who is on a suppression list would be unknown",
    expected="Expected the key that `garant run erase` made when it first put a client on a suppression list "
    "(GARANT_SUPPRESSION_KEY, or suppression_key in garant.toml). Without it nobody can tell who is on the list: bring "
    "it from where the client was erased, or from its copy.",
)


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A secret key; its text never shows it."""

    _raw: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """First 16 hexadecimal digits of a digest of the key, which say nothing about it."""
        return hashlib.sha256(b"garant suppression key " + self._raw).hexdigest()[:16]

    def name(self, client: int) -> str:
        """Name of a client on a list, 64 hexadecimal digits."""
        return hmac.digest(self._raw, b"%d" % client, "sha256").hex()


def read_secret(path: Path) -> SecretKey:
    """Secret key in the file `path`.

    Raises
    ------
    KeyFileError
        When the file is missing, readable by others than its owner, or holds no such key.
    """
    return SecretKey(read_raw(path, _KIND))


def read_or_new_secret(path: Path) -> tuple[SecretKey, bool]:
    """Secret key in the file `path`, and whether it was made just now because there was none.

    Raises
    ------
    KeyFileError
        As `read_secret`, or when the file cannot be written.
    """
    if path.exists():
        return read_secret(path), False
    try:
        write_raw(path, _KIND)
    except KeyFileError:
        # Another process was first.
        if path.exists():
            return read_secret(path), False
        raise
    return read_secret(path), True
