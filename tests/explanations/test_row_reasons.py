"""Reasons of a row that comes alone, as plain values, are those that it has in a batch."""

import numpy as np
import pyarrow as pa

from garant.explanations.accepted import Accepted
from garant.explanations.reasons import MAX_REASONS, ReasonWriter
from garant.features.catalogue import catalogue
from garant.features.feature import Feature, Missing, Profile
from garant.models.bundle.groups import FeatureGroups, Spread
from garant.wording.catalogue import Wording

FEATURES = catalogue(profile=Profile.KAGGLE)
ROWS = 200
LEVELS = ("A", "B", "C")


def drawn_groups(feature: Feature, rng: np.random.Generator) -> FeatureGroups:
    """Accepted and refused applicants; of some features nothing is known."""
    if rng.random() < 0.1:
        return FeatureGroups()
    typical = float(rng.normal(0, 0.05))
    if feature.is_category:
        accepted, refused = (drawn_shares(rng) for _ in range(2))
        return FeatureGroups(0, typical, Spread(500, shares=accepted), Spread(500, shares=refused))
    low, median, high = sorted(rng.integers(0, 4, 3).tolist())
    known = median if rng.random() < 0.9 else None
    return FeatureGroups(int(rng.integers(-1, 2)), typical, Spread(500, low, known, high))


def drawn_shares(rng: np.random.Generator) -> dict[str, float]:
    return {level: float(share) for level, share in zip(LEVELS, rng.dirichlet([1] * 3), strict=True)}


def drawn_column(feature: Feature, rng: np.random.Generator) -> pa.Array:
    """Values around the median, many of them equal to it, and many that are not known."""
    known = rng.random(ROWS) > 0.3
    if feature.is_category:
        levels = rng.choice([*LEVELS, "new"], ROWS)
        return pa.array([level if is_known else None for level, is_known in zip(levels, known, strict=True)])
    values = rng.integers(0, 4, ROWS).tolist()
    kind = pa.int64() if rng.random() < 0.5 else pa.float64()
    return pa.array([value if is_known else None for value, is_known in zip(values, known, strict=True)], kind)


def test_a_row_alone_has_the_reasons_that_it_has_in_company() -> None:
    rng = np.random.default_rng(5)
    groups = {feature.name: drawn_groups(feature, rng) for feature in FEATURES}
    # In eighths, so that some are equal and some are nothing, and sums are exact in any order.
    effects = np.round(rng.normal(0, 1, (ROWS, len(FEATURES) + 1))) / 8
    batch = pa.RecordBatch.from_arrays(
        [drawn_column(feature, rng) for feature in FEATURES], names=[feature.name for feature in FEATURES]
    )
    for period_declared in (True, False):
        writer = ReasonWriter(FEATURES, Wording("en"), accepted=Accepted({}, groups), period_declared=period_declared)
        together = list(writer.reasons(effects, batch))
        alone = [
            tuple(writer.worded(each) for each in writer.of_row(of_row, list(values.values())))
            for of_row, values in zip(effects, batch.to_pylist(), strict=True)
        ]
        assert [[(r.family, r.feature, r.text) for r in each] for each in alone] == [
            [(r.family, r.feature, r.text) for r in each] for each in together
        ]
        told = [reason for each in together for reason in each]
        assert {len(each) for each in together} >= {MAX_REASONS}
        # What the rule parts is there: facts, families without one, what is not known, events that never were.
        assert {reason.feature is None for reason in told} == {True, False}
        never = {f.name for f in FEATURES if f.missing is Missing.NOT_APPLICABLE}
        assert never & {reason.feature for reason in told}
