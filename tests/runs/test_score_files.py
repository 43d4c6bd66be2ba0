"""Files that are made of the scores of a run: what a spreadsheet and the competition get."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from garant.runs.score_files import FileFormat, write_extra_file
from garant.runs.score_rows import SCORES
from garant.storage import Run
from garant.storage.parquet import write_parquet
from garant.storage.reach import Reach

HEADER = ("SK_ID_CURR", "pd", "outcome", "source_file")


def scored(client: int | None, pd: float | None, outcome: str, file: str) -> dict[str, Any]:
    return dict(zip(HEADER, (client, pd, outcome, file), strict=True))


def text_of(folder: Path, file_format: FileFormat, *parts: list[dict[str, Any]]) -> str:
    """What is written beside the scores of a run with these parts; empty where nothing is."""
    run = Run("abc", 1, folder, folder)
    schema = pa.schema([SCORES.field(name) for name in HEADER])
    files = [folder / f"{number}.parquet" for number in range(len(parts))]
    for file, rows in zip(files, parts, strict=True):
        write_parquet(file, pa.Table.from_pylist(rows, schema).to_batches(), schema)
    write_extra_file(run, file_format, header=HEADER, parts=files, reach=Reach())
    return "".join(path.read_text() for path in folder.glob("*.csv"))


def test_a_spreadsheet_gets_every_row_in_the_order_of_the_parts_and_no_formula(tmp_path: Path) -> None:
    rows = [scored(2, 0.1, "accept", "=A1"), scored(None, None, "refer", "a.csv")], [scored(1, 1 / 3, "refuse", "b")]
    assert text_of(tmp_path, "csv", *rows).splitlines() == [
        "SK_ID_CURR,pd,outcome,source_file",
        "2,0.1,accept,'=A1",
        ",,refer,a.csv",
        "1,0.3333333333333333,refuse,b",
    ]


TRAIN, TEST = "application_train.csv", "Application_Test.csv.gz"


@pytest.mark.parametrize(("file", "expected"), [(TEST, ["3,0.3", "5,0.5"]), ("other.csv", ["1,0.1", "3,0.3", "5,0.5"])])
def test_the_competition_gets_the_pd_of_its_own_applicants_or_of_all_where_it_named_none(
    tmp_path: Path, file: str, expected: list[str]
) -> None:
    rows = [scored(1, 0.1, "accept", TRAIN), scored(3, 0.3, "refer", file)], [scored(5, 0.5, "refuse", file)]
    aside = [scored(7, None, "refer", file)]
    assert text_of(tmp_path, "kaggle", *rows, aside).splitlines() == ["SK_ID_CURR,TARGET", *expected]


def test_parquet_is_there_already(tmp_path: Path) -> None:
    assert text_of(tmp_path, "parquet", [scored(1, 0.1, "accept", TRAIN)]) == ""
