"""The bundle says whether SQLite gives the features that training used: shown equal, and a difference is seen."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from garant.features.feature import Profile
from garant.models.training_data import TrainingData
from garant.runs.accept import accepted_tables
from garant.runs.bundle_features import bundle_features
from garant.runs.online_proof import CLIENTS, compared_clients, online_entry
from garant.runs.train import sample_of
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.tables.accepted import AcceptedTables
from garant.tables.config import Money

pytestmark = pytest.mark.xdist_group("own")


@pytest.fixture(scope="module")
def accepted(lender: Path, settings: Settings) -> AcceptedTables:
    return accepted_tables(lender, purpose="train", settings=settings)


@pytest.fixture(scope="module")
def sample(accepted: AcceptedTables, model: TrainResult, settings: Settings) -> TrainingData:
    """What the model learned from."""
    whole = sample_of(accepted, Profile.EU, settings=settings)
    by_name = {column.name: number for number, column in enumerate(whole.columns)}
    return whole.only([by_name[column.name] for column in model.bundle.columns])


def test_a_trained_bundle_says_what_amounts_mean_and_that_sqlite_gives_its_features(
    model: TrainResult, accepted: AcceptedTables
) -> None:
    content = model.bundle.content
    assert content.money is not None
    assert Money(**content.money.model_dump()) == accepted.config.money
    assert content.online is not None
    assert content.online.is_equal
    assert content.online.clients == CLIENTS
    assert content.online.features == len(content.features)
    assert content.online.sqlite == sqlite3.sqlite_version
    assert {"money", "online"} <= set(content.sections.optional)


def test_one_other_bit_of_one_applicant_is_a_difference(
    accepted: AcceptedTables, sample: TrainingData, model: TrainResult, settings: Settings
) -> None:
    features = bundle_features(model.bundle)
    client = compared_clients(accepted, sample.ids, seed=7)[17]
    changed = sample.matrix.copy()
    row = int(np.searchsorted(sample.ids, client))
    # The smallest number: there, one bit is least.
    place = int(np.argmin(np.where(changed[row] > 0, changed[row], np.inf)))
    assert changed[row, place] < 1
    changed[row, place] = np.nextafter(changed[row, place], np.float32(np.inf))
    entry = online_entry(accepted, features, replace(sample, matrix=changed), seed=7, settings=settings)
    assert (entry.differing, entry.is_equal) == (1, False)
    assert online_entry(accepted, features, sample, seed=7, settings=settings).is_equal


def test_the_fullest_histories_and_somebody_without_any_are_compared(
    accepted: AcceptedTables, sample: TrainingData
) -> None:
    rows: dict[int, int] = dict.fromkeys(sample.ids.tolist(), 0)
    for table in set(accepted.tables) - {"application", "bureau_balance"}:
        for file in accepted.files[table]:
            for client in pq.read_table(file, columns=["SK_ID_CURR"]).column(0).to_pylist():
                if client in rows:
                    rows[client] += 1
    chosen = compared_clients(accepted, sample.ids, seed=7).tolist()
    assert len(set(chosen)) == CLIENTS
    assert chosen == sorted(chosen)
    assert max(rows, key=lambda client: rows[client]) in chosen
    assert (min(rows.values()) == 0) == (min(rows[client] for client in chosen) == 0)
