"""Membership of whole columns of ids."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from garant.tables.orphans import IdSet, rising

IDS = st.one_of(st.integers(1, 50), st.integers(100_000, 100_100), st.integers(1, 2**63 - 1))


@given(st.lists(IDS, max_size=20), st.lists(IDS, max_size=20))
def test_membership_is_that_of_a_plain_set(members: list[int], asked: list[int]):
    found = IdSet(np.array(members, np.int64)).contains(np.array(asked + members, np.int64))
    assert found.tolist() == [number in set(members) for number in asked + members]


def test_neighbours_beyond_the_exact_floats_are_not_mistaken():
    ids = IdSet.of([np.array([2**53 + 1], np.int64), np.array([5], np.int64)])
    assert ids.contains(np.array([2**53, 2**53 + 1, 2**53 + 2], np.int64)).tolist() == [False, True, False]


def test_nobody_is_in_an_empty_set():
    assert IdSet.of([]).contains(np.array([0, 1], np.int64)).tolist() == [False, False]


@given(st.lists(IDS, max_size=20))
def test_rising_numbers_are_distinct_and_sorted(numbers: list[int]):
    assert rising(np.array(numbers, np.int64)).tolist() == sorted(set(numbers))
