"""garant run by its path, as spark-submit does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import garant
from garant.cli.submit import job_code

ENTRY = Path(garant.__file__).with_name("__main__.py")


def submitted(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    variables = {**os.environ, **environment}
    return subprocess.run(
        [sys.executable, ENTRY, *arguments], capture_output=True, text=True, env=variables, check=False
    )


@pytest.mark.parametrize(
    ("command", "code", "of_job"),
    [
        (["score", "DATA"], 1, 0),
        (["pca", "DATA"], 1, 0),
        (["feature", "build", "DATA"], 0, 0),
        (["score", "DATA"], 3, 3),
        (["run", "verify"], 1, 1),
        (["check", "DATA"], 1, 1),
        ([], 0, 0),
    ],
)
def test_a_job_is_done_when_rows_were_set_aside_and_fails_by_all_else(
    command: list[str], code: int, of_job: int
) -> None:
    assert job_code(command, code) == of_job


def test_it_is_the_program_with_its_errors_and_exit_codes() -> None:
    assert submitted("--version").stdout.strip() == garant.__version__
    wrong = submitted("scores")
    assert wrong.returncode == 2
    assert "Did you mean" in wrong.stderr


@pytest.mark.parametrize("safe", ["", "1"])
def test_what_lies_beside_it_hides_no_package_of_the_same_name(tmp_path: Path, safe: str) -> None:
    said = "import atexit, sys\natexit.register(lambda: print(*sys.path, sep='\\n'))\n"
    (tmp_path / "sitecustomize.py").write_text(said)
    beside = os.pathsep.join([str(tmp_path), str(ENTRY.parents[1])])
    done = submitted("--version", PYTHONPATH=beside, PYTHONSAFEPATH=safe)
    assert done.returncode == 0, done.stderr
    places = done.stdout.splitlines()
    assert str(ENTRY.parents[1]) in places
    assert str(ENTRY.parent) not in places
