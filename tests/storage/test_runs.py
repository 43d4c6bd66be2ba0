"""Committed runs on a local disk."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from garant.exceptions import RunError
from garant.storage import LocalRuns, Run, sha256_file

KILLED_AT = ["storage.attempt", "storage.rename", "storage.commit", "storage.marked", "storage.pointer"]
"""Each at its first pass: the first rename is that of the manifest."""


def write_scores(runs: LocalRuns, run_id: str, text: str) -> Run:
    """Start an attempt that holds one file."""
    run = runs.start(run_id)
    (run.folder / "scores").mkdir()
    (run.folder / "scores" / "part.txt").write_text(text)
    return run


def test_a_reader_finds_a_run_through_the_pointer_only_after_the_commit(tmp_path: Path) -> None:
    runs = LocalRuns(tmp_path)
    run = write_scores(runs, "abc", "one")
    with pytest.raises(RunError, match="no committed run"):
        runs.current()
    runs.commit(run, {"rows": 1})
    found = LocalRuns(tmp_path).current()
    assert found == run
    assert found.manifest["rows"] == 1
    part = found.folder / "scores" / "part.txt"
    assert found.manifest["files"]["scores/part.txt"] == {"bytes": 3, "sha256": sha256_file(part)}


def test_of_two_writers_of_one_run_the_first_to_commit_wins(tmp_path: Path) -> None:
    runs, others = LocalRuns(tmp_path), LocalRuns(tmp_path)
    first, second = write_scores(runs, "abc", "one"), write_scores(others, "abc", "two")
    assert first.attempt != second.attempt
    assert others.commit(second, {}) == second
    assert runs.commit(first, {}) == second
    assert runs.current() == second
    assert not first.folder.exists()


def test_many_writers_at_once_agree_on_one_attempt(tmp_path: Path) -> None:
    def write(number: int) -> Run:
        runs = LocalRuns(tmp_path)
        return runs.commit(write_scores(runs, "abc", str(number)), {})

    with ThreadPoolExecutor(8) as pool:
        winners = set(pool.map(write, range(8)))
    assert len(winners) == 1
    assert LocalRuns(tmp_path).current() in winners


def test_a_committed_attempt_is_never_taken_for_the_rest_of_a_dead_writer(tmp_path: Path) -> None:
    runs = LocalRuns(tmp_path)
    done = runs.commit(write_scores(runs, "abc", "one"), {})
    assert LocalRuns(tmp_path).start("abc").attempt == 2
    assert (done.folder / "scores" / "part.txt").read_text() == "one"


def test_an_attempt_that_failed_leaves_nothing(tmp_path: Path) -> None:
    runs = LocalRuns(tmp_path)
    run = write_scores(runs, "abc", "one")
    runs.discard(run)
    assert not run.folder.exists()
    assert runs.start("abc").attempt == 1


@pytest.mark.parametrize("point", KILLED_AT)
def test_a_killed_commit_shows_nothing_half_done_and_the_next_try_gives_the_same(tmp_path: Path, point: str) -> None:
    script = (
        "import sys; from pathlib import Path; from garant.storage import *\n"
        "runs = LocalRuns(Path(sys.argv[1]))\n"
        "done = runs.committed('abc')\n"
        "if done is not None:\n    runs.point_to(done)\n    sys.exit()\n"
        "run = runs.start('abc')\n(run.folder / 'a.txt').write_text('1')\n"
        "runs.commit(run, {'rows': 1})"
    )

    def run(out: Path, **environment: str) -> int:
        command = [sys.executable, "-c", script, str(out)]
        return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode

    def content(out: Path) -> dict[str, bytes]:
        return {str(f.relative_to(out)): f.read_bytes() for f in out.rglob("*") if f.is_file()}

    assert run(tmp_path / "undisturbed") == 0
    assert run(tmp_path / "killed", GARANT_FAILPOINT=point) == -signal.SIGKILL
    assert not (tmp_path / "killed" / "current.json").exists()
    is_marked = (tmp_path / "killed" / "run_id=abc" / "COMMITTED").exists()
    assert is_marked == (point in {"storage.marked", "storage.pointer"})
    assert run(tmp_path / "killed") == 0
    found = {name: text for name, text in content(tmp_path / "killed").items() if ".partial" not in name}
    assert found == content(tmp_path / "undisturbed")
