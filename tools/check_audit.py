"""Require that pip-audit looked at every package of a lock, and found nothing.

    pip-audit --strict --require-hashes --disable-pip --requirement LOCK --format json --output AUDIT
    python tools/check_audit.py LOCK AUDIT

An audit that skipped packages, or read an empty list, is green by itself: here the names, the versions and the number
of what was audited must be those of the lock on this machine. Exit code 1 lists what differs or is known to be weak, 2
means that a file could not be read.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def locked(lock: str) -> dict[str, str]:
    """Return name → version of what a lock installs on this machine."""
    pins = (Requirement(line.split(" \\")[0]) for line in lock.splitlines() if re.match(r"[\w.-]+(\[.*?\])?==", line))
    return {
        normal(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pins
        if pin.marker is None or pin.marker.evaluate()
    }


def normal(name: str) -> str:
    """Return a name as packages are compared by."""
    return str(canonicalize_name(name))


def problems(lock: dict[str, str], audit: dict[str, Any]) -> list[str]:
    """Return what an audit left out, looked at in another version, or found.

    Parameters
    ----------
    lock : dict
        Name → version.
    audit : dict
        What pip-audit wrote as JSON.
    """
    entries = audit.get("dependencies", [])
    skipped = [f"{entry['name']} was skipped: {entry['skip_reason']}" for entry in entries if "skip_reason" in entry]
    audited = {normal(entry["name"]): str(entry["version"]) for entry in entries if "skip_reason" not in entry}
    found = list(skipped)
    if len(audited) != len(lock):
        found.append(f"{len(audited)} packages were audited, the lock has {len(lock)}")
    found += [f"{name} {version} was not audited" for name, version in lock.items() if audited.get(name) != version]
    found += [f"{name} {version} is not in the lock" for name, version in audited.items() if lock.get(name) != version]
    for entry in entries:
        for weakness in entry.get("vulns", []):
            fixed = ", ".join(weakness.get("fix_versions", [])) or "no version"
            found.append(f"{entry['name']} {entry['version']}: {weakness['id']}, mended in {fixed}")
    return found


def main(arguments: list[str]) -> int:
    """Run the command line; return the exit code."""
    if len(arguments) != 2:  # noqa: PLR2004 - lock and audit
        print("audit: which files? python tools/check_audit.py requirements/all.txt audit.json")
        return 2
    try:
        lock = locked(Path(arguments[0]).read_text(encoding="utf-8"))
        audit = json.loads(Path(arguments[1]).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"audit: {error}")
        return 2
    if not lock:
        print(f"audit: {arguments[0]} names no package")
        return 2
    found = problems(lock, audit)
    print(*found, sep="\n") if found else print(f"audit: {len(lock)} packages of {arguments[0]}, nothing known")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
