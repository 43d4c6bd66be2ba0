"""Who is writing to a place in a bucket: a mark that says host and process, so that a dead writer is known as one."""

import json
import os
import platform
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

STALE_SECONDS = 3600.0
"""A writer elsewhere, of whom nobody can say whether it lives, is taken for dead after this time without a sign."""


def writer_mark(**more: object) -> bytes:
    """Mark of this process, different each time, with what `more` it wants to say."""
    mark = {
        "host": _host(),
        "pid": os.getpid(),
        "since": time.time(),
        "token": secrets.token_hex(8),
        **more,
    }
    return json.dumps(mark, sort_keys=True).encode()


def read_mark(content: bytes) -> dict[str, Any]:
    """What a mark says; empty when it is none."""
    with suppress(ValueError):
        found = json.loads(content)
        if isinstance(found, dict):
            return cast("dict[str, Any]", found)
    return {}


def is_here(mark: dict[str, Any]) -> bool:
    """Whether the writer is or was a process of this machine, of which it can be told whether it lives."""
    return mark.get("host") == _host() and isinstance(mark.get("pid"), int)


def is_dead(mark: dict[str, Any]) -> bool:
    """Whether the writer is a process of this machine that is no more."""
    if not is_here(mark):
        return False
    try:
        os.kill(mark["pid"], 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def is_silent(mark: dict[str, Any], seconds: float = STALE_SECONDS) -> bool:
    """Whether the writer gave no sign for so long that it is taken for dead."""
    since = mark.get("since")
    return not isinstance(since, int | float) or time.time() - since > seconds


def describe(mark: dict[str, Any]) -> str:
    """Who it is, for a message."""
    node = str(mark.get("host", "unknown")).partition(" ")[0]
    since = mark.get("since")
    when = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(since)) if isinstance(since, int | float) else "unknown"
    return f"process {mark.get('pid', 'unknown')} on {node}, since {when}"


def _host() -> str:
    """Name of this machine, its boot and its space of process numbers: two containers may share the first."""
    known = [platform.node()]
    with suppress(OSError):
        known.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        known.append(str(Path("/proc/self/ns/pid").stat().st_ino))
    return " ".join(known)
