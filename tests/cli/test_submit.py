"""garant run by its path, as spark-submit does."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

import garant
from garant.cli import submit
from garant.cli.submit import commands_of, job_code, submitted
from garant.exceptions import UsageError

ENTRY = Path(garant.__file__).with_name("__main__.py")


def started(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
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
    assert started("--version").stdout.strip() == garant.__version__
    wrong = started("scores")
    assert wrong.returncode == 2
    assert "Did you mean" in wrong.stderr


@pytest.mark.parametrize("safe", ["", "1"])
def test_what_lies_beside_it_hides_no_package_of_the_same_name(tmp_path: Path, safe: str) -> None:
    said = "import atexit, sys\natexit.register(lambda: print(*sys.path, sep='\\n'))\n"
    (tmp_path / "sitecustomize.py").write_text(said)
    beside = os.pathsep.join([str(tmp_path), str(ENTRY.parents[1])])
    done = started("--version", PYTHONPATH=beside, PYTHONSAFEPATH=safe)
    assert done.returncode == 0, done.stderr
    places = done.stdout.splitlines()
    assert str(ENTRY.parents[1]) in places
    assert str(ENTRY.parent) not in places


def test_a_job_of_several_commands_is_taken_apart() -> None:
    assert commands_of(["score", "A", "--then", "pca", "B"]) == [["score", "A"], ["pca", "B"]]
    assert commands_of(["score", "A"]) == [["score", "A"]]
    assert commands_of([]) == [[]]
    for words in (["--then", "pca"], ["score", "--then"], ["score", "--then", "--then", "pca"]):
        with pytest.raises(UsageError, match="A command is missing"):
            commands_of(words)


@pytest.mark.parametrize(
    ("codes", "of_job", "n_run"), [([0, 0], 0, 2), ([1, 1], 0, 2), ([3, 0], 3, 1), ([0, 2], 2, 2), ([143, 0], 143, 1)]
)
def test_the_first_command_that_fails_ends_the_job(
    codes: list[int], of_job: int, n_run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []

    def command(words: list[str]) -> int:
        ran.append(words)
        return codes[len(ran) - 1]

    monkeypatch.setattr(submit, "run", command)
    assert submitted(["score", "A", "--then", "pca", "B"]) == of_job
    assert len(ran) == n_run


def test_commands_of_one_job_share_a_session_of_spark(monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []

    @contextmanager
    def session() -> Generator[None]:
        happened.append("open")
        yield
        happened.append("closed")

    def command(words: list[str]) -> int:
        happened.append(words[0])
        return 0

    monkeypatch.setattr(submit, "run", command)
    monkeypatch.setattr(submit, "_one_session", session)
    spark = ["--engine", "spark"]
    assert submitted(["score", *spark, "--then", "pca", *spark]) == 0
    assert happened == ["open", "score", "pca", "closed"]
    happened.clear()
    assert submitted(["score", *spark]) == 0, "one command opens what it needs by itself"
    assert submitted(["score", "--then", "pca"]) == 0
    assert happened == ["score", "score", "pca"]


def test_rules_of_the_lender_that_cannot_be_had_end_the_job(capsys: pytest.CaptureFixture[str]) -> None:
    assert submitted(["--policy-from", "here.toml", "score"]) == 2
    assert "expected a place in a bucket" in capsys.readouterr().err
