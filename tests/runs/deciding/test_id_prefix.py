"""Ids by their first digits, beside a look at every id as text."""

import time

import numpy as np
import pytest

from garant.runs.deciding.id_prefix import Ids, ids_with_prefix

IDS = np.unique(np.random.default_rng(5).integers(1, 2_000_000, 3_000))


def parted(ids: Ids, size: int) -> list[Ids]:
    """The ids in arrays of `size`, with an empty one between them as a table without rows would leave."""
    return [np.array([], dtype=np.int64), *np.split(ids, range(size, len(ids), size))]


@pytest.mark.parametrize("size", [7, 3_000, 10_000])
@pytest.mark.parametrize(
    "prefix", ["1", "2", "9", "10", "19", "123", "1999", "77777", "1234567", str(IDS[0]), str(IDS[-1])]
)
def test_the_first_ids_that_begin_with_the_digits_are_found(prefix: str, size: int):
    expected = [int(each) for each in IDS if str(each).startswith(prefix)][:10]
    assert ids_with_prefix(parted(IDS, size), prefix) == expected


@pytest.mark.parametrize(
    "prefix", ["", "0", "01", "-1", "1a", " 1", "1 ", "²", "१", "1.0", "1e3", "9" * 19, "9" * 5_000]
)
def test_what_is_no_beginning_of_an_id_finds_nobody(prefix: str):
    assert ids_with_prefix([IDS], prefix) == []


def test_ids_as_large_as_they_may_be_are_found():
    largest = np.iinfo(np.int64).max
    ids = np.array([9, 92, largest - 1, largest])
    assert ids_with_prefix([ids], "9") == [9, 92, largest - 1, largest]
    assert ids_with_prefix([ids], "922337203685477580") == [largest - 1, largest]


def test_without_any_client_nobody_is_found():
    assert ids_with_prefix([], "1") == []
    assert ids_with_prefix([np.array([], dtype=np.int64)], "1") == []


def test_among_300_000_ids_an_answer_takes_less_than_a_millisecond():
    ids = np.arange(100_002, 400_002)
    pieces = parted(ids, 50_000)
    started = time.thread_time()
    for number in range(200):
        assert len(ids_with_prefix(pieces, str(1 + number % 3))) == 10
    assert (time.thread_time() - started) / 200 < 0.001
