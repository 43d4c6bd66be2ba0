"""What the command line says of features that moved."""

import numpy as np
import pytest

from garant.metrics.psi import Stability
from garant.models.population import FeatureStability, PopulationStability
from garant.runs.validation_sections import population_lines

STILL = Stability(psi=0.001, limit=0.01, bins=10, n_expected=1000, n_actual=1000)
MOVED = Stability(psi=0.3, limit=0.01, bins=10, n_expected=1000, n_actual=1000)


@pytest.mark.parametrize(("n_moved", "said"), [(1, "  1 feature moved by"), (2, "  2 features moved by")])
def test_features_that_moved_are_counted_in_good_english(n_moved: int, said: str) -> None:
    features = tuple(
        FeatureStability(name=f"f{number}", found=MOVED if number < n_moved else STILL, null_before=0, null_now=0)
        for number in range(3)
    )
    counts = np.array([500, 500])
    population = PopulationStability(
        rows_before=1000,
        rows_now=1000,
        score=STILL,
        edges=(0.1,),
        score_before=counts,
        score_now=counts,
        features=features,
    )
    lines = population_lines({"labelled": population})
    assert lines[1].startswith(said)
