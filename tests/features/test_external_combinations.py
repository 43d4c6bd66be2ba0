"""External scores taken together against a plain computation."""

from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]
Score = float | None

WEIGHTS = (2, 3, 4)


def weighted(*scores: Score) -> Score:
    top = bottom = 0.0
    for score, weight in zip(scores, WEIGHTS, strict=True):
        top += (score or 0.0) * weight
        bottom += weight if score is not None else 0
    return top / bottom if bottom else None


def middle(*scores: Score) -> Score:
    known = sorted(score for score in scores if score is not None)
    return known[1] if len(known) == 3 else None


def product(one: Score, other: Score) -> Score:
    return None if one is None or other is None else one * other


def less(one: Score, other: Score) -> Score:
    return None if one is None or other is None else one - other


PLAIN: dict[str, Callable[[Score, Score, Score], Score]] = {
    "application_external_scores_n": lambda *scores: float(sum(score is not None for score in scores)),
    "application_external_score_weighted": weighted,
    "application_external_score_middle": middle,
    "application_external_scores_1_and_2": lambda first, second, _: product(first, second),
    "application_external_scores_1_and_3": lambda first, _, third: product(first, third),
    "application_external_scores_2_and_3": lambda _, second, third: product(second, third),
    "application_external_score_1_less_2": lambda first, second, _: less(first, second),
    "application_external_score_1_less_3": lambda first, _, third: less(first, third),
    "application_external_score_2_less_3": lambda _, second, third: less(second, third),
}


@pytest.mark.parametrize("name", PLAIN)
def test_each_client_has_the_value_of_the_plain_computation(
    name: str, clients: dict[int, dict[str, list[Row]]], values: dict[int, Row]
):
    for client, tables in clients.items():
        row = tables["application"][0]
        scores = (row["EXT_SOURCE_1"], row["EXT_SOURCE_2"], row["EXT_SOURCE_3"])
        assert values[client][name] == PLAIN[name](*scores), f"client {client}"


@pytest.mark.parametrize(
    "scores", [(0.2, 0.4, 0.9), (0.9, 0.2, 0.4), (0.4, 0.9, 0.2), (0.4, 0.4, 0.9), (0.2, 0.4, 0.4), (0.4, 0.4, 0.4)]
)
def test_the_middle_score_is_the_middle_one_in_any_order_and_with_ties(
    scores: tuple[float, float, float], client_seven: Callable[..., Row]
):
    row = {f"EXT_SOURCE_{n}": score for n, score in enumerate(scores, start=1)}
    assert client_seven(application=[row])["application_external_score_middle"] == 0.4
