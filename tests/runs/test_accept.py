"""What is kept of the tables that were read, and under which content."""

import shutil
from pathlib import Path

import pytest

from garant.exceptions import TableError
from garant.runs.accept import accepted_tables
from garant.settings import Settings
from garant.tables.synthetic import generate


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lender") / "raw"
    generate(folder, scale=0.001, seed=7, file_format="csv")
    return folder


def test_a_file_that_changes_before_it_is_read_is_kept_under_no_content(raw: Path, tmp_path: Path):
    data, changed = tmp_path / "raw", list[str]()
    shutil.copytree(raw, data)

    def progress(step: str, _done: int, _total: int) -> None:
        # The applications are being read: every file has its digest by now, the cards were not opened yet.
        if "application" in step and not changed:
            lines = (data / "credit_card_balance.csv").read_text("utf-8").splitlines(keepends=True)
            (data / "credit_card_balance.csv").write_text("".join(lines[:-1]), "utf-8")
            changed.append(step)

    settings = Settings(cache_folder=tmp_path / "cache")
    with pytest.raises(TableError, match=r"credit_card_balance\.csv: the file changed") as caught:
        accepted_tables(data, purpose="train", settings=settings, progress=progress)
    assert changed
    assert caught.value.rule == "file.changed"
    assert list((tmp_path / "cache" / "accepted").iterdir()) == []
    again = accepted_tables(data, purpose="train", settings=settings)
    assert accepted_tables(data, purpose="train", settings=settings).digest == again.digest
