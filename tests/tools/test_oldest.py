"""The lock of the oldest dependencies: garant's own go down, the tools of the tests stay."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version


def versions(project: Path, lock: str) -> dict[str, Version]:
    text = (project / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    pins = [Requirement(line.removesuffix(" \\")) for line in text.splitlines() if "==" in line and line[0] not in "# "]
    here = {"python_version": "3.11", "python_full_version": "3.11.9", "sys_platform": "linux"}
    return {
        pin.name.lower().replace("_", "-"): Version(str(pin.specifier)[2:])
        for pin in pins
        if pin.marker is None or pin.marker.evaluate(here)
    }


def declared(project: Path) -> list[Requirement]:
    said = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [
        Requirement(line)
        for line in [*said["dependencies"], *(one for extra in said["optional-dependencies"].values() for one in extra)]
    ]


@pytest.fixture(scope="module")
def oldest(project: Path) -> dict[str, Version]:
    return versions(project, "oldest")


def test_every_dependency_that_garant_names_is_there_and_allowed(project: Path, oldest: dict[str, Version]):
    wrong = [str(one) for one in declared(project) if oldest[one.name.lower()] not in one.specifier]

    assert not wrong


def test_most_of_them_are_at_the_version_that_is_named(project: Path, oldest: dict[str, Version]):
    named = {
        one.name.lower(): Version(spec.version)
        for one in declared(project)
        for spec in one.specifier
        if spec.operator == ">="
    }
    # One may stand higher where another asks for more, or where the version that is named was never published.
    higher = {name for name, floor in named.items() if oldest[name].release[: len(floor.release)] > floor.release}

    assert higher <= {"fastapi", "rich"}


def test_the_tools_of_the_tests_are_those_of_the_other_lock(project: Path, oldest: dict[str, Version]):
    command = [sys.executable, project / "tools" / "oldest.py"]
    kept = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    everything = versions(project, "all")
    names = {re.split(r"\[|==", line)[0] for line in kept}

    assert {"pytest", "hypothesis", "ruff", "zizmor"} <= names
    assert "pandas" not in names
    assert not [name for name in names if oldest[name] != everything[name]]


def test_nothing_in_it_is_newer_than_what_is_tested_every_day_by_name(project: Path, oldest: dict[str, Version]):
    everything = versions(project, "all")
    own = {one.name.lower() for one in declared(project)}

    assert not [name for name in own if oldest[name] > everything[name]]
    assert sum(oldest[name] < everything[name] for name in own) > len(own) / 2
