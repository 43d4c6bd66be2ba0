"""How often one key may ask."""

import pytest

from garant.api.limits import RateLimit
from garant.api.problems import RefusedError


class Clock:
    """Seconds that a test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def taken(limit: RateLimit, key: str, tries: int) -> int:
    """How many of some requests at once pass."""
    passed = 0
    for _ in range(tries):
        try:
            limit.take(key)
        except RefusedError:
            continue
        passed += 1
    return passed


def test_a_second_of_requests_passes_at_once_and_the_next_is_refused_with_a_time_to_wait() -> None:
    limit = RateLimit(5, Clock())
    assert taken(limit, "a", 5) == 5
    with pytest.raises(RefusedError) as caught:
        limit.take("a")
    assert caught.value.kind.status == 429
    assert caught.value.headers["Retry-After"] == "1"


def test_tokens_come_back_at_the_rate_and_never_beyond_one_second_of_them() -> None:
    clock = Clock()
    limit = RateLimit(10, clock)
    assert taken(limit, "a", 20) == 10
    clock.now += 0.5
    assert taken(limit, "a", 20) == 5
    clock.now += 3_600
    assert taken(limit, "a", 20) == 10


def test_one_key_does_not_use_up_what_another_may_do() -> None:
    limit = RateLimit(3, Clock())
    assert taken(limit, "a", 9) == 3
    assert taken(limit, "b", 9) == 3


def test_a_refused_request_costs_nothing() -> None:
    clock = Clock()
    limit = RateLimit(2, clock)
    assert taken(limit, "a", 100) == 2
    clock.now += 0.5
    assert taken(limit, "a", 100) == 1


def test_a_rate_below_one_says_how_long_to_wait() -> None:
    limit = RateLimit(0.1, Clock())
    limit.take("a")
    with pytest.raises(RefusedError) as caught:
        limit.take("a")
    assert caught.value.headers["Retry-After"] == "10"


def test_buckets_of_keys_that_are_gone_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("garant.api.limits._MOST_BUCKETS", 10)
    clock = Clock()
    limit = RateLimit(5, clock)
    for number in range(1_000):
        clock.now += 1
        limit.take(str(number))
    assert len(limit._buckets) <= 11
