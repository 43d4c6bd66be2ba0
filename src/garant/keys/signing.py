"""Ed25519 keys, which sign bundles: private ones in files that only their owner reads, public ones as one line of text.

A public key is written ``ed25519:<base64 of its 32 bytes>`` and named by its id, the first 16 hexadecimal digits of the
sha256 of those bytes.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from garant.exceptions import KeyFileError, UsageError
from garant.keys.key_file import read_closed, write_new

_PREFIX = "ed25519:"
_PUBLIC_BYTES = 32


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key.

    Parameters
    ----------
    raw : bytes
        Its 32 bytes.
    """

    raw: bytes

    @classmethod
    def parse(cls, text: str) -> "PublicKey":
        """Key of the line ``ed25519:<base64>``.

        Raises
        ------
        UsageError
            When the line is no public key.
        """
        encoded = text.strip().removeprefix(_PREFIX)
        try:
            raw = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        key = cls(raw)
        # Written back and compared: base64 has several spellings of the same bytes, and only one is accepted.
        if len(raw) != _PUBLIC_BYTES or key.text != text.strip():
            raise UsageError(
                f"{text!r} is no public key, expected ed25519: and 44 characters. `garant key show FILE` prints it."
            )
        return key

    @property
    def text(self) -> str:
        """The line that settings and ``bundle.sig`` hold."""
        return _PREFIX + base64.b64encode(self.raw).decode()

    @property
    def id(self) -> str:
        """First 16 hexadecimal digits of the sha256 of the key."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is the one of `message` by this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A private key; its text never shows the secret part."""

    _key: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> PublicKey:
        """The public key that belongs to it."""
        return PublicKey(self._key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Signature of `message`, 64 bytes; the same for the same message."""
        return self._key.sign(message)


def new_key(path: Path) -> PrivateKey:
    """Make a private key and write it to `path`, readable and writable by its owner alone.

    Raises
    ------
    KeyFileError
        When there is a file of that name, which is never replaced, or the folder cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_new(path, pem, lost="what it signed would be lost")
    return PrivateKey(key)


def read_key(path: Path) -> PrivateKey:
    """Private key in the file `path`.

    Raises
    ------
    KeyFileError
        When the file is missing, readable by others than its owner, or holds anything but one Ed25519 private key as
        PEM without a password.
    """
    expected = "Expected an Ed25519 private key as PEM (PKCS8, no password). Make one with `garant key new FILE`."
    pem = read_closed(path, expected=expected)
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError as error:
        raise KeyFileError(f"{path}: is protected by a password. {expected}") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFileError(f"{path}: holds no private key. {expected}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{path}: holds a key of another kind ({type(key).__name__}). {expected}")
    return PrivateKey(key)


def read_or_new_key(path: Path) -> PrivateKey:
    """Private key in the file `path`, made first when there is none.

    Raises
    ------
    KeyFileError
        As `read_key` and `new_key`.
    """
    if path.exists():
        return read_key(path)
    try:
        return new_key(path)
    except KeyFileError:
        # Another process was first.
        if path.exists():
            return read_key(path)
        raise
