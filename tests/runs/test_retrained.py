"""How many members a training may be asked for, and the band that follows from them."""

import dataclasses

import numpy as np
import pytest

from garant.exceptions import UsageError
from garant.features.encode import InputColumn
from garant.models.calibration import cross_fitted_log_odds
from garant.models.loans import Loans
from garant.models.parameters import Parameters
from garant.models.pricing import pricing
from garant.models.product_cutoffs import Cutoffs
from garant.models.refer_band import choose_band
from garant.models.training import Trained, train_champion
from garant.models.training_data import TrainingData
from garant.runs.progress import silent
from garant.runs.retrained import Retrained, check_members, retrained_of

ROWS = 1_200
REVOLVING = "Revolving loans"


@pytest.mark.parametrize("members", [-1, 1, 51])
def test_members_that_cannot_be_compared_are_refused_before_the_training(members: int) -> None:
    with pytest.raises(UsageError, match=rf"--members {members}: expected 2 to 50 .* or 0 for none"):
        check_members(members)


@pytest.mark.parametrize("members", [0, 2, 50])
def test_none_and_as_many_as_can_be_compared_are_taken(members: int) -> None:
    check_members(members)


@pytest.fixture(scope="module")
def sample() -> TrainingData:
    rng = np.random.default_rng(6)
    matrix = rng.normal(size=(ROWS, 3)).astype(np.float32)
    label = (rng.random(ROWS) < 1 / (1 + np.exp(1.5 - matrix[:, 0]))).astype(np.int8)
    columns = tuple(InputColumn(f"number_{n}") for n in range(3))
    return TrainingData(matrix=matrix, label=label, ids=np.arange(ROWS), columns=columns)


@pytest.fixture(scope="module")
def champion(sample: TrainingData) -> Trained:
    quick = Parameters(learning_rate=0.2, num_leaves=4, min_data_in_leaf=20, max_rounds=60, patience=10)
    return train_champion(sample, seed=3, folds=3, parameters=quick, num_threads=1)


@pytest.fixture(scope="module")
def cutoffs() -> Cutoffs:
    """A cut-off of 1/11, and one of 1/3 for revolving loans."""
    return pricing(costs="1:10", product_costs={REVOLVING: "1:2"}).cutoffs


@pytest.fixture(scope="module")
def loans() -> Loans:
    """Every other loan is a revolving one."""
    product = np.where(np.arange(ROWS) % 2, REVOLVING, "Cash loans").astype(object)
    return Loans(product, np.full(ROWS, 1_000.0))


def of(
    sample: TrainingData, champion: Trained, cutoffs: Cutoffs, loans: Loans, *, members: int
) -> Retrained | str | None:
    return retrained_of(sample, champion, cutoffs, loans, members=members, threads=1, progress=silent)


def test_nobody_who_asks_for_no_member_waits_for_one(
    sample: TrainingData, champion: Trained, cutoffs: Cutoffs, loans: Loans
) -> None:
    assert of(sample, champion, cutoffs, loans, members=0) is None


def test_each_applicant_is_held_against_the_cut_off_of_the_product(
    sample: TrainingData, champion: Trained, cutoffs: Cutoffs, loans: Loans
) -> None:
    found = of(sample, champion, cutoffs, loans, members=3)
    assert isinstance(found, Retrained)
    log_odds = cross_fitted_log_odds(champion.oof_margin, sample.label, champion.fold)
    per_row = np.where(loans.product == REVOLVING, 1 / 3, 1 / 11)
    assert found.choice == choose_band(log_odds, found.members, cutoff=per_row)
    assert found.choice != choose_band(log_odds, found.members, cutoff=1 / 11)
    # The band itself lies around the cut-off of everybody.
    assert found.cutoff == pytest.approx(1 / 11)
    assert found.band.lower < found.cutoff < found.band.upper
    assert found.band.width == pytest.approx(2 * found.choice.chosen.half_width)


def test_a_sample_on_which_members_rank_nobody_gets_no_band_and_is_told_why(
    sample: TrainingData, champion: Trained, cutoffs: Cutoffs, loans: Loans
) -> None:
    # The champion tells bad from good the wrong way round: no line makes a PD of it.
    turned = dataclasses.replace(champion, oof_margin=-champion.oof_margin)
    said = of(sample, turned, cutoffs, loans, members=2)
    assert isinstance(said, str)
    reason, _, why = said.partition(": ")
    assert reason == "No refer band, retrained models cannot be compared on so small a sample"
    assert "rank" in why
