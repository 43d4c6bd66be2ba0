"""Which Java Spark runs on: 17 or 21, chosen here and not left to what happens to come first on the path."""

import os
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from garant.exceptions import MissingPartError

SUPPORTED = (17, 21)
"""Releases that Spark 4.1 supports; a later one fails inside Hadoop, at the first file."""

INSTALL = "sudo apt-get install -y openjdk-17-jre-headless"

_PLACES = (Path("/usr/lib/jvm"), Path("/Library/Java/JavaVirtualMachines"))


def java_home(environment: Mapping[str, str], *, places: Iterable[Path] = _PLACES) -> Path:
    """Home of a Java that Spark supports: JAVA_HOME if it is one, else the newest that the system has.

    Parameters
    ----------
    environment : mapping of str to str
        Environment, with JAVA_HOME and PATH.
    places : iterable of Path
        Folders in which a system keeps its Javas.

    Raises
    ------
    MissingPartError
        When there is none.
    """
    said = environment.get("JAVA_HOME")
    homes = [Path(said)] if said else []
    found = [home for place in places if place.is_dir() for home in _homes(place)]
    homes += sorted(found, key=lambda home: -(release(home) or 0))
    on_path = shutil.which("java", path=environment.get("PATH"))
    if on_path:
        homes.append(Path(os.path.realpath(on_path)).parents[1])
    for home in homes:
        if release(home) in SUPPORTED:
            return home
    seen = sorted({number for home in homes if (number := release(home)) is not None})
    there = f" (found: Java {', '.join(map(str, seen))})" if seen else ""
    raise MissingPartError(f"Spark needs Java 17 or 21{there}. Run: {INSTALL}")


def release(home: Path) -> int | None:
    """Main number of the Java in `home`, from the file ``release`` that every one has; None when it is none."""
    try:
        text = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(r'^JAVA_VERSION="(\d+)', text, re.MULTILINE)
    return int(found[1]) if found and (home / "bin" / "java").exists() else None


def _homes(place: Path) -> list[Path]:
    return [home for folder in sorted(place.iterdir()) for home in (folder, folder / "Contents" / "Home")]
