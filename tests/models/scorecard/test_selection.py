"""What enters the scorecard, and what does not."""

import numpy as np

from garant.models.scorecard.selection import ENTRY_GAIN, MAX_FEATURES, STAY_GAIN, screen, select


def planted(rows: int, features: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Evidence of features of which the first five matter, and labels."""
    rng = np.random.default_rng(seed)
    evidence = rng.normal(scale=0.4, size=(rows, features))
    log_odds = -1.5 - evidence[:, :5].sum(axis=1)
    return evidence, (rng.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(np.int8)


def fitted(risk: np.ndarray, label: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights of a logistic regression by plain Newton steps, its PDs, and the design in units of their deviation."""
    design = np.column_stack([np.ones(len(label)), risk])
    weights = np.zeros(design.shape[1])
    pd, weighted = np.full(len(label), 0.5), design
    for _ in range(30):
        pd = 1 / (1 + np.exp(-design @ weights))
        weighted = np.sqrt(pd * (1 - pd))[:, None] * design
        weights = weights + np.linalg.solve(weighted.T @ weighted, design.T @ (label - pd))
    return weights[1:], pd, weighted


def by_least_squares(risk: np.ndarray, label: np.ndarray) -> tuple[list[int], int, int]:
    """Columns that a selection chooses, how many it threw out for good, and how many left at its end."""
    entered: list[int] = []
    barred: set[int] = set()
    while True:
        weights, pd, weighted = fitted(risk[:, entered], label)
        if entered and weights.min() <= 0:
            barred.add(entered.pop(int(np.argmin(weights))))
            continue
        gains = {0: 0.0}
        for number in set(range(risk.shape[1])) - {*entered, *barred}:
            own = np.sqrt(pd * (1 - pd)) * risk[:, number]
            left = own - weighted @ np.linalg.lstsq(weighted, own, rcond=None)[0]
            slope = float(risk[:, number] @ (label - pd))
            gains[number] = float(slope**2 / (left @ left)) if slope > 0 else 0.0
        best = max(gains, key=lambda number: gains[number])
        if gains[best] <= ENTRY_GAIN:
            break
        entered.append(best)
    n_entered = len(entered)
    while entered:
        weights, _, weighted = fitted(risk[:, entered], label)
        wald = weights * np.abs(weights) / np.diag(np.linalg.inv(weighted.T @ weighted))[1:]
        if wald.min() > STAY_GAIN:
            break
        entered.pop(int(np.argmin(wald)))
    return entered, len(barred), n_entered - len(entered)


def test_those_are_chosen_that_statistics_by_least_squares_choose():
    thrown_out, left = 0, 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        # Fourteen features that share three causes; five raise the risk and one points the wrong way.
        shared = rng.normal(size=(800, 3)) @ rng.normal(size=(3, 14))
        evidence = (0.4 * shared + 0.35 * rng.normal(size=(800, 14))) / 1.3
        log_odds = -1.3 - 0.7 * evidence[:, :5].sum(axis=1) + 0.5 * evidence[:, 5]
        label = (rng.random(800) < 1 / (1 + np.exp(-log_odds))).astype(np.int8)
        chosen, *others = by_least_squares(-evidence, label)
        assert select(evidence, np.full(14, 0.1), label) == tuple(chosen), seed
        thrown_out, left = thrown_out + others[0], left + others[1]
    # Both ways out were taken.
    assert (thrown_out > 0, left > 0) == (True, True)


def test_features_that_matter_enter_first():
    evidence, label = planted(6000, 30, 1)
    assert set(select(evidence, np.full(30, 0.1), label)[:5]) == {0, 1, 2, 3, 4}


def test_a_feature_that_nearly_parts_good_from_bad_enters_first_and_stays():
    rng = np.random.default_rng(8)
    # Bad cases are rare and nearly all of them in one bin: whole Newton steps from the mean run away here.
    bad_rates = np.array([0.002, 0.45])
    in_bin = rng.choice(2, size=3000, p=[0.83, 0.17])
    label = (rng.random(3000) < bad_rates[in_bin]).astype(np.int8)
    sample = float(np.log(np.mean(label) / (1 - np.mean(label))))
    evidence = np.column_stack(
        [rng.normal(scale=0.4, size=(3000, 5)), (sample - np.log(bad_rates / (1 - bad_rates)))[in_bin]]
    )
    assert select(evidence, np.full(6, 0.1), label)[0] == 5


def test_noise_enters_no_more_often_than_the_level_says():
    # 600 chances at 5 %, half of them cut off by the sign.
    entered = [len(select(e, np.full(30, 0.1), y)) for e, y in (planted(2000, 30, seed) for seed in range(20))]
    assert sum(entered) - 100 < 600 * 0.05


def test_of_two_copies_the_one_with_more_information_enters():
    evidence, label = planted(6000, 6, 2)
    doubled = np.column_stack([evidence, evidence[:, 0] + 1e-3 * evidence[:, 5]])
    information = np.append(np.full(6, 0.1), 0.2)
    chosen = select(doubled, information, label)
    assert 6 in chosen
    assert 0 not in chosen


def test_a_feature_that_points_the_wrong_way_never_enters():
    evidence, label = planted(6000, 6, 3)
    evidence[:, 2] = -evidence[:, 2]
    assert 2 not in select(evidence, np.full(6, 0.1), label)


def test_a_feature_without_information_never_enters():
    evidence, label = planted(6000, 6, 4)
    assert 0 not in select(evidence, np.append(0.001, np.full(5, 0.1)), label)


def test_a_small_sample_gets_a_short_scorecard():
    evidence, label = planted(200, 30, 5)
    assert len(select(evidence, np.full(30, 0.1), label)) <= int(label.sum()) // 10


def test_there_are_never_more_than_forty():
    rng = np.random.default_rng(6)
    evidence = rng.normal(scale=0.3, size=(8000, 60))
    label = (rng.random(8000) < 1 / (1 + np.exp(evidence.sum(axis=1)))).astype(np.int8)
    assert len(select(evidence, np.full(60, 0.1), label)) == MAX_FEATURES


def test_coarse_bins_find_the_features_worth_a_closer_look():
    evidence, label = planted(6000, 40, 7)
    matrix = evidence.astype(np.float32)
    matrix[:, 39] = np.nan
    kept = screen(matrix, label, keep=8)
    assert set(range(5)) <= set(kept)
    assert len(kept) == 8
    assert screen(matrix, label, keep=40) == tuple(range(40))


def test_a_missing_value_is_no_high_value_to_coarse_bins():
    rows = np.arange(2_000)
    label = np.where(rows < 100, rows % 2, rows % 10 == 0).astype(np.int8)
    # One row in twenty has no value, and one in two of these is bad, of the others one in ten.
    missing = np.where(rows < 100, np.nan, (rows * 7) % 2_000)
    # Of 120 rows 50 are bad: that says less, but more than the missing ones would say beside the highest values.
    flagged = np.zeros(2_000)
    flagged[np.flatnonzero((rows >= 100) & (label == 1))[:50]] = 1
    flagged[np.flatnonzero((rows >= 100) & (label == 0))[:70]] = 1
    assert screen(np.column_stack([flagged, missing]).astype(np.float32), label, keep=1) == (1,)


def test_of_two_features_that_are_each_other_turned_round_only_one_enters():
    rng = np.random.default_rng(9)
    first, own = rng.normal(scale=0.5, size=6000), rng.normal(scale=0.2, size=6000)
    # Nearly the first one's opposite; the little that it knows by itself would let it in.
    second = own - first
    assert np.corrcoef(first, second)[0, 1] < -0.9
    label = (rng.random(6000) < 1 / (1 + np.exp(1.5 + first + 3 * own))).astype(np.int8)
    assert select(np.column_stack([first, second]), np.array([0.2, 0.1]), label) == (0,)
    assert select(np.column_stack([first, own]), np.array([0.2, 0.1]), label) in {(0, 1), (1, 0)}


def test_a_feature_that_parts_good_from_bad_wholly_enters_and_stays():
    rng = np.random.default_rng(10)
    label = (rng.random(3000) < 0.02).astype(np.int8)
    # No weight is large enough for it: without a bound its variance would grow until it seems to tell nothing.
    evidence = np.column_stack([np.where(label == 1, -0.1, 0.1), rng.normal(scale=0.4, size=(3000, 3))])
    assert 0 in select(evidence, np.full(4, 0.1), label)


def test_a_flag_set_for_one_in_ten_is_worth_a_closer_look():
    rng = np.random.default_rng(11)
    flag = (rng.random(6000) < 0.1).astype(np.float32)
    label = (rng.random(6000) < np.where(flag == 1, 0.4, 0.1)).astype(np.int8)
    matrix = np.column_stack([rng.normal(size=(6000, 4)), flag, 1 - flag]).astype(np.float32)
    assert screen(matrix, label, keep=2) == (4, 5)


def test_a_coarse_bin_begins_with_its_edge_so_that_a_rare_low_value_is_one_by_itself():
    rng = np.random.default_rng(12)
    # Three in a hundred have the low value: the lowest quantile is the common one already.
    rare = (rng.random(6000) > 0.03).astype(np.float32)
    label = (rng.random(6000) < np.where(rare == 0, 0.5, 0.1)).astype(np.int8)
    assert screen(np.column_stack([rng.normal(size=(6000, 3)), rare]).astype(np.float32), label, keep=1) == (3,)


def test_a_value_that_most_have_is_one_coarse_bin_among_others():
    rng = np.random.default_rng(13)
    # Most have none, so that most quantiles are the same; the few others tell good from bad by how much.
    amount = np.where(rng.random(6000) < 0.85, 0.0, rng.exponential(size=6000))
    label = (rng.random(6000) < np.where(amount > 0.7, 0.5, 0.1)).astype(np.int8)
    assert screen(np.column_stack([rng.normal(size=(6000, 3)), amount]).astype(np.float32), label, keep=1) == (3,)
