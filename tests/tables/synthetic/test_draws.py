"""Small laws behind every column."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.tables.synthetic.draws import (
    Category,
    Levels,
    Quantiles,
    choose,
    draw_by_group,
    expand,
    follow,
    mix,
    money,
    tilted,
)
from garant.tables.synthetic.streams import Topic, stream

RNG = np.random.default_rng(5)
N = 200_000
Z = RNG.standard_normal(N)
UNIFORM = RNG.random(N)


def test_a_stream_depends_on_seed_topic_and_block_alone():
    first = stream(7, Topic.BUREAU, 3).random(5)
    stream(7, Topic.LOAN, 3).random(1000)
    assert np.array_equal(first, stream(7, Topic.BUREAU, 3).random(5))
    others = [stream(8, Topic.BUREAU, 3), stream(7, Topic.LOAN, 3), stream(7, Topic.BUREAU, 4)]
    assert all(not np.array_equal(first, other.random(5)) for other in others)


def test_topics_have_numbers_of_their_own():
    assert len({int(topic) for topic in Topic}) == len(Topic)


def test_tilted_levels_keep_their_shares_and_attract_the_risk_that_they_should():
    levels = Levels.of({"calm": 0.6, "risky": 0.3, "rare": 0.1}, {"calm": -0.4, "risky": 0.5, "rare": 0.9})
    drawn = levels.draw(UNIFORM, Z)
    shares = np.bincount(drawn.codes) / N
    assert np.allclose(shares, [0.6, 0.3, 0.1], atol=0.005)
    means = [Z[drawn.codes == code].mean() for code in range(3)]
    assert means == sorted(means)
    assert abs(means[1] - 0.5) < 0.1


def test_levels_without_risk_keep_their_shares():
    drawn = Levels.of({"a": 3.0, "b": 1.0}).draw(UNIFORM)
    assert abs(drawn.is_any("a").mean() - 0.75) < 0.005


def test_levels_are_cut_from_scores_in_order():
    drawn = Levels.of({"low": 0.25, "middle": 0.5, "high": 0.25}).at(np.array([-3.0, 0.0, 3.0]))
    assert [drawn.names[code] for code in drawn.codes] == ["low", "middle", "high"]


@pytest.mark.parametrize("share", [0.01, 0.2, 0.7])
@pytest.mark.parametrize("slope", [-0.8, 0.0, 1.8])
def test_followers_of_a_trace_have_the_stated_mean_probability(share: float, slope: float):
    probability = follow(share, slope, Z)
    assert abs(probability.mean() - share) < 0.01 * max(share, 0.1) + 0.001
    assert np.sign(np.corrcoef(probability, Z)[0, 1] if slope else 0.0) == np.sign(slope)


def test_a_tilted_event_has_about_the_stated_share_and_mean_risk():
    event = tilted(0.2, 0.3, Z) > UNIFORM
    assert abs(event.mean() - 0.2) < 0.005
    assert abs(Z[event].mean() - 0.3) < 0.05


def test_a_mixed_score_is_standard_normal_and_correlates_by_the_loading():
    score = mix(Z, -0.4, RNG.standard_normal(N))
    assert abs(score.std() - 1) < 0.01
    assert abs(np.corrcoef(score, Z)[0, 1] + 0.4) < 0.01


def test_a_category_that_depends_on_a_group_never_shows_a_word_of_another_group():
    group = RNG.integers(0, 2, N)
    drawn = draw_by_group(group, [Levels.of({"a": 1, "b": 1}), Levels.of({"b": 1, "c": 1})], UNIFORM)
    words = np.array(drawn.names)[drawn.codes]
    assert set(words[group == 0]) == {"a", "b"}
    assert set(words[group == 1]) == {"b", "c"}


def test_choose_takes_words_from_either_side():
    one = Category(np.array([0, 1], dtype=np.int8), ("a", "b"))
    other = Category(np.array([0, 0], dtype=np.int8), ("c",))
    both = choose(np.array([False, True]), one, other)
    assert [both.names[code] for code in both.codes] == ["c", "b"]


def test_quantiles_are_interpolated_and_end_at_their_ends():
    line = Quantiles(np.array([-1.0, 1.0]), np.array([10.0, 20.0]))
    assert line.at(np.array([-5.0, 0.0, 5.0])).tolist() == [10.0, 15.0, 20.0]


@given(st.lists(st.integers(0, 5), max_size=30))
def test_expand_gives_each_parent_its_rows_in_order(counts: list[int]):
    owner, position = expand(np.array(counts, dtype=np.int64))
    expected = [(parent, place) for parent, count in enumerate(counts) for place in range(count)]
    assert list(zip(owner.tolist(), position.tolist(), strict=True)) == expected


@given(st.floats(0, 5e6), st.sampled_from([45, 4500]))
def test_money_is_an_exact_number_of_thousandths(amount: float, step: int):
    value = float(money(np.array([amount]), step)[0])
    assert round(value * 1000) / 1000 == value
    assert round(value * 1000) % step == 0
    assert abs(value - amount) <= step / 2000 + 1e-6
