"""Committed runs on a local disk."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from garant.exceptions import RunError, StorageError
from garant.storage import LocalRuns, Run, manifest_digest, read_json, sha256_file
from garant.storage.durable import lock_folder
from garant.storage.local_upkeep import LocalUpkeep
from garant.storage.runs import local_runs_around

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


def test_a_writer_that_has_committed_holds_nothing_any_more(tmp_path: Path) -> None:
    runs = LocalRuns(tmp_path)
    done = runs.commit(write_scores(runs, "abc", "one"), {})
    lock = lock_folder(done.folder)
    assert lock is not None
    os.close(lock)
    # A discarded attempt may be discarded again: whoever cleans up need not know who did before.
    run = runs.start("xyz")
    runs.discard(run)
    runs.discard(run)
    assert not run.folder.parent.exists()


def test_a_place_that_cannot_hold_a_run_is_said(tmp_path: Path) -> None:
    (tmp_path / "run_id=abc").write_text("a file")
    with pytest.raises(StorageError, match=r"cannot be written \(Not a directory\)"):
        LocalRuns(tmp_path).start("abc")


def full_at(point: str) -> Callable[[str], None]:
    """Let the disk be full at a step."""

    def failpoint(here: str) -> None:
        if here == point:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return failpoint


def test_a_commit_for_which_the_disk_is_too_full_leaves_nothing_of_its_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = LocalRuns(tmp_path)
    run = write_scores(runs, "abc", "one")
    monkeypatch.setattr("garant.storage.runs.failpoint", full_at("storage.commit"))
    with pytest.raises(StorageError, match=r"attempt=1: cannot be committed \(No space left on device\)"):
        runs.commit(run, {})
    assert not list(tmp_path.iterdir())


def test_a_disk_that_fills_up_once_the_run_is_committed_takes_nothing_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = LocalRuns(tmp_path)
    run = write_scores(runs, "abc", "one")
    with monkeypatch.context() as patch:
        patch.setattr("garant.storage.runs.failpoint", full_at("storage.marked"))
        with pytest.raises(StorageError, match="cannot be committed"):
            runs.commit(run, {})
    assert runs.committed("abc") == run
    assert (run.folder / "scores" / "part.txt").read_text() == "one"


def test_a_committed_run_whose_manifest_is_gone_is_an_error_and_no_run_to_be_made_again(tmp_path: Path) -> None:
    runs = LocalRuns(tmp_path)
    done = runs.commit(write_scores(runs, "abc", "one"), {})
    (done.folder / "manifest.json").unlink()
    with pytest.raises(RunError, match=r"manifest\.json"):
        runs.committed("abc")


def test_a_run_that_is_rewritten_while_it_is_looked_for_is_found_as_it_is_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, rewriter = LocalRuns(tmp_path), LocalUpkeep(tmp_path)
    old = runs.commit(write_scores(runs, "abc", "one"), {})
    rewritten: list[Run | None] = []

    def overtaken(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
        found = read_json(path)
        if path.name == "COMMITTED" and not rewritten:
            rewritten.append(None)
            new = rewriter.start("abc", after=1)
            rewritten[0] = rewriter.supersede(old, new, {}, kept=["scores/part.txt"])
            rewriter.settle("abc")
        return found

    monkeypatch.setattr("garant.storage.runs.read_json", overtaken)
    found = runs.committed("abc")
    assert found == rewritten[0]
    assert found is not None
    assert found.attempt == 2


def test_a_digest_of_a_manifest_speaks_of_the_content_and_not_of_the_attempt() -> None:
    assert manifest_digest({"rows": 1, "supersedes": [1]}) == manifest_digest({"rows": 1})
    assert manifest_digest({"rows": 2}) != manifest_digest({"rows": 1})


def test_the_folder_of_runs_is_found_from_itself_and_from_an_attempt(tmp_path: Path) -> None:
    runs = LocalRuns(tmp_path)
    done = runs.commit(write_scores(runs, "abc", "one"), {})
    found = [local_runs_around(folder) for folder in (tmp_path, done.folder)]
    assert [runs.out for runs in found if runs is not None] == [tmp_path, tmp_path]
    for elsewhere in (done.folder / "scores", tmp_path / "run_id=abc", Path("attempt=1")):
        assert local_runs_around(elsewhere) is None


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
