"""Files of a run that are made of its scores: read back, as CSV, as the competition wants them."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from garant.storage import Run, atomic_path
from garant.tables.csv_cells import harmless

FileFormat = Literal["parquet", "csv", "kaggle"]

EXTRA_FILES = {"csv": "scores.csv", "kaggle": "kaggle.csv"}
"""File that a format adds beside the folder of scores."""


def write_extra_file(run: Run, file_format: FileFormat, *, header: Sequence[str]) -> None:
    """Write scores.csv with the columns `header`, or kaggle.csv (id and PD as the competition wants them)."""
    if file_format == "csv":
        _write_csv(run.folder / EXTRA_FILES["csv"], header, (_whole_rows(s) for s in read_scores(run)))
    elif file_format == "kaggle":
        _write_csv(run.folder / EXTRA_FILES["kaggle"], ("SK_ID_CURR", "TARGET"), _submission(run))


def _write_csv(path: Path, header: Sequence[str], tables: Iterable[Iterable[Sequence[object]]]) -> None:
    with atomic_path(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        for rows in tables:
            writer.writerows([harmless(cell) for cell in row] for row in rows)


def _whole_rows(scores: pa.Table) -> Iterable[Sequence[object]]:
    return zip(*(column.to_pylist() for column in scores.columns), strict=True)


def _submission(run: Run) -> Iterator[list[tuple[int, float]]]:
    """Id and PD of the scored applicants; only of application_test where the data have such a file."""
    columns = ["SK_ID_CURR", "pd", "source_file"]
    tables = [scores.select(columns).to_pylist() for scores in read_scores(run)]
    is_test = [is_test_file(row["source_file"]) for rows in tables for row in rows]
    for rows in tables:
        wanted = (row for row in rows if not any(is_test) or is_test_file(row["source_file"]))
        yield [(row["SK_ID_CURR"], row["pd"]) for row in wanted if row["pd"] is not None]


def is_test_file(name: str) -> bool:
    """Whether a source file is the competition's table of applicants without an outcome."""
    return name.lower().startswith("application_test")


def read_scores(run: Run) -> Iterator[pa.Table]:
    """Scores of a run, one table per part, in the order of the parts."""
    for part in sorted((run.folder / "scores").glob("*.parquet")):
        yield pq.read_table(part)
