"""An audit counts only when it looked at every package of the lock."""

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Judge = Callable[..., tuple[int, str]]

LOCK = """# Made by a tool.
absent==1.0 ; sys_platform == 'nowhere' \\
    --hash=sha256:00
jinja2==3.1.6 \\
    --hash=sha256:11
typing-extensions==4.16.0 ; python_version >= '3' \\
    --hash=sha256:22
"""


@pytest.fixture(scope="module")
def script(project: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_audit", project / "tools" / "check_audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def entry(name: str, version: str, *weak: str) -> dict[str, Any]:
    """As pip-audit 2.10 writes it."""
    return {"name": name, "version": version, "vulns": [{"id": one, "fix_versions": ["9.9"]} for one in weak]}


WHOLE = [entry("Jinja2", "3.1.6"), entry("typing_extensions", "4.16.0")]


@pytest.fixture
def judge(script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Judge:
    def judged(dependencies: list[dict[str, Any]], lock: str = LOCK) -> tuple[int, str]:
        (tmp_path / "lock.txt").write_text(lock, encoding="utf-8")
        (tmp_path / "audit.json").write_text(json.dumps({"dependencies": dependencies, "fixes": []}), encoding="utf-8")
        code = script.main([str(tmp_path / "lock.txt"), str(tmp_path / "audit.json")])
        return code, capsys.readouterr().out

    return judged


def test_an_audit_of_the_whole_lock_without_a_finding_is_accepted(judge: Judge):
    code, said = judge(WHOLE)

    assert (code, said.split(" of ")[0]) == (0, "audit: 2 packages")


@pytest.mark.parametrize(
    ("dependencies", "said"),
    [
        (WHOLE[:1], "1 packages were audited, the lock has 2\ntyping-extensions 4.16.0 was not audited\n"),
        (
            [WHOLE[0], {"name": "typing-extensions", "skip_reason": "no answer"}],
            "typing-extensions was skipped: no answer",
        ),
        ([WHOLE[0], entry("typing-extensions", "4.15.0")], "typing-extensions 4.16.0 was not audited"),
        ([*WHOLE, entry("other", "1")], "3 packages were audited, the lock has 2\nother 1 is not in the lock\n"),
        ([WHOLE[1], entry("jinja2", "3.1.6", "PYSEC-1")], "jinja2 3.1.6: PYSEC-1, mended in 9.9\n"),
        ([], "0 packages were audited, the lock has 2"),
    ],
    ids=["left out", "skipped", "another version", "not locked", "weak", "empty"],
)
def test_anything_else_ends_with_1_and_says_what(judge: Judge, dependencies: list[dict[str, Any]], said: str):
    code, told = judge(dependencies)

    assert code == 1
    assert said in told


def test_a_lock_without_packages_and_a_missing_audit_are_misuse(judge: Judge, script: ModuleType, tmp_path: Path):
    assert judge([], lock="# nothing\n")[0] == 2
    assert script.main([str(tmp_path / "lock.txt"), str(tmp_path / "absent.json")]) == 2


def test_every_lock_of_the_project_can_be_counted(script: ModuleType, project: Path):
    counts = {
        file.stem: len(script.locked(file.read_text(encoding="utf-8")))
        for file in (project / "requirements").glob("*.txt")
    }

    assert counts["core"] > 40
    assert counts["core"] < counts["job"] < counts["all"]
    assert counts["ci"] > 20
