"""Templates of the platform as ``infra/app.py`` writes them, made in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from template_rules import Template

ROOT = Path(__file__).resolve().parents[1]

ACCOUNT, REGION = "111122223333", "eu-west-3"


@dataclass(frozen=True)
class Written:
    """What one call of ``infra/app.py`` wrote.

    Attributes
    ----------
    folder : Path
        Where.
    templates : mapping
        By the name of their stack.
    """

    folder: Path
    templates: Mapping[str, Template]


def run_program(program: Path, arguments: Sequence[str], **variables: str) -> str:
    """Run a program that has no credentials and reaches nothing; return what it said."""
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
    command = [sys.executable, str(program), *arguments]
    found = subprocess.run(
        command,
        env={**kept, **nowhere, **variables},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=300,
    )
    assert found.returncode == 0, found.stderr
    return found.stderr


def templates_of(folder: Path) -> dict[str, Template]:
    """Templates in a folder, by the name of their stack."""
    return {
        file.name.partition(".")[0]: json.loads(file.read_bytes()) for file in sorted(folder.glob("*.template.json"))
    }
