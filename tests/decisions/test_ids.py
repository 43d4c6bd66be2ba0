"""Ids sort as they were made, and cannot be guessed."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from garant.decisions import ids
from garant.decisions.ids import new_id


def test_an_id_is_a_uuid_of_version_7_that_tells_the_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    found = uuid.UUID(new_id())
    assert (found.version, found.variant) == (7, uuid.RFC_4122)
    assert before <= found.int >> 80 <= time.time_ns() // 1_000_000 + 1


def test_ids_of_one_process_sort_as_they_were_made_even_when_the_clock_is_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = [new_id() for _ in range(20_000)]
    hour = 3_600_000_000_000
    now = time.time_ns()
    monkeypatch.setattr(ids.time, "time_ns", lambda: now - hour)
    made += [new_id() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_of_several_threads_are_all_different() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [found for part in pool.map(lambda _: [new_id() for _ in range(2000)], range(8)) for found in part]
    assert len(set(made)) == len(made)
    assert len({found[-12:] for found in made}) == len(made)
