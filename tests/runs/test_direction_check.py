"""What a worse fact does to a score: who fell, how far, and which feature leads."""

import lightgbm
import numpy as np
import pytest

from garant.features.encode import InputColumn
from garant.models.calibrator import Calibrator
from garant.runs.direction_check import JudgedScore, fact_moves
from garant.runs.worse_facts import Worsened, drawn_clients


@pytest.fixture(scope="module")
def score() -> JudgedScore:
    """Risk rises with the first feature and falls, faster, with the second."""
    rng = np.random.default_rng(5)
    matrix = rng.random((3_000, 2)).astype(np.float32)
    label = (rng.random(3_000) < 1 / (1 + np.exp(1.0 - 3 * matrix[:, 0] + 6 * matrix[:, 1]))).astype(int)
    parameters = {"objective": "binary", "verbose": -1, "num_threads": 1, "num_leaves": 8}
    booster = lightgbm.train(parameters, lightgbm.Dataset(matrix, label), 60)
    columns = (InputColumn("raises"), InputColumn("lowers"))
    return JudgedScore(booster=booster, columns=columns, calibrator=Calibrator(1.0, 0.0))


def test_the_feature_that_pulls_most_among_those_who_fell_is_named(score: JudgedScore):
    before = np.array([[0.3, 0.2], [0.3, 0.8], [0.2, 0.5]], dtype=np.float32)
    # Two fall, because the second feature rises more than the first; of the third the first alone rises.
    after = np.array([[0.4, 0.6], [0.45, 0.95], [0.9, 0.5]], dtype=np.float32)
    found = fact_moves(score, Worsened("worse", before, after))
    fall = score.calibrator.pd(score.margin(before)) - score.calibrator.pd(score.margin(after))
    assert (fall > 0).tolist()[::2] == [True, False]
    assert (found.moves.rows, found.led_by) == (3, "lowers")
    assert found.largest_pd == pytest.approx(fall.max())


def test_the_same_applicants_are_drawn_whatever_the_order_of_their_ids():
    ids = np.arange(100, 200)
    drawn = drawn_clients(ids, seed=3, n=10)
    assert np.array_equal(drawn, drawn_clients(ids[::-1], seed=3, n=10))
    assert np.array_equal(drawn, np.unique(drawn))
    assert len(drawn) == 10
