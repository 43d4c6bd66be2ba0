"""Files of secret keys: readable and writable by their owner alone, never replaced, never half written."""

import base64
import binascii
import os
import secrets
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from garant.exceptions import KeyFileError

_MOST_BYTES = 10_000
"""A key has at most about 120 bytes; anything far larger is another file."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def write_new(path: Path, content: bytes, *, lost: str) -> None:
    """Write the new file `path` with mode 0600; `lost` says what would be if an older one were replaced.

    Raises
    ------
    KeyFileError
        When there is a file of that name, or the folder cannot be written.
    """
    temporary = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)
        # A hard link fails when the name exists, so of two writers one wins and neither leaves half a key.
        path.hardlink_to(temporary)
    except FileExistsError as error:
        message = f"{path}: is there already, and a key is never replaced: {lost}. Choose another name."
        raise KeyFileError(message) from error
    except OSError as error:
        raise KeyFileError(f"{path}: cannot be written ({error.strerror or error}). Choose another folder.") from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink()


def read_closed(path: Path, *, expected: str) -> bytes:
    """First bytes of the file `path`, more than any key has; `expected` says what it should hold.

    Raises
    ------
    KeyFileError
        When the file is missing, or readable by others than its owner.
    """
    try:
        with path.open("rb") as stream:
            # Of the open file, not of the name: nothing can be exchanged between looking and reading.
            mode = os.fstat(stream.fileno()).st_mode
            content = stream.read(_MOST_BYTES)
    except OSError as error:
        raise KeyFileError(f"{path}: cannot be read ({error.strerror or error}). {expected}") from error
    if mode & _OTHERS:
        raise KeyFileError(
            f"{path}: others than its owner may use it (mode {stat.S_IMODE(mode):04o}), so it may be known to them. "
            f"Make a new key, or close it with `chmod 600 {path}` if nobody else was on this machine."
        )
    return content


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyKind:
    """A kind of random key that stands in a file of its own, as a word that names the kind and the key in base64.

    Parameters
    ----------
    prefix : bytes
        The word, with its colon.
    n_bytes : int
        Length of the key.
    name : str
        What it is, for messages.
    lost : str
        What would be lost with it.
    expected : str
        What the file should be, and what to do without it.
    """

    prefix: bytes
    n_bytes: int
    name: str
    lost: str
    expected: str


def read_raw(path: Path, kind: KeyKind) -> bytes:
    """Key in the file `path`.

    Raises
    ------
    KeyFileError
        When the file is missing, readable by others than its owner, or holds no key of this kind.
    """
    raw = raw_of(read_closed(path, expected=kind.expected).strip(), kind)
    if raw is None:
        raise KeyFileError(f"{path}: holds no {kind.name}. {kind.expected}")
    return raw


def raw_of(content: bytes, kind: KeyKind) -> bytes | None:
    """Key that stands in the content of a file; None when it is none of this kind."""
    try:
        raw = base64.b64decode(content.removeprefix(kind.prefix), validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if content.startswith(kind.prefix) and len(raw) == kind.n_bytes else None


def write_raw(path: Path, kind: KeyKind) -> bytes:
    """Make a key and write it to `path`, readable and writable by its owner alone.

    Raises
    ------
    KeyFileError
        When there is a file of that name, which is never replaced, or the folder cannot be written.
    """
    raw = secrets.token_bytes(kind.n_bytes)
    write_new(path, kind.prefix + base64.b64encode(raw) + b"\n", lost=kind.lost)
    return raw
