"""What zizmor (attacks) and actionlint (shape) say of the workflows: nothing; each defect planted in a copy is told."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workflow_files import NAMES, workflows

PROGRAMS = Path(sys.executable).parent


def zizmor(folder: Path) -> list[str]:
    """Names of what the strictest sensible persona finds; exceptions that a line explains are left aside."""
    options = ("--offline", "--quiet", "--persona=pedantic", "--strict-collection", "--no-config", "--format=json")
    done = subprocess.run([PROGRAMS / "zizmor", *options, folder], capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return [finding["ident"] for finding in json.loads(done.stdout) if not finding["ignored"]]


def actionlint(folder: Path) -> list[str]:
    """Kinds of what is wrong; shellcheck and pyflakes are left out, since not every machine has them."""
    options = ("-no-color", "-oneline", "-shellcheck=", "-pyflakes=")
    files = sorted((folder / "workflows").glob("*.yml"))
    done = subprocess.run(
        [PROGRAMS / "actionlint", *options, *files], cwd=folder.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 1}, done.stderr
    return re.findall(r"\[([\w-]+)\]$", done.stdout, re.MULTILINE)


@pytest.fixture(scope="session")
def github(project: Path) -> Path:
    folder = project / ".github"
    if not folder.is_dir():
        pytest.skip("an unpacked source archive holds no workflows")
    return folder


@pytest.fixture
def copy(github: Path, tmp_path: Path) -> Path:
    """A copy that a defect is planted in."""
    return Path(shutil.copytree(github, tmp_path / ".github"))


def plant(copy: Path, name: str, found: str, put: str) -> None:
    """Put a defect in the place of the first match."""
    file = copy / "workflows" / f"{name}.yml"
    text, count = re.subn(found, lambda match: match.expand(put), file.read_text(encoding="utf-8"), count=1)
    assert count == 1, "the defect found no place"
    file.write_text(text, encoding="utf-8")


def test_the_five_workflows_are_there(project: Path, github: Path):
    assert [workflow.name for workflow in workflows(project)] == list(NAMES)
    assert (github / "dependabot.yml").is_file()


def test_zizmor_finds_nothing(github: Path):
    assert zizmor(github) == []


def test_actionlint_finds_nothing(github: Path):
    assert actionlint(github) == []


CHECKOUT = r"actions/checkout@[0-9a-f]{40} # v[\d.]+"

ATTACKS = {
    "a title of a pull request in a shell": (
        r"run: make lint\n",
        'run: echo "${{ github.event.pull_request.title }}"\n',
        "template-injection",
    ),
    "an action by a tag that can move": (CHECKOUT, "actions/checkout@v7", "unpinned-uses"),
    "all rights for every job": (r"permissions: \{\}", "permissions: write-all", "excessive-permissions"),
    "a right that nobody explained": (
        r"permissions:\n      contents: read\n",
        "permissions:\n      contents: write\n",
        "undocumented-permissions",
    ),
    "a token left on the disk": (
        r"        with:\n          persist-credentials: false\n",
        "",
        "artipacked",
    ),
    "somebody else's code with our rights": (r"\n  pull_request:", "\n  pull_request_target:", "dangerous-triggers"),
    "runs that nothing bounds": (r"concurrency:\n  group: .*\n  cancel.*\n", "", "concurrency-limits"),
}


@pytest.mark.parametrize("defect", ATTACKS)
def test_a_planted_attack_is_told_by_zizmor(copy: Path, defect: str):
    found, put, told = ATTACKS[defect]
    plant(copy, "ci", found, put)

    assert told in zizmor(copy)


def test_a_password_for_the_index_is_told_by_zizmor(copy: Path):
    plant(copy, "release", r"          packages-dir: dist\n", "          password: ${{ secrets.TOKEN }}\n\\g<0>")

    assert "use-trusted-publishing" in zizmor(copy)


def test_an_update_on_the_day_it_appears_is_told_by_zizmor(copy: Path):
    file = copy / "dependabot.yml"
    file.write_text(re.sub(r"    cooldown:\n.*\n", "", file.read_text(encoding="utf-8")), encoding="utf-8")

    assert "dependabot-cooldown" in zizmor(copy)


MISSHAPEN = {
    "a runner that does not exist": (r"runs-on: ubuntu-24.04", "runs-on: ubuntu-24.4", "runner-label"),
    "a job that waits for nobody": (r"  rules:\n", "  rules:\n    needs: absent\n", "job-needs"),
    "a context that is not there": (r"matrix\.python \}\}", "matrix.snake }}", "expression"),
    "a word that nobody knows": (r"timeout-minutes: 20", "timeout: 20", "syntax-check"),
    "a title of a pull request in a shell": (
        r"run: make lint\n",
        'run: echo "${{ github.event.pull_request.title }}"\n',
        "expression",
    ),
}


@pytest.mark.parametrize("defect", MISSHAPEN)
def test_a_planted_mistake_is_told_by_actionlint(copy: Path, defect: str):
    found, put, told = MISSHAPEN[defect]
    plant(copy, "ci", found, put)

    assert told in actionlint(copy)


def test_a_time_that_is_none_is_told_by_actionlint(copy: Path):
    plant(copy, "scheduled", r'cron: "17 4 \* \* 1"', 'cron: "61 4 * * 1"')

    assert "events" in actionlint(copy)
