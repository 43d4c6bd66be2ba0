"""A scorecard of a thousand people, written by hand."""

import numpy as np
import pytest

from garant.features.encode import InputColumn
from garant.models.bundle.content import PointsScale
from garant.models.calibrator import Calibrator
from garant.models.scorecard.bins import CategoryBins, NumberBins
from garant.models.scorecard.card import BinnedFeature, Card, CardFeature
from garant.models.scorecard.content import Scorecard, scorecard_content
from garant.models.scorecard.woe import BinCounts

LEVELS = ("clerk", "cook", "driver")
COLUMNS = (InputColumn("unused"), InputColumn("job", LEVELS), *(InputColumn(f"number_{n}") for n in range(9)))
"""Columns of the matrix; the card reads them in another order."""


@pytest.fixture(scope="session")
def columns() -> tuple[InputColumn, ...]:
    return COLUMNS


@pytest.fixture(scope="session")
def scorecard() -> Scorecard:
    """Nine numbers with edges at 0.3 and 0.7, and a job; the weights have many digits."""
    rng = np.random.default_rng(4)
    numbers, job = NumberBins((0.3, 0.7)), CategoryBins((("cook",), ("clerk", "driver")), LEVELS)
    counts = BinCounts(np.array([300.0, 400.0, 285.0, 15.0]), np.array([60.0, 30.0, 9.0, 1.0]))
    features = [
        CardFeature(f"number_{n}", numbers, rng.normal(0, 0.6, 4).round(6), round(float(rng.uniform(0.3, 1)), 6))
        for n in range(9)
    ]
    features.append(CardFeature("job", job, np.array([-0.2, 0.4, 0.0, -0.4]), 0.712345))
    binned = tuple(
        BinnedFeature(name=f.name, bins=f.bins, counts=counts, woe=f.woe, information_value=0.1) for f in features
    )
    texts = {language: {f.name: ("", "", "", "") for f in features} for language in ("fr", "en")}
    card = Card(-2.345678, tuple(features))
    return scorecard_content(card, binned, Calibrator(1.0312, -0.0123), PointsScale(), texts=texts)
