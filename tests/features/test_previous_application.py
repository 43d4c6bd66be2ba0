"""Earlier applications here against a plain computation over the rows of each client."""

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


def test_a_window_without_applications_has_no_share_of_refusals(client_seven: Callable[..., Row]):
    row = {"SK_ID_PREV": 1, "DAYS_DECISION": -400, "NAME_CONTRACT_STATUS": "Refused"}
    found = client_seven(previous_application=[row])
    assert (found["previous_refused_n_365d"], found["previous_refused_share_365d"]) == (0.0, None)
    assert found["previous_refused_share_all"] == 1.0
