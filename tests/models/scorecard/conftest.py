"""A scorecard written by hand, and one fitted on the small planted sample."""

import numpy as np
import pytest

from garant.models.bundle.content import PointsScale
from garant.models.calibrator import Calibrator
from garant.models.scorecard.bins import CategoryBins, NumberBins
from garant.models.scorecard.card import BinnedFeature, Card, CardFeature
from garant.models.scorecard.content import Scorecard, scorecard_content
from garant.models.scorecard.inputs import CardInput, Direction
from garant.models.scorecard.woe import BinCounts
from garant.models.training_data import TrainingData

AMOUNT = NumberBins((10.0, 20.5))
JOB = CategoryBins((("cook",), ("clerk", "driver")), ("clerk", "cook", "driver"))


def by_hand() -> tuple[Card, tuple[BinnedFeature, ...]]:
    """Card of an amount and a job, and the counts of a sample of 1,000."""
    amount = BinnedFeature(
        name="amount",
        bins=AMOUNT,
        counts=BinCounts(np.array([300.0, 400.0, 285.0, 15.0]), np.array([60.0, 30.0, 9.0, 1.0])),
        woe=np.array([-0.8, 0.2, 1.0, 0.0]),
        information_value=0.3,
    )
    job = BinnedFeature(
        name="job",
        bins=JOB,
        counts=BinCounts(np.array([500.0, 400.0, 0.0, 100.0]), np.array([60.0, 25.0, 0.0, 15.0])),
        woe=np.array([-0.2, 0.4, 0.0, -0.4]),
        information_value=0.1,
    )
    card = Card(-2.2, (CardFeature("amount", AMOUNT, amount.woe, 0.9), CardFeature("job", JOB, job.woe, 0.7)))
    return card, (amount, job)


@pytest.fixture(scope="session")
def card() -> Card:
    return by_hand()[0]


@pytest.fixture(scope="session")
def scorecard() -> Scorecard:
    made, counted = by_hand()
    texts = {
        language: {f.name: tuple(f"{f.name} {language} {n}" for n in range(len(f.woe))) for f in counted}
        for language in ("fr", "en")
    }
    return scorecard_content(made, counted, Calibrator(1.1, 0.2), PointsScale(), texts=texts)


@pytest.fixture(scope="session")
def inputs(data: TrainingData) -> list[CardInput]:
    """Candidates of the planted sample; the direction of the first two numbers is known to the catalogue."""
    directions: dict[str, Direction] = {"number_0": 1, "number_1": -1}
    return [CardInput(column=c, direction=directions.get(c.name, 0), unit="score") for c in data.columns]
