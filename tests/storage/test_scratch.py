"""Folders for what a command needs while it works."""

import tempfile
from pathlib import Path

import pytest

from garant.exceptions import StorageError
from garant.storage.scratch import scratch_folder


def failing_work(parent: Path) -> None:
    with scratch_folder("train", parent=parent) as folder:
        assert folder.name.startswith("garant-train-")
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "row").write_text("of a person")
        raise ZeroDivisionError


def test_a_scratch_folder_is_its_owners_alone_and_gone_afterwards(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        failing_work(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"file: cannot be written \(Not a directory\)\. Free space"):
        scratch_folder("train", parent=tmp_path / "file").__enter__()


def test_without_any_place_for_temporary_files_it_says_where_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_get_default_tempdir", nowhere)
    with pytest.raises(StorageError, match=r"No usable temporary directory.*name another folder in TMPDIR"):
        scratch_folder("train").__enter__()
