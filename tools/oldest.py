"""Print the tools of the tests at their locked versions: what `requirements/oldest.txt` keeps while the rest goes down.

    python3 tools/oldest.py

A test against the oldest allowed dependencies asks whether garant works with them, not whether pytest does. So each
package that only a dependency group of pyproject.toml names stays at its version of requirements/all.txt; one that
garant asks for itself, in an extra or at its core, is left out here and resolved to the lowest version it allows.
`tools/lock.sh` reads this. Standard library only.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
GROUPS: Final = ("build", "pyspark", "dev")


def name_of(requirement: str) -> str:
    """Return the normal name of a requirement, without version, extra and marker."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement.strip(), maxsplit=1)[0]).lower()


def extras_of(requirement: str) -> str:
    """Return the extras of a requirement with their brackets, or nothing."""
    found = re.search(r"\[[^\]]*\]", requirement)
    return found[0] if found else ""


def kept(pyproject: str, lock: str) -> list[str]:
    """Return the pins of what only groups name.

    Parameters
    ----------
    pyproject, lock : str
        Texts of pyproject.toml and of requirements/all.txt.
    """
    declared = tomllib.loads(pyproject)
    project = declared["project"]
    own = {name_of(line) for line in project["dependencies"]}
    own |= {name_of(line) for lines in project["optional-dependencies"].values() for line in lines}
    versions = dict(re.findall(r"^([\w.-]+)==([\w.]+)", lock, re.MULTILINE))
    groups = (declared["dependency-groups"][group] for group in GROUPS)
    tools = sorted({line for group in groups for line in group if isinstance(line, str)}, key=name_of)
    return [
        f"{name_of(line)}{extras_of(line)}=={versions[name_of(line)]}" for line in tools if name_of(line) not in own
    ]


def main() -> int:
    """Print the pins; return the exit code."""
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("pyproject.toml", "requirements/all.txt")]
    print(*kept(*texts), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
