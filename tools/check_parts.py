"""Require that a list of parts (CycloneDX) names this version of garant, each package of the lock, and nothing else.

    python tools/check_parts.py requirements/core.txt sbom/garant.cdx.json 0.2.0

A list that was made from another environment is as well-formed as the right one. Exit code 1 lists what differs, 2
means that a file could not be read.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from check_audit import locked, normal


def problems(lock: dict[str, str], parts: dict[str, Any], version: str) -> list[str]:
    """Return what a list of parts says otherwise than the lock.

    Parameters
    ----------
    lock : dict
        Name → version.
    parts : dict
        The list, as CycloneDX JSON.
    version : str
        Of garant.
    """
    whole = parts["metadata"]["component"]
    found = {normal(part["name"]): str(part["version"]) for part in parts.get("components", ())}
    told = [] if (whole["name"], whole.get("version")) == ("garant", version) else [f"it is not of garant {version}"]
    told += [f"{name} {pin} is missing" for name, pin in lock.items() if found.get(name) != pin]
    return told + [f"{name} {pin} is not in the lock" for name, pin in found.items() if lock.get(name) != pin]


def main(arguments: list[str]) -> int:
    """Run the command line; return the exit code."""
    if len(arguments) != 3:  # noqa: PLR2004 - lock, list, version
        print("parts: which? python tools/check_parts.py requirements/core.txt sbom/garant.cdx.json VERSION")
        return 2
    try:
        lock = locked(Path(arguments[0]).read_text(encoding="utf-8"))
        parts = json.loads(Path(arguments[1]).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"parts: {error}")
        return 2
    found = problems(lock, parts, arguments[2])
    print(*found, sep="\n") if found else print(f"parts: {len(lock)} packages in {arguments[1]}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
