"""Distribution of each feature in the training sample: what drift is later measured against. No row of a person."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from garant.features.encode import InputColumn

REFERENCE_FILE = "reference.parquet"
"""Its name in a bundle."""

BINS = 10

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)

MIN_ROWS_BEYOND = 20
"""A quantile with fewer rows on its outer side would show single persons: it is left NULL."""

SCHEMA = pa.schema(
    [
        ("feature", pa.string()),
        ("rows", pa.int64()),
        ("null_share", pa.float64()),
        ("mean", pa.float64()),
        ("quantile_levels", pa.list_(pa.float64())),
        ("quantiles", pa.list_(pa.float64())),
        ("edges", pa.list_(pa.float64())),
        ("levels", pa.list_(pa.string())),
        ("shares", pa.list_(pa.float64())),
    ]
)


def reference_table(matrix: npt.NDArray[np.float32], columns: Sequence[InputColumn]) -> pa.Table:
    """One row per feature.

    Parameters
    ----------
    matrix : array of float32, shape (n, f)
        Encoded training sample.
    columns : sequence of InputColumn
        Its f columns.

    Returns
    -------
    pyarrow Table with `SCHEMA`
        ``shares`` are shares of the rows that are not NULL. Of a number: of the bins below ``edges[0]``, from
        ``edges[0]`` on, …, from the last edge on, where edges are deciles, each once (so fewer where many rows share a
        value). Of a category: of the other levels (first, level NULL), then of each of ``levels``.
    """
    rows = [_row(matrix[:, position], column) for position, column in enumerate(columns)]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def null_shares(reference: bytes) -> dict[str, float]:
    """Share of NULL by feature, from the bytes of a bundle's `REFERENCE_FILE`."""
    table = pq.read_table(pa.BufferReader(reference), columns=["feature", "null_share"])
    return dict(zip(*table.to_pydict().values(), strict=True))


def _row(values: npt.NDArray[np.float32], column: InputColumn) -> dict[str, object]:
    known = values[~np.isnan(values)].astype(np.float64)
    found: dict[str, object] = {
        "feature": column.name,
        "rows": len(values),
        "null_share": 1 - len(known) / len(values),
    }
    if not len(known):
        return found
    if column.levels is not None:
        counts = np.bincount(known.astype(np.int64), minlength=len(column.levels) + 1)
        return found | {"levels": [None, *column.levels], "shares": (counts / len(known)).tolist()}
    edges = np.unique(np.quantile(known, np.arange(1, BINS) / BINS, method="inverted_cdf"))
    counts = np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1)
    quantiles = np.quantile(known, QUANTILES)
    shown = [
        float(q) if _rows_beyond(level, len(known)) else None for level, q in zip(QUANTILES, quantiles, strict=True)
    ]
    return found | {
        "mean": float(np.mean(known)),
        "quantile_levels": list(QUANTILES),
        "quantiles": shown,
        "edges": edges.tolist(),
        "shares": (counts / len(known)).tolist(),
    }


def _rows_beyond(level: float, rows: int) -> bool:
    return min(level, 1 - level) * rows >= MIN_ROWS_BEYOND
