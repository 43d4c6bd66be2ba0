"""A small sample with a planted truth, and a champion of it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from garant.features.encode import InputColumn
from garant.models.parameters import Parameters
from garant.models.training import Trained, train_champion
from garant.models.training_data import TrainingData
from worker_groups import keep_together


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what looks at the champion with one worker: it is trained once."""
    keep_together(items, Path(__file__).parent, "models", fixtures={"trained"})


def planted(rows: int, seed: int) -> tuple[TrainingData, np.ndarray]:
    """Training data of six numbers, a category and a column without any value; and the true log-odds."""
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(rows, 6))
    region = rng.integers(0, 4, rows)
    log_odds = -2.4 + 0.8 * numbers[:, 0] - 0.6 * numbers[:, 1] + 0.5 * (numbers[:, 2] > 0) + 0.7 * (region == 2)
    numbers[rng.random(rows) < 0.4, 4] = np.nan
    matrix = np.column_stack([numbers, region, np.full(rows, np.nan)]).astype(np.float32)
    columns = [InputColumn(f"number_{i}") for i in range(6)]
    columns += [InputColumn("region", ("north", "south", "west")), InputColumn("empty")]
    data = TrainingData(
        matrix=matrix,
        label=(rng.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(np.int8),
        ids=rng.permutation(rows).astype(np.int64) + 100_000,
        columns=tuple(columns),
    )
    return data, log_odds


@pytest.fixture(scope="session")
def make_data() -> Callable[[int, int], TrainingData]:
    """Training data of so many rows and that seed."""
    return lambda rows, seed: planted(rows, seed)[0]


@pytest.fixture(scope="session")
def data() -> TrainingData:
    """Three thousand applicants."""
    return planted(3_000, 1)[0]


@pytest.fixture(scope="session")
def true_log_odds() -> np.ndarray:
    """Log-odds that the labels of `data` were drawn with."""
    return planted(3_000, 1)[1]


@pytest.fixture(scope="session")
def quick() -> Parameters:
    """Parameters that train in a second."""
    return Parameters(learning_rate=0.1, num_leaves=7, min_data_in_leaf=20, max_rounds=200, patience=15)


@pytest.fixture(scope="session")
def trained(data: TrainingData, quick: Parameters) -> Trained:
    """Champion of `data`."""
    return train_champion(data, seed=5, folds=4, parameters=quick, num_threads=1)
