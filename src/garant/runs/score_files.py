"""Files of a run that are made of its scores: read back, as CSV, as the competition wants them."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.runs.suppression import NOBODY, Suppression
from garant.storage import Run, atomic_path
from garant.storage.reach import Reach
from garant.tables.csv_cells import harmless

FileFormat = Literal["parquet", "csv", "kaggle"]

EXTRA_FILES = {"csv": "scores.csv", "kaggle": "kaggle.csv"}
"""File that a format adds beside the folder of scores."""


def write_extra_file(
    run: Run, file_format: FileFormat, *, header: Sequence[str], parts: Sequence[Path], reach: Reach
) -> None:
    """Write scores.csv with the columns `header`, or kaggle.csv (id and PD as the competition wants them).

    Parameters
    ----------
    run : Run
        Where the file goes.
    file_format : {"parquet", "csv", "kaggle"}
        Which file; none beside the Parquet scores.
    header : sequence of str
        Columns of the scores.
    parts : sequence of Path
        Parts of the scores, in the order of the file.
    reach : Reach
        How they are reached.
    """
    if file_format == "csv":
        _write_csv(run.folder / EXTRA_FILES["csv"], header, (_whole_rows(s) for s in _tables(parts, reach)))
    elif file_format == "kaggle":
        rows = _submission(_tables(parts, reach, columns=["SK_ID_CURR", "pd", "source_file"]))
        _write_csv(run.folder / EXTRA_FILES["kaggle"], ("SK_ID_CURR", "TARGET"), rows)


def _write_csv(path: Path, header: Sequence[str], tables: Iterable[Iterable[Sequence[object]]]) -> None:
    with atomic_path(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        for rows in tables:
            writer.writerows([harmless(cell) for cell in row] for row in rows)


def _whole_rows(scores: pa.Table) -> Iterable[Sequence[object]]:
    return zip(*(column.to_pylist() for column in scores.columns), strict=True)


def _submission(scores: Iterable[pa.Table]) -> Iterator[list[tuple[int, float]]]:
    """Id and PD of the scored applicants; only of application_test where the data have such a file."""
    tables = [some.to_pylist() for some in scores]
    is_test = [is_test_file(row["source_file"]) for rows in tables for row in rows]
    for rows in tables:
        wanted = (row for row in rows if not any(is_test) or is_test_file(row["source_file"]))
        yield [(row["SK_ID_CURR"], row["pd"]) for row in wanted if row["pd"] is not None]


def _tables(parts: Sequence[Path], reach: Reach, *, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """Scores of `parts`, one table each."""
    for part in parts:
        with reach.reading(part) as local:
            yield pq.read_table(local, columns=columns)


def is_test_file(name: str) -> bool:
    """Whether a source file is the competition's table of applicants without an outcome."""
    return name.lower().startswith("application_test")


def read_scores(run: Run, *, hidden: Suppression = NOBODY) -> Iterator[pa.Table]:
    """Scores of a run, one table per part, in the order of the parts, without those who are `hidden`."""
    for part in sorted((run.folder / "scores").glob("*.parquet")):
        scores = pq.read_table(part)
        if hidden.names:
            clients = scores.column("SK_ID_CURR")
            listed = pa.array(sorted(hidden.among(clients.drop_null().to_pylist())), pa.int64())
            scores = scores.filter(pc.invert(pc.is_in(clients, value_set=listed)))
        yield scores
