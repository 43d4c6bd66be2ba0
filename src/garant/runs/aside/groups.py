"""A portfolio by groups: how many, what is proposed for them, and what that is expected to cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from garant.exceptions import AsideError
from garant.policy.outcome import ACCEPT, REFER, REFUSE
from garant.runs.aside.dimensions import DIMENSIONS, Dimension
from garant.runs.aside.scored import DATE, INCOME, Scored
from garant.runs.aside.simulation import expected_costs

COLUMNS: Mapping[Dimension, str] = {
    "product": "product",
    "outcome": "outcome",
    "band": "band",
    "reason": "reason_1_code",
    "income": INCOME,
    "month": DATE,
}

MOST_GROUPS = 200

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Applicants that share a value.

    Parameters
    ----------
    key : str or None
        The value; None where it is not known.
    rows, accepted, referred, refused : int
        Applicants.
    mean_pd, cost : float or None
        Mean PD and expected cost per applicant; None where nobody has a PD.
    loss : float or None
        Expected loss of the accepted; None where the run holds none.
    """

    key: str | None
    rows: int
    accepted: int
    referred: int
    refused: int
    mean_pd: float | None
    cost: float | None
    loss: float | None

    @property
    def approval_rate(self) -> float:
        """Share that is accepted."""
        return self.accepted / self.rows


def known_dimensions(found: Scored) -> tuple[Dimension, ...]:
    """Dimensions that a run has values for."""
    rows = found.rows
    return tuple(
        name
        for name, column in COLUMNS.items()
        if column in rows.schema.names and rows.column(column).null_count < len(rows)
    )


def values_of(found: Scored, by: Dimension) -> pa.ChunkedArray:
    """Value of each applicant, as text."""
    column = found.rows.column(COLUMNS[by])
    return pc.strftime(column, format="%Y-%m") if by == "month" else column.cast(pa.string())


def chosen(found: Scored, filters: Mapping[str, str]) -> Mask:
    """Whom the filters choose; without any, everybody."""
    kept = np.ones(len(found.rows), dtype=np.bool_)
    if unknown := filters.keys() - COLUMNS.keys():
        raise AsideError("failed", f"no filter is called {min(unknown)}")
    for name in DIMENSIONS:
        value = filters.get(name)
        if value is None:
            continue
        if COLUMNS[name] not in found.rows.schema.names:
            return np.zeros(len(kept), dtype=np.bool_)
        kept &= pc.fill_null(pc.equal(values_of(found, name), value), fill_value=False).to_numpy()
    return kept


def groups(found: Scored, kept: Mask, by: Dimension) -> list[Group]:
    """Groups of the rows `kept`: PD bands and months in their order, others by size; the unknown last."""
    encoded = values_of(found, by).filter(pa.array(kept)).combine_chunks().dictionary_encode(null_encoding="encode")
    codes, names = encoded.indices.to_numpy(), encoded.dictionary.to_pylist()
    pd, outcome = found.pd[kept], found.outcome[kept]
    known = ~np.isnan(pd)
    cost = expected_costs_of(found, kept)
    losses = _losses(found, kept)
    per = _Sums(codes, len(names))
    counts = {each: per.of((outcome == each).astype(np.float64)) for each in (ACCEPT, REFER, REFUSE)}
    with_pd = per.of(known.astype(np.float64))
    total_pd, total_cost = per.of(np.where(known, pd, 0.0)), per.of(np.where(known, cost, 0.0))
    loss = None if losses is None else per.of(np.where((outcome == ACCEPT) & ~np.isnan(losses), losses, 0.0))
    everybody = per.of(np.ones(len(pd)))
    made = [
        Group(
            key=name,
            rows=int(everybody[place]),
            accepted=int(counts[ACCEPT][place]),
            referred=int(counts[REFER][place]),
            refused=int(counts[REFUSE][place]),
            mean_pd=float(total_pd[place] / with_pd[place]) if with_pd[place] else None,
            cost=float(total_cost[place] / with_pd[place]) if with_pd[place] else None,
            loss=None if loss is None else float(loss[place]),
        )
        for place, name in enumerate(names)
    ]
    return _ordered(made, by)[:MOST_GROUPS]


def expected_costs_of(found: Scored, kept: Mask) -> Floats:
    """Expected cost of each of the rows `kept` as they are judged today."""
    pd, today = found.pd[kept], found.today.only(kept)
    refused = (pd >= today.cutoff) | (found.ruled[kept] & (found.outcome[kept] == REFUSE))
    return expected_costs(pd, refused, today.c_fp, today.c_fn)


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    codes: npt.NDArray[np.integer]
    n: int

    def of(self, values: Floats) -> Floats:
        """Sum of `values` by group."""
        return np.bincount(self.codes, weights=values, minlength=self.n).astype(np.float64)


def _losses(found: Scored, kept: Mask) -> Floats | None:
    if "expected_loss" not in found.rows.schema.names:
        return None
    losses = found.rows.column("expected_loss").to_numpy().astype(np.float64)[kept]
    return losses if not np.isnan(losses).all() else None


def _ordered(made: Sequence[Group], by: Dimension) -> list[Group]:
    if by in ("band", "month"):
        return sorted(made, key=lambda group: (group.key is None, group.key or ""))
    return sorted(made, key=lambda group: (group.key is None, -group.rows, group.key or ""))
