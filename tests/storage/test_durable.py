"""Nothing half written stands under a final name, and what dead writers leave behind goes away."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from garant.exceptions import StorageError
from garant.storage import atomic_folder, atomic_path, check_writable, read_json, write_json
from garant.storage.durable import reserved_folder


def names(folder: Path) -> list[str]:
    """Files below `folder`, hidden ones too."""
    return sorted(str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file())


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


def killed(script: str, folder: Path, point: str) -> None:
    """Run `script` and see it die at the failpoint."""
    environment = {**os.environ, "GARANT_FAILPOINT": point}
    command = [sys.executable, "-c", f"import sys; from pathlib import Path; from garant.storage import *\n{script}"]
    done = subprocess.run([*command, str(folder)], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL


def test_a_failure_while_writing_leaves_the_old_content_and_no_other_file(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    write_json(target, {"x": 1})
    with pytest.raises(ValueError, match="stop"):
        write_half(target)
    assert read_json(target) == {"x": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize("private", [True, False])
def test_rows_of_persons_are_written_for_the_owner_alone(private: bool, tmp_path: Path) -> None:  # noqa: FBT001
    file, folder = tmp_path / "a.csv", tmp_path / "export"
    file.write_text("older, for everybody")
    file.chmod(0o644)
    old = os.umask(0o022)
    try:
        with atomic_path(file, private=private) as temporary:
            temporary.write_text("1")
        with atomic_folder(folder, private=private) as temporary:
            (temporary / "part").mkdir()
            (temporary / "part" / "b.csv").write_text("2")
    finally:
        os.umask(old)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (file, folder, folder / "part", folder / "part" / "b.csv")]
    assert modes == ([0o600, 0o700, 0o700, 0o600] if private else [0o644, 0o755, 0o755, 0o644])


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
    with pytest.raises(StorageError, match=r"a\.json: cannot be written.*Check the folder"):
        write_json(blocker / "a.json", {})


def test_what_could_not_be_written_is_said_before_the_work_and_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="is a file"):
        check_writable(tmp_path / "file" / "below" / "it")
    check_writable(tmp_path / "new" / "folder")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_folder_takes_its_name_only_when_complete(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stop"):
        write_half_folder(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_content_is_replaced_only_on_request(tmp_path: Path) -> None:
    with atomic_folder(tmp_path / "out") as temporary:
        (temporary / "a").write_text("1")
    with pytest.raises(StorageError, match="not empty"), atomic_folder(tmp_path / "out"):
        pytest.fail("the long work was started")
    assert names(tmp_path) == ["out/a"]
    with atomic_folder(tmp_path / "out", replace=True) as temporary:
        (temporary / "b").write_text("2")
    assert names(tmp_path) == ["out/b"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_where_names_cannot_be_swapped_two_renames_do_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("garant.storage.exchange._swapped", lambda _first, _second: False)
    for name in ("a", "b"):
        with atomic_folder(tmp_path / "out", replace=True) as temporary:
            (temporary / name).write_text("1")
    assert names(tmp_path) == ["out/b"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("replace", [False, True])
def test_of_two_writers_of_one_folder_the_second_to_finish_says_so_and_nothing_is_mixed(
    tmp_path: Path, *, replace: bool
) -> None:
    out = tmp_path / "out"
    if replace:
        out.mkdir()
        (out / "old").write_text("0")

    def write_while_another_writes() -> None:
        with atomic_folder(out, replace=replace) as second:
            (second / "b").write_text("2")
            with atomic_folder(out, replace=replace) as first:
                (first / "a").write_text("1")

    with pytest.raises(StorageError, match="another command wrote it meanwhile"):
        write_while_another_writes()
    assert names(tmp_path) == ["out/a"]


@pytest.mark.parametrize("point", ["storage.written", "storage.rename"])
def test_what_a_killed_writer_of_a_file_left_is_removed_by_the_next(tmp_path: Path, point: str) -> None:
    killed("write_json(Path(sys.argv[1]) / 'a.json', {'x': 1})", tmp_path, point)
    assert not (tmp_path / "a.json").exists()
    assert len(names(tmp_path)) == 1
    write_json(tmp_path / "a.json", {"x": 2})
    assert names(tmp_path) == ["a.json"]


@pytest.mark.parametrize("point", ["storage.folder_written", "storage.rename_folder", "storage.folder_renamed"])
def test_a_folder_whose_writer_was_killed_is_the_old_or_the_new(tmp_path: Path, point: str) -> None:
    out = tmp_path / "out"
    with atomic_folder(out) as temporary:
        (temporary / "old").write_text("0")
    script = "with atomic_folder(Path(sys.argv[1]), replace=True) as t:\n    (t / 'new').write_text('1')"
    killed(script, out, point)
    assert names(out) == (["new"] if point == "storage.folder_renamed" else ["old"])
    with atomic_folder(out, replace=True) as temporary:
        (temporary / "last").write_text("2")
    assert names(tmp_path) == ["out/last"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_a_living_writer_is_writing_is_left_alone(tmp_path: Path) -> None:
    with reserved_folder(tmp_path, "a.json") as alive:
        (alive / "a.json").write_text("half")
        write_json(tmp_path / "a.json", {"x": 1})
        assert (alive / "a.json").read_text() == "half"


def test_only_the_owner_can_look_into_what_is_being_written(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "a.json") as temporary:
        assert temporary.parent.stat().st_mode & 0o077 == 0
        temporary.write_text("1")


def test_a_name_with_signs_of_patterns_is_a_name(tmp_path: Path) -> None:
    with reserved_folder(tmp_path, "ab.json") as alive:
        write_json(tmp_path / "a*.json", {"x": 1})
        assert alive.exists()
    assert read_json(tmp_path / "a*.json") == {"x": 1}
