"""Distribution of each feature in the training sample: what drift is later measured against. No row of a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from garant.features.encode import InputColumn

REFERENCE_FILE = "reference.parquet"
"""Its name in a bundle."""

BINS = 10

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)

MIN_ROWS = 20
"""A bin or a level with fewer persons joins another; a quantile with fewer on its outer side is left NULL."""

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
        value, or fewer than `MIN_ROWS` lie between two). Of a category: of the other levels (first, level NULL), then
        of each of ``levels`` that at least `MIN_ROWS` rows have.
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
        kept = [code for code in range(1, len(counts)) if counts[code] >= MIN_ROWS]
        shown = np.append(counts.sum() - counts[kept].sum(), counts[kept])
        return found | {
            "levels": [None, *(column.levels[code - 1] for code in kept)],
            "shares": (shown / len(known)).tolist(),
        }
    edges, counts = quantile_bins(known, BINS)
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


def quantile_bins(values: npt.NDArray[np.float64], bins: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Edges between quantiles of `values`, each once, and the rows of each bin, which holds its lower edge.

    A bin of 1 to 19 rows joins its neighbour. An empty one stays: it says that nobody lay below the first edge.
    """
    edges = np.unique(np.quantile(values, np.arange(1, bins) / bins, method="inverted_cdf"))
    while True:
        counts = count_bins(values, edges)
        thin = np.flatnonzero((counts > 0) & (counts < MIN_ROWS))
        if not len(thin) or not len(edges):
            return edges, counts
        edges = np.delete(edges, min(thin[0], len(edges) - 1))


def count_bins(values: npt.NDArray[np.float64], edges: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Rows below the first of `edges`, from it on, …, from the last on; NaN is in none of them."""
    known = values[~np.isnan(values)]
    at = np.asarray(edges, dtype=np.float64)
    return np.bincount(np.searchsorted(at, known, side="right"), minlength=len(at) + 1).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FeatureReference:
    """Distribution of one feature in the training sample, as counts.

    Parameters
    ----------
    name : str
        Feature.
    edges : array of float64 or None
        Edges between the bins of a number.
    levels : tuple of str or None
        Levels of a category that have a count of their own.
    counts : array of int64
        Rows per bin of a number; of a category the other levels first, then each of `levels`. Empty for a feature
        without any value.
    nulls : int
        Rows without a value.
    """

    name: str
    edges: npt.NDArray[np.float64] | None
    levels: tuple[str, ...] | None
    counts: npt.NDArray[np.int64]
    nulls: int

    def count(self, values: npt.NDArray[np.float32], column: InputColumn) -> tuple[npt.NDArray[np.int64], int]:
        """Rows of `values`, encoded for `column`, by the same bins; and those without a value."""
        known = values[~np.isnan(values)].astype(np.float64)
        nulls = len(values) - len(known)
        if self.levels is None or column.levels is None:
            return count_bins(known, () if self.edges is None else self.edges), nulls
        by_code = np.bincount(known.astype(np.int64), minlength=len(column.levels) + 1)
        kept = [column.levels.index(level) + 1 for level in self.levels]
        return np.append(by_code.sum() - by_code[kept].sum(), by_code[kept]), nulls


def feature_references(table: pa.Table) -> tuple[FeatureReference, ...]:
    """Distributions of a `reference_table`."""
    return tuple(_reference(row) for row in table.to_pylist())


def read_reference(data: bytes) -> tuple[FeatureReference, ...]:
    """Distributions in the bytes of a bundle's `REFERENCE_FILE`."""
    return feature_references(pq.read_table(pa.BufferReader(data)))


def _reference(row: dict[str, Any]) -> FeatureReference:
    nulls = round(row["rows"] * row["null_share"])
    shares = np.array(row["shares"] or [0.0])
    return FeatureReference(
        name=row["feature"],
        edges=None if row["edges"] is None else np.array(row["edges"]),
        levels=None if row["levels"] is None else tuple(row["levels"][1:]),
        counts=np.rint(shares * (row["rows"] - nulls)).astype(np.int64),
        nulls=nulls,
    )


def _rows_beyond(level: float, rows: int) -> bool:
    return min(level, 1 - level) * rows >= MIN_ROWS
