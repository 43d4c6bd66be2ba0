"""Everybody that a run scored, in arrays: what figures and simulations are made of. No row leaves the process."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from garant.exceptions import AsideError
from garant.models.cutoff import Costs, ReferBand, moved_band
from garant.models.product_cutoffs import Cutoffs, CutoffTerms, RowCutoffs
from garant.policy.outcome import OUTCOMES, PolicyCode
from garant.runs.aside.committed import SCORED, Stamp, columns_of, committed_run, files_of, matched, require_unchanged
from garant.runs.aside.committed import stamp_of as stamp
from garant.runs.aside.dimensions import BANDS
from garant.storage import Json, Run

KEY, INCOME, DATE = "SK_ID_CURR", "application_income_type", "APPLICATION_DATE"

SCORES = (KEY, "pd", "outcome", "product", "expected_loss", "reason_1_code")
FACTS = (KEY, INCOME, DATE)
"""Columns that are read; those that a run lacks are absent from what is shown."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Scores of a committed run.

    Parameters
    ----------
    run : Run
        Where they are from.
    stamp : Stamp
        What tells that they are still there.
    rows : Table
        One row per applicant: what is grouped and filtered by.
    pd : array of float64, shape (n,)
        PDs, NaN for rows that were set aside.
    outcome : array of int8, shape (n,)
        Position in `OUTCOMES`.
    terms : Cutoffs
        What the run was judged by.
    today : RowCutoffs
        The same for each row.
    ruled : array of bool, shape (n,)
        Whose outcome a rule decided, so that no other cut-off changes it.
    """

    run: Run
    stamp: Stamp
    rows: pa.Table
    pd: Floats
    outcome: npt.NDArray[np.int8]
    terms: Cutoffs
    today: RowCutoffs
    ruled: npt.NDArray[np.bool_]


def current_stamp(place: Path) -> Stamp:
    """Stamp of the run that `place` holds now."""
    run = committed_run(place, verb=SCORED)
    return stamp(run, _read_files(run))


def scored(place: Path) -> Scored:
    """Verify and read the run that `place` holds.

    Raises
    ------
    AsideError
        When there is none that was committed, or it was changed since.
    """
    run = committed_run(place, verb=SCORED)
    names = _read_files(run)
    if not files_of(run, "scores"):
        raise AsideError("not_committed", f"{run.folder}: lists no scores")
    before = stamp(run, names)
    require_unchanged(run, names)
    rows = columns_of(run, files_of(run, "scores"), SCORES)
    if matrix := files_of(run, "matrix"):
        rows = matched(rows, columns_of(run, matrix, FACTS), key=KEY)
    if stamp(run, names) != before:
        raise AsideError("changed", f"{run.folder}: was changed while it was read")
    pd = rows.column("pd").to_numpy().astype(np.float64)
    words = pa.array([str(each) for each in OUTCOMES])
    outcome = pc.index_in(rows.column("outcome"), value_set=words).to_numpy().astype(np.int8)
    terms = terms_of(run.manifest)
    today = terms.rows(rows.column("product").to_numpy().astype(object))
    return Scored(
        run=run,
        stamp=before,
        rows=_with_band(rows, pd),
        pd=pd,
        outcome=outcome,
        terms=terms,
        today=today,
        ruled=_ruled(rows, pd, outcome, today),
    )


def terms_of(manifest: Json) -> Cutoffs:
    """What a run was judged by, as its manifest says it; costs in refusals of one good payer."""
    point, band = float(manifest["bundle_cutoff"]), ReferBand(*map(float, manifest["bundle_refer_band"]))
    products = {
        name: CutoffTerms(_costs(own), own, moved_band(band, old_cutoff=point, new_cutoff=own))
        for name, own in {name: float(own) for name, own in manifest.get("product_cutoffs", {}).items()}.items()
    }
    return Cutoffs(CutoffTerms(_costs(point), point, band), products)


def _costs(cutoff: float) -> Costs:
    """Costs that give a cut-off: refusing one good payer is the unit."""
    return Costs(1.0, (1 - cutoff) / cutoff)


def _read_files(run: Run) -> tuple[str, ...]:
    return (*files_of(run, "scores"), *files_of(run, "matrix"))


def _with_band(rows: pa.Table, pd: Floats) -> pa.Table:
    """Rows with the number of their group by PD, NULL without a PD."""
    number = np.clip(np.searchsorted(BANDS, pd, side="right") - 1, 0, len(BANDS) - 2)
    return rows.append_column("band", pa.array(number.astype(np.int64), mask=np.isnan(pd)))


def _ruled(rows: pa.Table, pd: Floats, outcome: npt.NDArray[np.int8], today: RowCutoffs) -> npt.NDArray[np.bool_]:
    """Whose outcome is not that of the PD, or whose first reason is a rule; a row without a PD is referred for ever."""
    by_pd = np.full(len(pd), -1, dtype=np.int8)
    for position, mask in enumerate(today.outcomes(pd).values()):
        by_pd[mask] = position
    rules = pa.array([each.name for each in PolicyCode])
    named = pc.is_in(rows.column("reason_1_code").cast(pa.string()), value_set=rules).to_numpy()
    return np.isnan(pd) | (by_pd != outcome) | named.astype(np.bool_)
