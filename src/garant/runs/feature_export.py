"""`garant feature export`: what the model reads of chosen clients, as numbers and in words."""

import csv
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import DataError
from garant.explanations.yardstick import shown_value
from garant.features.encode import encode
from garant.features.feature import Feature
from garant.features.matrix import KEY
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.trust import Trust
from garant.runs.accept import tables_for_bundle
from garant.runs.bundle_columns import require_columns
from garant.runs.bundle_features import bundle_features
from garant.runs.cut_out import accepted_ids, cut_out, unknown_client
from garant.runs.matrix import build_matrix, read_matrix
from garant.runs.progress import Progress, silent
from garant.runs.set_aside import why_set_aside
from garant.runs.words import words_of
from garant.settings import Settings
from garant.storage import atomic_folder, sha256_file, write_json
from garant.storage.scratch import scratch_folder
from garant.tables.accepted import AcceptedTables
from garant.tables.csv_cells import harmless
from garant.wording.catalogue import Wording

MANIFEST = "manifest.json"
INPUTS, READABLE = "inputs", "readable"
"""Names of the two files, each as Parquet and as CSV."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """How to export.

    Parameters
    ----------
    language : {"fr", "en"}
        Language of names and values.
    without : tuple of str
        Child tables to go on without.
    allow_missing_columns : bool
        Whether to read columns as empty that the bundle learned from and the data lack.
    """

    language: Literal["fr", "en"] = "en"
    without: tuple[str, ...] = ()
    allow_missing_columns: bool = False


@dataclass(frozen=True, slots=True)
class ExportedFeatures:
    """What was written.

    Parameters
    ----------
    folder : Path
        Where.
    n_clients, n_features : int
        Rows and features.
    set_aside : mapping of int to str
        Clients who are not in the files because their row is in quarantine: where it came from and why.
    missing_columns : tuple of str
        Columns that the bundle learned from and that were read as empty, on demand.
    """

    folder: Path
    n_clients: int
    n_features: int
    set_aside: Mapping[int, str]
    missing_columns: tuple[str, ...]


def export_features(
    clients: Collection[int],
    *,
    data: Path,
    bundle_folder: Path,
    out: Path,
    options: ExportOptions,
    settings: Settings,
    progress: Progress = silent,
) -> ExportedFeatures:
    """Write what the bundle reads of `clients` to the new folder `out`, which its owner alone may read.

    ``inputs`` holds a row per client: the float32 numbers that the model sees, NaN for NULL, codes for categories.
    ``readable`` holds a row per client and feature: its name and its value in words, before any cast. Both are sorted
    by client, features stand in the order of the model.

    Raises
    ------
    UnknownNameError
        When the data have no such applicant.
    DataError
        When the row of every client is in quarantine.
    BundleError
        When the bundle cannot be trusted, or was trained on tables or columns that the data lack.
    StorageError
        When `out` is there and not empty.
    """
    bundle = read_bundle(bundle_folder, Trust.of(settings))
    accepted = tables_for_bundle(
        data, bundle.content.tables, without=options.without, settings=settings, progress=progress
    )
    features = bundle_features(bundle)
    missing = require_columns(features, bundle.content, accepted, allow_missing=options.allow_missing_columns)
    there, set_aside = _found(accepted, clients)
    words = words_of(features, options.language, currency=accepted.config.money.currency)
    with (
        atomic_folder(out, private=True) as folder,
        scratch_folder("export") as scratch,
        DuckDBEngine(memory_limit=settings.memory_limit, threads=settings.threads) as engine,
    ):
        cut = replace(accepted, files=cut_out(engine, accepted, there, scratch))
        rows = read_matrix(build_matrix(engine, cut, features, scratch / "matrix", progress=progress))
        _write_inputs(folder, rows, bundle)
        _write_readable(folder, rows, features, words)
        manifest = {
            "bundle": bundle.digest,
            "clients": rows.num_rows,
            "features": [feature.name for feature in features],
            "files": {path.name: {"sha256": sha256_file(path)} for path in sorted(folder.iterdir())},
            "input": accepted.digest,
            "language": options.language,
            "missing_columns": sorted(missing),
            "profile": bundle.content.profile,
            "set_aside": sorted(set_aside),
        }
        write_json(folder / MANIFEST, manifest)
    return ExportedFeatures(out, rows.num_rows, len(features), set_aside, tuple(sorted(missing)))


def _found(accepted: AcceptedTables, clients: Collection[int]) -> tuple[list[int], dict[int, str]]:
    """Clients with an accepted application, and where the rows of the others are."""
    known = accepted_ids(accepted)
    asked = np.unique(np.fromiter(clients, dtype=np.int64, count=len(clients)))
    is_there = np.isin(asked, known)
    set_aside: dict[int, str] = {}
    for client in asked[~is_there].tolist():
        why = why_set_aside(accepted, client)
        if why is None:
            raise unknown_client(client, known)
        set_aside[client] = why
    there = asked[is_there].tolist()
    if not there:
        listed = "\n".join(f"  {client}: {why}" for client, why in set_aside.items())
        raise DataError(
            f"The row of every client asked for is in quarantine:\n{listed}\nCorrect the cells at their source."
        )
    return there, set_aside


def _write_inputs(folder: Path, rows: pa.RecordBatch, bundle: Bundle) -> None:
    matrix, names = encode(rows, bundle.columns), [KEY, *(column.name for column in bundle.columns)]
    ids = rows.column(KEY)
    columns = [ids, *(pa.array(matrix[:, number]) for number in range(matrix.shape[1]))]
    pq.write_table(pa.table(columns, names=names), folder / f"{INPUTS}.parquet", compression="zstd")
    numbered = zip(ids.to_pylist(), matrix, strict=True)
    _write_csv(folder / f"{INPUTS}.csv", names, ([client, *_cells(values)] for client, values in numbered))


def _cells(values: npt.NDArray[np.float32]) -> list[str]:
    """Shortest texts that read back as the same float32; nothing for NULL."""
    return ["" if math.isnan(value) else str(value) for value in values]


def _write_readable(folder: Path, rows: pa.RecordBatch, features: Sequence[Feature], words: Wording) -> None:
    labels = [words.label(feature.text, window=str(feature.window)) for feature in features]
    columns = [rows.column(feature.name).to_pylist() for feature in features]
    table = pa.table(
        {
            KEY: pa.array(np.repeat(rows.column(KEY).to_numpy(), len(features))),
            "feature": [feature.name for feature in features] * rows.num_rows,
            "name": labels * rows.num_rows,
            "value": [
                _in_words(feature, column[row], words)
                for row in range(rows.num_rows)
                for feature, column in zip(features, columns, strict=True)
            ],
        }
    )
    pq.write_table(table, folder / f"{READABLE}.parquet", compression="zstd")
    cells = zip(*(column.to_pylist() for column in table.columns), strict=True)
    _write_csv(folder / f"{READABLE}.csv", table.column_names, ([harmless(cell) for cell in row] for row in cells))


def _in_words(feature: Feature, value: float | str | None, words: Wording) -> str:
    if value is None:
        return words.text(f"scorecard.missing.{feature.missing.value}")
    return shown_value(feature, value, words)


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([harmless(name) for name in header])
        writer.writerows(rows)
