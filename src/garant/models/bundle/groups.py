"""How values are spread among accepted, refused and similar applicants of the training: rounded, no row of a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.features.encode import InputColumn
from garant.models.bundle.reference import MIN_ROWS

QUANTILES = (0.1, 0.5, 0.9)
"""The middle 80 % and the median."""

DIGITS = 3
"""Significant digits of a quantile: no value of one person can be told from it."""

SHARE_DECIMALS = 2

_SPREAD = pa.struct([("rows", pa.int64()), ("quantiles", pa.list_(pa.float64())), ("shares", pa.list_(pa.float64()))])

FIELDS = [
    pa.field("adverse", pa.int8()),
    pa.field("accepted_contribution", pa.float64()),
    pa.field("accepted", _SPREAD),
    pa.field("refused", _SPREAD),
    pa.field("similar", pa.list_(_SPREAD)),
]
"""Columns that a `reference_table` gets here; ``similar`` has one entry per cell."""

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Spread:
    """Values of one feature in one group.

    Parameters
    ----------
    rows : int
        Applicants of the group with a value.
    low, median, high : float or None
        Tenth, fiftieth, ninetieth percentile of a number, to `DIGITS` significant digits; None where fewer than
        `MIN_ROWS` applicants lie beyond, and for a category.
    shares : mapping of str to float
        Share of the applicants with a value that have each level of a category that training met often enough.
    """

    rows: int
    low: float | None = None
    median: float | None = None
    high: float | None = None
    shares: Mapping[str, float] = field(default_factory=dict[str, float])


NOBODY = Spread(0)


@dataclass(frozen=True, slots=True)
class FeatureGroups:
    """One feature among accepted and refused applicants.

    Parameters
    ----------
    adverse : int
        1 where a higher value means more risk, -1 where a lower one does, 0 where neither is clear, as of a category.
    contribution : float
        Mean contribution to the margin among accepted applicants, in log-odds, by models that have not seen them.
    accepted, refused : Spread
        Their values.
    """

    adverse: int = 0
    contribution: float = 0.0
    accepted: Spread = NOBODY
    refused: Spread = NOBODY


UNKNOWN = FeatureGroups()


@dataclass(frozen=True, slots=True, eq=False)
class GroupsOfSample:
    """Who of a training sample is in which group, and what each feature does.

    Parameters
    ----------
    accepted, refused : array of bool, shape (n,)
        By out-of-fold PD.
    similar : tuple of array of int
        Rows of each cell.
    adverse, contributions : mapping of str to int, to float
        By feature, see `FeatureGroups`.
    """

    accepted: Mask
    refused: Mask
    similar: tuple[Rows, ...]
    adverse: Mapping[str, int]
    contributions: Mapping[str, float]


def with_groups(
    reference: pa.Table, matrix: npt.NDArray[np.float32], columns: Sequence[InputColumn], groups: GroupsOfSample
) -> pa.Table:
    """`reference` with `FIELDS`.

    Parameters
    ----------
    reference : pyarrow Table
        As from `reference_table` of the same sample.
    matrix : array of float32, shape (n, f)
        Encoded training sample.
    columns : sequence of InputColumn
        Its f columns.
    groups : GroupsOfSample
        Those of its rows.
    """
    cells: list[list[object]] = [[] for _ in FIELDS]
    for number, (column, levels) in enumerate(zip(columns, reference.column("levels").to_pylist(), strict=True)):
        values = matrix[:, number]
        accepted, refused = (_spread(values[who], column, levels) for who in (groups.accepted, groups.refused))
        similar = [_spread(values[rows], column, levels) for rows in groups.similar]
        effects = groups.adverse.get(column.name, 0), groups.contributions.get(column.name, 0.0)
        for kept, cell in zip(cells, (*effects, accepted, refused, similar), strict=True):
            kept.append(cell)
    for known, kept in zip(FIELDS, cells, strict=True):
        reference = reference.append_column(known, pa.array(kept, known.type))
    return reference


def read_groups(data: bytes) -> dict[str, FeatureGroups]:
    """Accepted and refused applicants by feature, from the bytes of a bundle's `REFERENCE_FILE`."""
    rows = _read(data, ["adverse", "accepted_contribution", "accepted", "refused"])
    return {
        row["feature"]: FeatureGroups(
            row["adverse"],
            row["accepted_contribution"],
            *(_read_spread(row[group], row["levels"]) for group in _JUDGED),
        )
        for row in rows
    }


def read_similar(data: bytes, number: int) -> dict[str, Spread]:
    """Applicants of the cell of that number by feature, from the bytes of a bundle's `REFERENCE_FILE`."""
    table = pq.read_table(pa.BufferReader(data), columns=["feature", "levels", "similar"])
    cell = pc.list_element(table.column("similar"), number).to_pylist()
    known = zip(table.column("feature").to_pylist(), cell, table.column("levels").to_pylist(), strict=True)
    return {feature: _read_spread(entry, levels) for feature, entry, levels in known}


_JUDGED = ("accepted", "refused")


def _read(data: bytes, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of the reference; none of one that was made without groups, as of a bundle that explains nobody."""
    file = pq.ParquetFile(pa.BufferReader(data))
    if not set(columns) <= set(file.schema_arrow.names):
        return []
    return file.read(["feature", "levels", *columns]).to_pylist()


def _read_spread(entry: dict[str, Any], levels: Sequence[str] | None) -> Spread:
    shares = dict(zip((levels or [""])[1:], entry["shares"] or (), strict=False))
    return Spread(entry["rows"], *(entry["quantiles"] or ()), shares=shares)


def _spread(
    values: npt.NDArray[np.float32], column: InputColumn, levels: Sequence[str | None] | None
) -> dict[str, object]:
    known = values[~np.isnan(values)].astype(np.float64)
    found: dict[str, object] = {"rows": len(known)}
    if len(known) < MIN_ROWS:
        return found
    if column.levels is None:
        return found | {"quantiles": _quantiles(known)}
    counts = np.bincount(known.astype(np.int64), minlength=len(column.levels) + 1)
    kept = [column.levels.index(level) + 1 for level in levels or () if level is not None]
    return found | {"shares": np.round(counts[kept] / len(known), SHARE_DECIMALS).tolist()}


def _quantiles(known: Floats) -> list[float | None]:
    # Rounded: a tenth of 200 applicants are 20 at either end, but 1 - 0.9 is a little less than 0.1.
    return [
        rounded(q) if round(min(level, 1 - level) * len(known), 6) >= MIN_ROWS else None
        for level, q in zip(QUANTILES, np.quantile(known, QUANTILES, method="inverted_cdf"), strict=True)
    ]


def rounded(value: float) -> float:
    """`value` to `DIGITS` significant digits."""
    return float(f"{value:.{DIGITS}g}")
