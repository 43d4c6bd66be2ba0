"""Durable files and committed runs."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from garant.exceptions import RunError
from garant.storage import (
    Run,
    atomic_folder,
    atomic_path,
    commit,
    committed_run,
    current_run,
    read_json,
    sha256_file,
    start_attempt,
    write_json,
)


def visible(folder: Path) -> list[str]:
    """Names below `folder`, files only."""
    return sorted(str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file())


def write_scores(out: Path, run_id: str, text: str) -> Run:
    """Start an attempt that holds one file."""
    run = start_attempt(out, run_id)
    (run.folder / "scores").mkdir()
    (run.folder / "scores" / "part.txt").write_text(text)
    return run


def write_half(path: Path) -> None:
    """Fail in the middle of a file."""
    with atomic_path(path) as temporary:
        temporary.write_text("half")
        raise ValueError("stop")


def write_half_folder(path: Path) -> None:
    """Fail in the middle of a folder."""
    with atomic_folder(path) as temporary:
        (temporary / "a").write_text("1")
        raise ValueError("stop")


def test_a_failure_while_writing_leaves_the_old_content_and_no_other_file(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    write_json(target, {"x": 1})
    with pytest.raises(ValueError, match="stop"):
        write_half(target)
    assert read_json(target) == {"x": 1}
    assert visible(tmp_path) == ["a.json"]


def test_a_reader_of_the_old_content_is_not_disturbed_by_the_new(tmp_path: Path) -> None:
    target = tmp_path / "current.json"
    write_json(target, {"x": "old"})
    with target.open() as reader:
        write_json(target, {"x": "new"})
        assert "old" in reader.read()
    assert read_json(target) == {"x": "new"}


def test_a_folder_that_cannot_be_written_is_named_with_a_remedy(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    with pytest.raises(RunError, match=r"cannot be written.*Check the folder"), atomic_path(blocker / "a.json"):
        pass


def test_a_folder_takes_its_name_only_when_complete(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stop"):
        write_half_folder(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_content_is_replaced_only_on_request(tmp_path: Path) -> None:
    with atomic_folder(tmp_path / "out") as temporary:
        (temporary / "a").write_text("1")
    with pytest.raises(RunError, match="not empty"), atomic_folder(tmp_path / "out") as temporary:
        (temporary / "b").write_text("2")
    assert visible(tmp_path) == ["out/a"]
    with atomic_folder(tmp_path / "out", replace=True) as temporary:
        (temporary / "b").write_text("2")
    assert visible(tmp_path) == ["out/b"]


def test_a_reader_finds_a_run_through_the_pointer_only_after_the_commit(tmp_path: Path) -> None:
    run = write_scores(tmp_path, "abc", "one")
    with pytest.raises(RunError, match="no committed run"):
        current_run(tmp_path)
    commit(run, {"rows": 1})
    found = current_run(tmp_path)
    assert found == run
    assert found.manifest["rows"] == 1
    part = found.folder / "scores" / "part.txt"
    assert found.manifest["files"]["scores/part.txt"] == {"bytes": 3, "sha256": sha256_file(part)}


def test_of_two_writers_of_one_run_the_first_to_commit_wins(tmp_path: Path) -> None:
    first, second = write_scores(tmp_path, "abc", "one"), write_scores(tmp_path, "abc", "two")
    assert first.attempt != second.attempt
    assert commit(second, {}) == second
    assert commit(first, {}) == second
    assert current_run(tmp_path) == second
    assert not first.folder.exists()


def test_many_writers_at_once_agree_on_one_attempt(tmp_path: Path) -> None:
    def write(number: int) -> Run:
        return commit(write_scores(tmp_path, "abc", str(number)), {})

    with ThreadPoolExecutor(8) as pool:
        winners = set(pool.map(write, range(8)))
    assert len(winners) == 1
    assert current_run(tmp_path) in winners


@pytest.mark.parametrize("point", ["storage.rename", "storage.commit", "storage.pointer"])
def test_a_killed_commit_shows_nothing_half_done_and_the_next_try_succeeds(tmp_path: Path, point: str) -> None:
    script = (
        "import sys; from pathlib import Path; from garant.storage import *\n"
        "run = start_attempt(Path(sys.argv[1]), 'abc')\n(run.folder / 'a.txt').write_text('1')\n"
        "commit(run, {'rows': 1})"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    killed = subprocess.run(command, env={**os.environ, "GARANT_FAILPOINT": point}, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "current.json").exists()
    if point == "storage.pointer":
        assert committed_run(tmp_path, "abc") is not None
    subprocess.run(command, check=True)
    assert current_run(tmp_path).manifest["rows"] == 1
