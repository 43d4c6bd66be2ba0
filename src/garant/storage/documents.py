"""JSON documents and digests."""

import hashlib
import json
from pathlib import Path
from typing import Any

from garant.exceptions import RunError
from garant.storage.durable import atomic_path

Json = Any
"""What ``json`` reads and writes."""


def write_json(path: Path, value: Json) -> None:
    """Write `value` as JSON with sorted keys, durably."""
    with atomic_path(path) as temporary:
        temporary.write_text(canonical_json(value), encoding="utf-8")


def read_json(path: Path) -> Json:
    """Read the JSON file `path`; raise RunError with its name when it is not readable."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: not a readable JSON file ({error}).") from error


def canonical_json(value: Json) -> str:
    """One text per value: sorted keys, two spaces, a final newline."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def sha256_file(path: Path) -> str:
    """Hexadecimal sha256 of the content of `path`."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_json(value: Json) -> str:
    """Hexadecimal sha256 of the canonical text of `value`."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
