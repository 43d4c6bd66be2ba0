"""Why outcomes differ: another PD or another cut-off, which first reasons, which families of features."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from garant.explanations.accepted import Accepted
from garant.explanations.contributions import checked_contributions
from garant.explanations.reasons import ReasonWriter
from garant.features.encode import encode
from garant.runs.bundle_features import bundle_features
from garant.runs.comparison.pairs import Floats, Mask, Pairs, matrix_parts
from garant.runs.score import ScoreResult
from garant.wording.catalogue import Wording

BASE = "base"
"""Where the families start from: mean margin and calibration, the same for everybody of a bundle."""


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """One reason code among those whose outcome differs.

    Parameters
    ----------
    code : str or None
        Code of the first reason; None where no family raises the risk.
    stricter : int
        Applicants to whom B is stricter, by B's first reason.
    milder : int
        Applicants to whom B is milder, by A's first reason, which stood in the way.
    """

    code: str | None
    stricter: int
    milder: int


@dataclass(frozen=True, slots=True)
class FamilyShift:
    """What a family of features adds to the calibrated log-odds by B less what it adds by A.

    Parameters
    ----------
    family : str
        Reason family, or `BASE`.
    stricter, milder : float
        Mean over the applicants to whom B is stricter, or milder; NaN where there are none. The families and `BASE` add
        up to the mean difference of the calibrated log-odds.
    """

    family: str
    stricter: float
    milder: float


def reason_counts(pairs: Pairs) -> tuple[ReasonCount, ...]:
    """First reasons of those whose outcome differs, the most frequent first; both columns add up to all of them."""
    stricter, milder = directions(pairs)
    after = Counter(pairs.b.reason[row] for row in np.flatnonzero(stricter))
    before = Counter(pairs.a.reason[row] for row in np.flatnonzero(milder))
    codes = sorted({*after, *before}, key=lambda code: (-after[code] - before[code], code or ""))
    return tuple(ReasonCount(code, after[code], before[code]) for code in codes)


def directions(pairs: Pairs) -> tuple[Mask, Mask]:
    """To whom B is stricter, and to whom milder: accept, refer, refuse stand in this order."""
    return pairs.b.outcome > pairs.a.outcome, pairs.b.outcome < pairs.a.outcome


def by_cutoff_alone(pairs: Pairs) -> int:
    """Applicants whose outcome differs although their PD lies on the same side of one and the same cut-off, that of A.

    They are decided otherwise because the cut-off or the refer band moved, not because the model sees them otherwise.
    """
    cutoff = pairs.yardstick.cutoff
    same_side = (pairs.a.pd >= cutoff) == (pairs.b.pd >= cutoff)
    return int((pairs.changed & same_side).sum())


def family_shifts(a: ScoreResult, b: ScoreResult, pairs: Pairs) -> tuple[FamilyShift, ...]:
    """Mean shift of each family among those whose outcome differs, the largest first, `BASE` at the end."""
    groups = directions(pairs)
    effects_a, effects_b = (_family_effects(result, pairs, groups) for result in (a, b))
    families = sorted({*effects_a, *effects_b} - {BASE})
    nothing = np.zeros(len(groups))
    shifts = {name: effects_b.get(name, nothing) - effects_a.get(name, nothing) for name in (*families, BASE)}
    ordered = sorted(families, key=lambda name: -float(np.nanmax(np.abs(shifts[name]), initial=0.0)))
    return tuple(FamilyShift(name, *map(float, shifts[name])) for name in (*ordered, BASE))


def _family_effects(result: ScoreResult, pairs: Pairs, groups: Sequence[Mask]) -> dict[str, Floats]:
    """Mean effect of each family, in calibrated log-odds, in each group; NaN in an empty one."""
    features = bundle_features(result.bundle)
    writer = ReasonWriter(features, Wording("en"), accepted=Accepted(), period_declared=False)
    calibrator = result.bundle.content.calibrator
    total, judged = np.zeros((len(groups), len(writer.families))), np.zeros(len(groups))
    numbers = pairs.client.to_numpy(zero_copy_only=False)
    wanted = [set(numbers[group & np.isfinite(pairs.a.pd)].astype(np.int64).tolist()) for group in groups]
    ids = pa.array(sorted(set().union(*wanted)), pa.int64())
    for part in matrix_parts(result):
        for batch in pq.read_table(part, filters=[("SK_ID_CURR", "in", ids)]).to_batches():
            values = checked_contributions(result.bundle.booster, encode(batch, result.bundle.columns))
            by_family = calibrator.slope * writer.sums(values)
            clients = batch.column("SK_ID_CURR").to_pylist()
            for number, group in enumerate(wanted):
                rows = np.array([client in group for client in clients], dtype=bool)
                total[number] += by_family[rows].sum(axis=0)
                judged[number] += rows.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / judged[:, None]
    base = calibrator.intercept + calibrator.slope * result.bundle.content.base_value
    found = {family: mean[:, position] for position, family in enumerate(writer.families)}
    return {**found, BASE: np.where(judged > 0, base, np.nan)}
