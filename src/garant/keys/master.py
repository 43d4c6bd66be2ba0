"""The master key: stands outside the record store and opens the keys of the people in it.

A stolen database without this file holds nothing readable about anybody; without it the records are lost for ever.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from garant.exceptions import KeyFileError
from garant.keys.key_file import KeyKind, raw_of, read_raw, write_raw

KEY_BYTES = 32
NONCE_BYTES = 12

_KIND = KeyKind(
    prefix=b"aes-256-master:",
    n_bytes=KEY_BYTES,
    name="master key of a record store",
    lost="no record under it could be read again",
    expected="Expected the master key of the record store (GARANT_MASTER_KEY, or master_key in garant.toml). Without "
    "it no record can be read and nothing is decided: bring it from its copy, or name the file where it is. The first "
    "one of a new store is made by `garant ledger migrate --new-master-key`.",
)


class WrongKeyError(ValueError):
    """What is to be opened was closed with another key, for something else, or was changed since."""


def seal(key: bytes, plain: bytes, about: bytes) -> bytes:
    """Encrypt `plain` with AES-256-GCM under a new random nonce, which stands in front; `about` is bound to it."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, about)


def unseal(key: bytes, sealed: bytes, about: bytes) -> bytes:
    """Decrypt what `seal` made.

    Raises
    ------
    WrongKeyError
        When key or `about` is another one, or a bit was changed.
    """
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)
    except (InvalidTag, ValueError) as error:
        raise WrongKeyError("sealed with another key, for something else, or changed since") from error


@dataclass(frozen=True)
class MasterKey:
    """A master key; its text never shows it."""

    _raw: bytes = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> "MasterKey":
        """Master key in the file `path`.

        Raises
        ------
        KeyFileError
            When the file is missing, readable by others than its owner, or holds no such key.
        """
        return cls(read_raw(path, _KIND))

    @classmethod
    def of_text(cls, text: str) -> "MasterKey":
        """Master key in the words of its file, or in 43 letters and digits that a secret store has made.

        The 43 are the base64 of the key without the word in front and without the sign of equality at the end.

        Raises
        ------
        KeyFileError
            When it is no such key; the message does not show it.
        """
        words = text.strip()
        content = f"aes-256-master:{words}=" if re.fullmatch(r"[A-Za-z0-9+/]{43}", words) else words
        raw = raw_of(content.encode(), _KIND)
        if raw is None:
            raise KeyFileError(f"master_key_text: holds no {_KIND.name}. {_KIND.expected}")
        return cls(raw)

    @classmethod
    def new(cls, path: Path) -> "MasterKey":
        """Make a master key and write it to `path`, readable and writable by its owner alone.

        Raises
        ------
        KeyFileError
            When there is a file of that name, which is never replaced, or the folder cannot be written.
        """
        return cls(write_raw(path, _KIND))

    @property
    def id(self) -> str:
        """First 16 hexadecimal digits of a digest of the key, which say nothing about it."""
        return hashlib.sha256(b"garant master key " + self._raw).hexdigest()[:16]

    def derive(self, purpose: str) -> bytes:
        """Key of 32 bytes for one purpose; says nothing about the master key nor about those of other purposes."""
        return hmac.digest(self._raw, f"garant {purpose}".encode(), "sha256")

    def wrap(self, key: bytes, about: bytes) -> bytes:
        """Close another key with this one; `about` says whose key it is, and is needed to open it."""
        return seal(self._wrapping, key, about)

    def unwrap(self, wrapped: bytes, about: bytes) -> bytes:
        """Open what `wrap` closed.

        Raises
        ------
        WrongKeyError
            When it was closed with another key or for somebody else, or was changed since.
        """
        return unseal(self._wrapping, wrapped, about)

    @cached_property
    def _wrapping(self) -> bytes:
        return self.derive("wrapping")
