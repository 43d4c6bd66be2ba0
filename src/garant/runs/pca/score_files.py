"""Scores of a portfolio as files: Parquet by part, and CSV in one sorted file, or in numbered ones when it is large.

CSV is that of RFC 4180: commas, one header, lines that end with CR LF. Numbers have up to 17 significant digits, which
name every double.
"""

import csv
import heapq
import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from garant.features.matrix import KEY
from garant.storage import atomic_path, write_json
from garant.storage.parquet import write_parquet
from garant.storage.reach import Reach, Written
from garant.tables.csv_cells import harmless

SCORES, CSV_PARTS, LIST = "pca_scores", "pca_scores_csv", "files.json"
"""Folder of Parquet parts and name of the one CSV file; folder of numbered CSV files and the list in it."""

LINE_END = "\r\n"

LINES_AT_ONCE = 4_096
"""Lines that are formatted before they are written."""


def write_scores(scores: pa.Table, folder: Path, part: str, reach: Reach) -> tuple[Written, Written]:
    """Write `scores`, key first, of one part below `folder`: as Parquet, then as CSV."""

    def parquet(path: Path) -> int:
        return write_parquet(path, scores.to_batches(), scores.schema)

    def csv_file(path: Path) -> int:
        line = "%d" + ",%.17g" * (scores.num_columns - 1) + LINE_END
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            file.write(_header(scores.schema.names))
            for batch in scores.to_batches(max_chunksize=LINES_AT_ONCE):
                rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
                file.write("".join([line % row for row in rows]).encode("ascii"))
        return scores.num_rows

    return (
        reach.write(folder / SCORES / f"{part}.parquet", parquet),
        reach.write(folder / CSV_PARTS / f"{part}.csv", csv_file),
    )


def gather_scores(
    files: Sequence[Written], folder: Path, names: Sequence[str], *, one_file_rows: int, reach: Reach
) -> Sequence[Written]:
    """Make the CSV files of all parts one file, sorted by id; or list them where they hold too many clients.

    Parameters
    ----------
    files : sequence of Written
        The CSV file of each part.
    folder : Path
        Where the result is written.
    names : sequence of str
        Components.
    one_file_rows : int
        Clients up to which there is one file.
    reach : Reach
        How `files` are reached.

    Returns
    -------
    sequence of Written
        Those of `files` that stay.
    """
    rows = sum(file.rows for file in files)
    if rows > one_file_rows:
        # Sizes and digests stand in the manifest of the run, which an erasure keeps true.
        write_json(folder / CSV_PARTS / LIST, {"files": [file.path.name for file in files], "header": [KEY, *names]})
        return files
    with ExitStack() as stack:
        temporary = stack.enter_context(atomic_path(folder / f"{SCORES}.csv"))
        out = stack.enter_context(temporary.open("wb"))
        out.write(_header([KEY, *names]))
        local = [stack.enter_context(reach.reading(file.path)) for file in files]
        out.writelines(heapq.merge(*(stack.enter_context(_rows(file)) for file in local), key=_id))
    shutil.rmtree(folder / CSV_PARTS, ignore_errors=True)
    return ()


def _rows(file: Path) -> BinaryIO:
    """Lines of a CSV file below its header."""
    stream = file.open("rb")
    stream.readline()
    return stream


def _id(line: bytes) -> int:
    return int(line[: line.index(b",")])


def _header(names: Sequence[str]) -> bytes:
    return (",".join(names) + LINE_END).encode("ascii")


def write_table(folder: Path, name: str, columns: Mapping[str, pa.Array]) -> None:
    """Write a small table twice: ``NAME.csv`` and ``NAME.parquet``."""
    batch = pa.RecordBatch.from_pydict(dict(columns))
    write_parquet(folder / f"{name}.parquet", [batch], batch.schema)
    with (
        atomic_path(folder / f"{name}.csv") as temporary,
        temporary.open("w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.writer(file, lineterminator=LINE_END)
        writer.writerow(batch.schema.names)
        rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        writer.writerows(
            [f"{cell:.17g}" if isinstance(cell, float) else harmless(cell) for cell in row] for row in rows
        )
