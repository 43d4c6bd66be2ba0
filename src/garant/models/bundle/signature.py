"""``bundle.sig``: an Ed25519 signature over the exact bytes of ``bundle.json``."""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from garant.exceptions import BundleError, BundleFormatError, BundleSignatureError, UsageError
from garant.keys import PrivateKey, PublicKey, read_key, read_or_new_key
from garant.models.bundle.content_text import REMEDY, json_object
from garant.models.bundle.part import Part
from garant.settings import Settings
from garant.storage import canonical_json

SIGNATURE_FILE = "bundle.sig"

FORMAT = 1
"""Format of ``bundle.sig``, apart from that of ``bundle.json``."""

_MOST_BYTES = 10_000
_SIGNATURE_BYTES = 64


class SignatureEntry(Part):
    """What ``bundle.sig`` says.

    Parameters
    ----------
    format : int
        Version of this file.
    algorithm : str
        ``ed25519``.
    key_id, public_key : str
        Id and line of the key that signed. They name the key and prove nothing: settings say which keys are trusted.
    development : bool
        Whether a development key signed. The signature covers it.
    signature : str
        Base64 of the 64 bytes.
    """

    format: Literal[1] = FORMAT
    algorithm: Literal["ed25519"] = "ed25519"
    key_id: str
    public_key: str
    development: bool
    signature: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed a ``bundle.json``, after the signature was found to fit.

    Parameters
    ----------
    key : PublicKey
        The key that signed.
    development : bool
        Whether it is the development key of some machine.
    """

    key: PublicKey
    development: bool


@dataclass(frozen=True, slots=True)
class Signer:
    """A key to sign bundles with.

    Parameters
    ----------
    key : PrivateKey
        The key.
    development : bool
        Whether signatures are marked as those of a development key.
    """

    key: PrivateKey
    development: bool

    @classmethod
    def of(cls, settings: Settings, key_file: Path | None = None) -> "Signer":
        """Signer with the key in `key_file`; by default with the development key, which is made at first need.

        Raises
        ------
        KeyFileError
            When a key cannot be read, is open to others, or cannot be made.
        """
        if key_file is None:
            return cls(read_or_new_key(settings.development_key), development=True)
        key = read_key(key_file)
        own = settings.development_key
        return cls(key, development=own.is_file() and read_key(own).public == key.public)

    @property
    def signature(self) -> Signature:
        """Who a bundle is signed by when this signer has signed it."""
        return Signature(self.key.public, self.development)

    def sign(self, text: bytes) -> bytes:
        """Bytes of the ``bundle.sig`` for the ``bundle.json`` with the bytes `text`."""
        signature = self.key.sign(_message(text, development=self.development))
        public = self.key.public
        entry = SignatureEntry(
            key_id=public.id,
            public_key=public.text,
            development=self.development,
            signature=base64.b64encode(signature).decode(),
        )
        return canonical_json(entry.model_dump()).encode()


def read_signature(folder: Path, text: bytes) -> Signature:
    """Who signed `text`, the bytes of ``bundle.json`` in `folder`, as ``bundle.sig`` beside it proves.

    Whether that key is trusted is another question, see `garant.models.bundle.trust`.

    Raises
    ------
    BundleSignatureError
        When there is no signature, it cannot be read, or it is not the one of these bytes.
    """
    path = folder / SIGNATURE_FILE
    entry = _entry(_bytes(path, folder), where=str(path))
    try:
        key = PublicKey.parse(entry.public_key)
    except UsageError as error:
        raise _malformed(path, f"public_key: {error}") from error
    if key.id != entry.key_id:
        raise _malformed(path, f"key_id {entry.key_id!r} is not the id of public_key, {key.id}")
    signature = _decoded(entry.signature)
    if not key.signed(_message(text, development=entry.development), signature):
        raise BundleSignatureError(
            f"{folder}: bundle.json is not what key {key.id} signed: it was altered afterwards, or {SIGNATURE_FILE} "
            f"belongs to another bundle. {REMEDY}",
            rule="altered",
        )
    return Signature(key, entry.development)


def _message(text: bytes, *, development: bool) -> bytes:
    """What is signed: a prefix that no other use of the key shares, then the bytes.

    The prefix tells a development signature too, so that the mark cannot be taken off.
    """
    kind = b"development" if development else b"release"
    return b"garant bundle.json " + kind + b" signature 1\n" + text


def _bytes(path: Path, folder: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise BundleSignatureError(
            f"{folder}: is not signed (no {SIGNATURE_FILE}), so nothing tells who made it. If you know that it "
            f"is yours, sign it: `garant bundle sign {folder} --key FILE` (without --key for this machine alone).",
            rule="unsigned",
        ) from error
    except OSError as error:
        raise BundleError(f"{path}: cannot be read ({error.strerror or error}).") from error


def _entry(data: bytes, *, where: str) -> SignatureEntry:
    if len(data) > _MOST_BYTES:
        raise _malformed(where, f"it has more than {_MOST_BYTES} bytes")
    try:
        found = json_object(data, where=where)
    except BundleFormatError as error:
        raise BundleSignatureError(str(error), rule="malformed") from error
    version = found.get("format")
    if type(version) is int and version > FORMAT:
        raise BundleSignatureError(
            f"{where}: has format {version}, this garant reads {FORMAT}. Install the garant that wrote it.",
            rule="newer",
        )
    try:
        # Strictly, and so that true is no 1: equality alone would let it pass.
        return SignatureEntry.model_validate({**found, "format": version if type(version) is int else None})
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        raise _malformed(where, wrong) from error


def _decoded(text: str) -> bytes:
    """Bytes of a signature; none when the text is not the one spelling of 64 bytes."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if len(data) == _SIGNATURE_BYTES and base64.b64encode(data).decode() == text else b""


def _malformed(where: Path | str, wrong: str) -> BundleSignatureError:
    return BundleSignatureError(f"{where}: is no signature that garant wrote ({wrong}). {REMEDY}", rule="malformed")
