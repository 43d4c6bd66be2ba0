"""From the stored matrix to what a model is trained on: rows with a known outcome, levels frozen."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.features.encode import InputColumn, encode, freeze_levels, rare_levels
from garant.features.feature import Feature
from garant.features.matrix import KEY
from garant.models.training_data import TrainingData

MAX_LEVEL_SHARE = 200
"""A level needs at least one in this many rows in small samples: fifty rows of a thousand would leave no level."""


def training_data(parts: Sequence[Path], features: Sequence[Feature]) -> TrainingData:
    """Encode the labelled rows of the matrix in `parts`; their order is that of the ids.

    Category levels are frozen on these rows; a category or number that is NULL everywhere stays an input, so that a
    bundle's inputs depend on the profile and the tables alone.
    """
    return labelled_data(parts, input_columns(parts, features))


def labelled_data(parts: Sequence[Path], columns: Sequence[InputColumn]) -> TrainingData:
    """Encode the labelled rows of the matrix in `parts` for a model's `columns`; their order is that of the ids."""
    matrices: list[np.ndarray] = []
    carried: list[pa.Table] = []
    for part in parts:
        labelled = _labelled(part, [KEY, "TARGET", "APPLICATION_DATE", *(column.name for column in columns)])
        matrices.append(encode(labelled, columns))
        carried.append(labelled.select([KEY, "TARGET", "APPLICATION_DATE"]))
    rows = pa.concat_tables(carried)
    ids = rows.column(KEY).to_numpy()
    order = np.argsort(ids, kind="stable")
    dates = rows.column("APPLICATION_DATE")
    return TrainingData(
        matrix=np.concatenate(matrices)[order],
        label=rows.column("TARGET").to_numpy().astype(np.int8)[order],
        ids=ids[order],
        columns=tuple(columns),
        application_date=None if dates.null_count == len(dates) else _days(dates)[order],
    )


def unlabelled_rows(
    parts: Sequence[Path], columns: Sequence[InputColumn], *, most: int, seed: int
) -> npt.NDArray[np.float32]:
    """Encoded features of applicants of the matrix in `parts` without an outcome: at most `most`, drawn, sorted by id.

    Levels that only they have are coded as any other level.
    """
    keys = [pq.read_table(part, columns=[KEY, "TARGET"]) for part in parts]
    ids = np.sort(np.concatenate([t.column(KEY).filter(pc.is_null(t.column("TARGET"))).to_numpy() for t in keys]))
    drawn = pa.array(np.random.default_rng(seed).permutation(ids)[:most])
    found: list[npt.NDArray[np.float32]] = []
    order: list[npt.NDArray[np.int64]] = []
    for part in parts:
        table = pq.read_table(part, columns=[KEY, *(column.name for column in columns)])
        table = table.filter(pc.is_in(table.column(KEY), drawn))
        found.append(encode(table, columns))
        order.append(table.column(KEY).to_numpy())
    return np.concatenate(found)[np.argsort(np.concatenate(order))]


def input_columns(parts: Sequence[Path], features: Sequence[Feature]) -> tuple[InputColumn, ...]:
    """Inputs in the order of `features`; the levels of categories come from the labelled rows."""
    categories = [feature.name for feature in features if feature.is_category]
    labelled = pa.concat_tables([_labelled(part, ["TARGET", *categories]) for part in parts])
    min_rows = min(50, max(1, labelled.num_rows // MAX_LEVEL_SHARE))
    return tuple(
        _category(f.name, labelled.column(f.name), min_rows=min_rows) if f.is_category else InputColumn(f.name)
        for f in features
    )


def _category(name: str, values: pa.ChunkedArray, *, min_rows: int) -> InputColumn:
    levels = freeze_levels(values, min_rows=min_rows)
    return InputColumn(name, levels, rare_levels(values, levels))


def uninformative(parts: Sequence[Path], features: Sequence[Feature]) -> tuple[Feature, ...]:
    """Those of `features` that have one value, or none, in all labelled rows of the matrix in `parts`."""
    if not features:
        return ()
    labelled = pa.concat_tables(
        [_labelled(part, ["TARGET", *(feature.name for feature in features)]) for part in parts]
    )
    return tuple(f for f in features if pc.count_distinct(labelled.column(f.name), mode="all").as_py() <= 1)


def _labelled(part: Path, columns: Sequence[str]) -> pa.Table:
    table = pq.read_table(part, columns=list(columns))
    return table.filter(pc.is_valid(table.column("TARGET")))


def _days(dates: pa.ChunkedArray) -> "np.ndarray":
    return dates.cast(pa.timestamp("s")).to_numpy().astype("datetime64[D]")
