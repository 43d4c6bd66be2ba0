"""Every applicant as two bundles see it: one row each, in the order of the source files."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.exceptions import ReconciliationError
from garant.models.product_cutoffs import RowCutoffs
from garant.policy.outcome import OUTCOMES, REFER, REFUSE
from garant.runs.score import ScoreResult

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_PLACE = ("source_file", "source_line")


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """What one bundle says of n applicants.

    Parameters
    ----------
    outcome : array of int8, shape (n,)
        Position in `OUTCOMES`, after the policy's rules.
    pd : array of float64, shape (n,)
        Calibrated PD; NaN for an applicant whose row was set aside.
    cutoff : array of float64, shape (n,)
        The cut-off that was applied.
    reason : tuple of (str or None), length n
        Code of the first reason; None for whoever is accepted.
    """

    outcome: npt.NDArray[np.int8]
    pd: Floats
    cutoff: Floats
    reason: tuple[str | None, ...]

    @property
    def refused(self) -> Mask:
        """Whom the model turns away: a referral counts on the side of the cut-off on which its PD lies."""
        return (self.outcome == REFUSE) | ((self.outcome == REFER) & (self.pd >= self.cutoff))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """n applicants with both bundles' words on them.

    Parameters
    ----------
    client : pyarrow array of int64, length n
        ``SK_ID_CURR``; NULL for a row that was set aside without a valid one.
    a, b : Side
        The two bundles.
    credit : array of float64, shape (n,)
        Credit asked for, in currency units; NaN where unknown.
    label : array of float64, shape (n,)
        1 = payment difficulties, 0 = none, NaN = outcome unknown.
    yardstick : RowCutoffs
        Cut-off and costs of each applicant's product by A: both bundles are measured by them.
    """

    client: pa.Array
    a: Side
    b: Side
    credit: Floats
    label: Floats
    yardstick: RowCutoffs

    def __len__(self) -> int:
        """Number of applicants."""
        return len(self.label)

    @property
    def changed(self) -> Mask:
        """Whose outcome differs."""
        return self.a.outcome != self.b.outcome


def pairs_of(a: ScoreResult, b: ScoreResult) -> Pairs:
    """Pair the rows of two runs over the same data.

    Raises
    ------
    ReconciliationError
        When the runs do not hold the same applicants: no sum over them could then be right.
    """
    rows_a, rows_b = _rows(a), _rows(b)
    if any(not rows_a.column(name).equals(rows_b.column(name)) for name in (*_PLACE, "SK_ID_CURR")):
        raise ReconciliationError(
            f"The two bundles scored {rows_a.num_rows} and {rows_b.num_rows} applicants that are not the same."
        )
    facts = _facts(a, rows_a)
    return Pairs(
        client=rows_a.column("SK_ID_CURR").combine_chunks(),
        a=_side(rows_a),
        b=_side(rows_b),
        credit=_floats(facts.column("policy_credit")),
        label=_floats(facts.column("TARGET")),
        yardstick=a.bundle.content.cutoffs.rows(np.array(rows_a.column("product").to_pylist(), dtype=np.object_)),
    )


def matrix_parts(result: ScoreResult) -> list[Path]:
    """Parts of the matrix that a run kept."""
    return sorted((result.run.folder / "matrix").glob("part-*.parquet"))


def _rows(result: ScoreResult) -> pa.Table:
    wanted = [*_PLACE, "SK_ID_CURR", "pd", "product", "cutoff", "outcome", "reason_1_code"]
    rows = pq.read_table(result.run.folder / "scores", columns=wanted)
    return rows.sort_by([(name, "ascending") for name in _PLACE])


def _side(rows: pa.Table) -> Side:
    codes = pc.index_in(rows.column("outcome"), pa.array([str(word) for word in OUTCOMES]))
    return Side(
        outcome=codes.to_numpy().astype(np.int8),
        pd=_floats(rows.column("pd")),
        cutoff=_floats(rows.column("cutoff")),
        reason=tuple(rows.column("reason_1_code").to_pylist()),
    )


def _facts(result: ScoreResult, rows: pa.Table) -> pa.Table:
    """Credit and label in the order of `rows`; NULL for rows that were set aside, which have no matrix row."""
    parts = [pq.read_table(part, columns=[*_PLACE, "policy_credit", "TARGET"]) for part in matrix_parts(result)]
    found = rows.select(list(_PLACE)).join(pa.concat_tables(parts), keys=list(_PLACE), join_type="left outer")
    return found.sort_by([(name, "ascending") for name in _PLACE])


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)
