"""Workflows of the project, read: their jobs, the steps in them, and the words that they run."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

NAMES = ("ci", "deploy", "environment", "release", "scheduled")


@dataclass(frozen=True)
class Step:
    """One step of a job.

    Parameters
    ----------
    workflow, job : str
        Where it stands.
    said : mapping
        What it says.
    """

    workflow: str
    job: str
    said: Mapping[str, Any]

    @property
    def where(self) -> str:
        return f"{self.workflow}: {self.job}: {self.said.get('name')}"

    @property
    def script(self) -> str:
        """What a shell runs, its broken lines joined."""
        return re.sub(r"\\\n\s*", "", str(self.said.get("run", "")))

    @property
    def action(self) -> str:
        return str(self.said.get("uses", ""))


@dataclass(frozen=True)
class Workflow:
    """One file of .github/workflows."""

    file: Path

    @property
    def name(self) -> str:
        return self.file.stem

    @property
    def text(self) -> str:
        return self.file.read_text(encoding="utf-8")

    @property
    def said(self) -> dict[str, Any]:
        # YAML 1.1 reads the key `on` as a truth value.
        return {("on" if name is True else str(name)): value for name, value in yaml.safe_load(self.text).items()}

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        return dict(self.said["jobs"])

    def steps(self) -> Iterator[Step]:
        for name, job in self.jobs.items():
            for step in job.get("steps", ()):
                yield Step(self.name, name, step)


def workflows(project: Path) -> list[Workflow]:
    """Every workflow of the project."""
    return [Workflow(file) for file in sorted((project / ".github" / "workflows").glob("*.yml"))]


def steps(project: Path) -> list[Step]:
    """Every step of every workflow."""
    return [step for workflow in workflows(project) for step in workflow.steps()]
