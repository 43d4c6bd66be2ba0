"""External scores taken together against a plain computation."""

from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]


@pytest.mark.parametrize(
    "scores", [(0.2, 0.4, 0.9), (0.9, 0.2, 0.4), (0.4, 0.9, 0.2), (0.4, 0.4, 0.9), (0.2, 0.4, 0.4), (0.4, 0.4, 0.4)]
)
def test_the_middle_score_is_the_middle_one_in_any_order_and_with_ties(
    scores: tuple[float, float, float], client_seven: Callable[..., Row]
):
    row = {f"EXT_SOURCE_{n}": score for n, score in enumerate(scores, start=1)}
    assert client_seven(application=[row])["application_external_score_middle"] == 0.4
