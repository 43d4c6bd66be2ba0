"""The refer band: symmetric, as wide as retrained models need, never wider than persons can look at."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from garant.models.calibration import cross_fitted_log_odds
from garant.models.cutoff import ReferBand, log_odds_of
from garant.models.refer_band import FLIP_LEVEL, LARGEST_SHARE, STEP, choose_band, share_flipped
from garant.models.retraining import Members, retrain
from garant.models.training import Trained
from garant.models.training_data import TrainingData

CUTOFF = 1 / 11
CENTRE = log_odds_of(CUTOFF)


def members_with_noise(sd: float, *, models: int = 5, applicants: int = 4000) -> tuple[np.ndarray, Members]:
    """True log-odds, and members that miss them by noise; seeds by a fifth of it."""
    rng = np.random.default_rng(1)
    true = rng.normal(CENTRE - 0.8, 1.0, applicants)
    by_sample = true + sd * rng.normal(size=(models, applicants))
    by_seed = true + sd / 5 * rng.normal(size=(models, applicants))
    return true, Members(rows=np.arange(applicants), by_seed=by_seed, by_sample=by_sample, texts=("",) * models)


@pytest.mark.parametrize("half_width", [0.005, 0.3, 1.7])
@pytest.mark.parametrize("cutoff", [1 / 51, 1 / 11, 0.5])
def test_a_band_is_symmetric_in_log_odds(cutoff: float, half_width: float) -> None:
    band = ReferBand.around(cutoff, half_width)
    assert abs(log_odds_of(cutoff) - log_odds_of(band.lower) - half_width) < 1e-12
    assert abs(log_odds_of(band.upper) - log_odds_of(cutoff) - half_width) < 1e-12
    assert band.width == pytest.approx(2 * half_width, abs=1e-12)


def test_a_band_without_width_is_the_cut_off_itself() -> None:
    assert ReferBand.around(CUTOFF, 0.0) == ReferBand.at(CUTOFF)


def test_models_that_agree_enough_get_the_narrowest_band_that_quiets_them() -> None:
    true, members = members_with_noise(0.08)
    choice = choose_band(true, members, cutoff=CUTOFF)
    assert not choice.is_capped
    assert choice.chosen.samples.value <= FLIP_LEVEL < choice.table[0].samples.value
    assert choice.chosen.referred < LARGEST_SHARE
    narrower = choice.chosen.half_width - STEP
    assert share_flipped(members.by_sample - CENTRE, half_width=narrower).value > FLIP_LEVEL


def test_models_that_disagree_get_the_widest_band_that_refers_at_most_the_limit() -> None:
    true, members = members_with_noise(0.6)
    choice = choose_band(true, members, cutoff=CUTOFF)
    assert choice.is_capped
    assert choice.chosen.samples.value > FLIP_LEVEL
    assert choice.chosen.referred <= LARGEST_SHARE
    wider = choice.chosen.half_width + STEP
    assert np.mean(np.abs(true - CENTRE) <= wider) > LARGEST_SHARE


def test_models_that_agree_wholly_need_no_band() -> None:
    true, members = members_with_noise(0.0)
    choice = choose_band(true, members, cutoff=CUTOFF)
    assert choice.chosen.half_width == 0
    assert choice.chosen.referred == 0
    assert not choice.is_capped


def test_a_crowd_at_the_cut_off_leaves_no_band() -> None:
    true, members = members_with_noise(0.6)
    choice = choose_band(np.full(len(true), CENTRE), members, cutoff=CUTOFF)
    assert choice.chosen.half_width == 0
    assert choice.is_capped


def test_the_share_of_flips_is_counted_over_pairs_and_borders_belong_to_the_stricter_side() -> None:
    low, high = -0.5, 0.5
    log_odds = np.array(
        [
            # both accept, one flips, at the upper border one refuses, at the lower one it refers
            [-1.0, -1.0, -1.0, low],
            [-1.0, 1.0, high, 1.0],
            [-1.0, 0.0, 0.0, 1.0],
        ]
    )
    flipped = share_flipped(log_odds, half_width=0.5)
    assert flipped.value == pytest.approx((0 + 1 / 3 + 1 / 3 + 0) / 4)
    assert share_flipped(log_odds, half_width=0.51).value == pytest.approx((1 / 3) / 4)
    assert 0 <= flipped.low < flipped.value < flipped.high <= 1


def test_a_wider_band_never_has_more_flips_nor_fewer_referred() -> None:
    true, members = members_with_noise(0.4)
    table = choose_band(true, members, cutoff=CUTOFF).table
    assert [row.referred for row in table] == pytest.approx([0, 0.05, 0.10, 0.15, 0.25], abs=0.001)
    for narrow, wide in pairwise(table):
        assert wide.half_width > narrow.half_width
        assert wide.samples.value <= narrow.samples.value
        assert wide.seeds.value <= narrow.seeds.value
    assert table[0].samples.value > table[0].seeds.value


def test_each_applicant_is_held_against_the_cut_off_of_the_own_product() -> None:
    true, members = members_with_noise(0.4)
    one = choose_band(true, members, cutoff=CUTOFF)
    shift = log_odds_of(1 / 7) - CENTRE
    of_other_product = np.arange(len(true)) % 2 == 1
    moved = Members(
        rows=members.rows,
        by_seed=members.by_seed + shift * of_other_product,
        by_sample=members.by_sample + shift * of_other_product,
        texts=members.texts,
    )
    cutoffs = np.where(of_other_product, 1 / 7, CUTOFF)
    assert choose_band(true + shift * of_other_product, moved, cutoff=cutoffs).chosen == one.chosen


def test_the_table_of_flips_comes_out_alike_for_rows_in_any_order(data: TrainingData, trained: Trained) -> None:
    def choice(data: TrainingData, margin: np.ndarray, fold: np.ndarray) -> object:
        log_odds = cross_fitted_log_odds(margin, data.label, fold)
        own = dataclasses.replace(trained, oof_margin=margin, fold=fold)
        members = retrain(data, own, members=2, num_threads=1)
        return choose_band(np.round(log_odds, 12), members, cutoff=CUTOFF)

    order = np.random.default_rng(4).permutation(len(data.label))
    first = choice(data, trained.oof_margin, trained.fold)
    assert first == choice(data.rows(order), trained.oof_margin[order], trained.fold[order])
