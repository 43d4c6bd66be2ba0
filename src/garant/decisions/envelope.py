"""The part of a record that may be known, as bytes, and the leaf that a proof is made over.

``leaf = SHA256(0x00 || version || envelope || SHA256(digests of the payloads))``. The envelope says nothing about a
person and nothing about its place among others, so that leaves can be put in order later; it names the classes whose
payloads follow, whose digests stand in that order. Ciphertexts and keys can be destroyed: the leaf stays provable.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from garant.decisions.record import RetentionClass

LEAF_VERSION = 1

CLASS_ORDER = tuple(RetentionClass)
"""Order of the payloads of a record under its leaf."""

_LEAF = b"\x00"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf and what it was made of."""

    record: str
    version: int
    envelope: bytes
    payload_digests: bytes
    hash: bytes

    def row(self) -> dict[str, Any]:
        """As a row of the table ``leaves``."""
        return {
            "record": self.record,
            "version": self.version,
            "envelope": self.envelope,
            "payload_digests": self.payload_digests,
            "hash": self.hash,
        }


def time_text(at: datetime) -> str:
    """Time in UTC with microseconds, as the store keeps it: sorts as it happened.

    Raises
    ------
    ValueError
        When the time has no zone: nobody could tell when it was.
    """
    if at.tzinfo is None:
        raise ValueError("a recorded time needs a zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def envelope_of(kind: str, row: Mapping[str, Any], classes: Sequence[RetentionClass]) -> bytes:
    """Canonical JSON of a row in clear: sorted names, no spaces, UTF-8."""
    content = {"kind": kind, "version": LEAF_VERSION, "payloads": [str(name) for name in classes], **row}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def leaf_of(record: str, envelope: bytes, sealed: Sequence[bytes]) -> Leaf:
    """Leaf over `envelope` and the sealed payloads, given in the order of `CLASS_ORDER`."""
    digests = b"".join(hashlib.sha256(payload).digest() for payload in sealed)
    return Leaf(record, LEAF_VERSION, envelope, digests, leaf_hash(LEAF_VERSION, envelope, digests))


def leaf_hash(version: int, envelope: bytes, payload_digests: bytes) -> bytes:
    """Hash of a leaf from what is kept of it: what a verifier computes again."""
    return hashlib.sha256(_LEAF + bytes([version]) + envelope + hashlib.sha256(payload_digests).digest()).digest()


def bound_to(record: str, retention: RetentionClass, envelope: bytes) -> bytes:
    """What a payload is bound to when it is sealed: neither it nor a column in clear can be exchanged unseen."""
    return b"\0".join((record.encode(), retention.encode(), hashlib.sha256(envelope).digest()))
