"""A list of parts counts only when it names garant's version and the packages of the lock."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Judge = Callable[..., tuple[int, str]]
LOCK = "jinja2==3.1.6 \\\n    --hash=sha256:11\nnumpy==2.4.6 \\\n    --hash=sha256:22\n"
WHOLE = (("Jinja2", "3.1.6"), ("numpy", "2.4.6"))


@pytest.fixture
def judge(project: Path, tmp_path: Path) -> Judge:
    def judged(components: tuple[tuple[str, str], ...], version: str | None = "0.2.0") -> tuple[int, str]:
        whole = {"name": "garant", **({"version": version} if version else {})}
        parts = {
            "bomFormat": "CycloneDX",
            "metadata": {"component": whole},
            "components": [{"name": name, "version": number} for name, number in components],
        }
        (tmp_path / "lock.txt").write_text(LOCK, encoding="utf-8")
        (tmp_path / "parts.json").write_text(json.dumps(parts), encoding="utf-8")
        command = [sys.executable, project / "tools" / "check_parts.py", tmp_path / "lock.txt", tmp_path / "parts.json"]
        done = subprocess.run([*command, "0.2.0"], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return judged


def test_a_list_of_the_whole_lock_is_accepted(judge: Judge):
    assert judge(WHOLE)[0] == 0


@pytest.mark.parametrize(
    ("components", "version", "said"),
    [
        (WHOLE[:1], "0.2.0", "numpy 2.4.6 is missing\n"),
        ((*WHOLE, ("pip", "26")), "0.2.0", "pip 26 is not in the lock\n"),
        (WHOLE, "0.1.0", "it is not of garant 0.2.0\n"),
        (WHOLE, None, "it is not of garant 0.2.0\n"),
    ],
    ids=["left out", "not locked", "another version", "no version"],
)
def test_anything_else_ends_with_1(judge: Judge, components: tuple[tuple[str, str], ...], version: str, said: str):
    assert judge(components, version) == (1, said)
