"""Whether reasons outlive a retraining: told from models that differ."""

import lightgbm
import numpy as np
import pyarrow as pa
import pytest

from garant.explanations.accepted import Accepted
from garant.explanations.contributions import contributions_of_few
from garant.explanations.reasons import ReasonWriter
from garant.explanations.stability import Stability, stability
from garant.features.catalogue import feature
from garant.wording.catalogue import Wording

LATE = feature("installments_late_days_max_all")
RATING = feature("application_external_score_2")
MODEL = (LATE, RATING)


def fitted(late: float, rating: float) -> lightgbm.Booster:
    """A model in which a long delay and a low score weigh that much."""
    rng = np.random.default_rng(4)
    matrix = rng.random((2_000, 2)).astype(np.float32)
    log_odds = late * matrix[:, 0] - rating * matrix[:, 1]
    label = (rng.random(2_000) < 1 / (1 + np.exp(-log_odds))).astype(int)
    options = {"objective": "binary", "verbose": -1, "num_threads": 1, "num_leaves": 4, "seed": 1}
    return lightgbm.train(options, lightgbm.Dataset(matrix, label), num_boost_round=30)


@pytest.fixture(scope="module")
def late_matters() -> lightgbm.Booster:
    return fitted(6.0, 1.5)


@pytest.fixture(scope="module")
def rating_matters() -> lightgbm.Booster:
    return fitted(1.5, 6.0)


def told(champion: lightgbm.Booster, members: list[lightgbm.Booster]) -> Stability:
    matrix = np.array([[0.9, 0.1]], dtype=np.float32)
    values = pa.table({LATE.name: [0.9], RATING.name: [0.1]})
    writer = ReasonWriter(MODEL, Wording("en"), accepted=Accepted(), period_declared=True)
    reasons = next(writer.reasons(contributions_of_few(champion, matrix), values))
    assert len(reasons) == 2
    return stability(reasons, members, matrix=matrix, values=values, writer=writer)


def test_a_main_reason_that_the_members_give_too_is_stable(late_matters: lightgbm.Booster) -> None:
    found = told(late_matters, [late_matters, late_matters, late_matters])
    assert found == Stability(3, {"late_payments": 3, "external_rating": 3}, 3)
    assert found.is_stable


def test_a_main_reason_that_members_rank_lower_is_kept_and_yet_not_stable(
    late_matters: lightgbm.Booster, rating_matters: lightgbm.Booster
) -> None:
    found = told(late_matters, [late_matters, rating_matters, rating_matters])
    assert found.kept == {"late_payments": 3, "external_rating": 3}
    assert found.main_kept == 1
    assert not found.is_stable


def test_two_of_three_are_enough(late_matters: lightgbm.Booster, rating_matters: lightgbm.Booster) -> None:
    assert told(late_matters, [late_matters, late_matters, rating_matters]).is_stable


def test_whoever_has_no_reason_is_stable_where_the_members_give_none_either(late_matters: lightgbm.Booster) -> None:
    matrix = np.array([[0.05, 0.95]], dtype=np.float32)
    values = pa.table({LATE.name: [0.05], RATING.name: [0.95]})
    writer = ReasonWriter(MODEL, Wording("en"), accepted=Accepted(), period_declared=True)
    assert next(writer.reasons(contributions_of_few(late_matters, matrix), values)) == ()
    found = stability((), [late_matters], matrix=matrix, values=values, writer=writer)
    assert (found.main_kept, found.is_stable) == (1, True)


def test_a_member_that_gives_no_reason_does_not_keep_the_main_one(late_matters: lightgbm.Booster) -> None:
    found = told(late_matters, [late_matters, fitted(-6.0, -1.5)])
    assert found.kept == {"late_payments": 1, "external_rating": 1}
    assert (found.main_kept, found.is_stable) == (1, False)
