"""Features of the application itself against a plain computation."""

from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]


@pytest.mark.parametrize(
    ("column", "feature", "level"),
    [
        ("NAME_INCOME_TYPE", "application_income_type", "Maternity leave"),
        ("ORGANIZATION_TYPE", "application_organization", "Religion"),
    ],
)
def test_levels_that_point_to_religion_or_maternity_are_told_as_other(
    column: str, feature: str, level: str, client_seven: Callable[..., Row]
):
    assert client_seven(application=[{column: level}])[feature] == "Other"
    assert client_seven(application=[{column: "Working"}])[feature] == "Working"
    assert client_seven(application=[{column: None}])[feature] is None


def test_without_any_external_score_their_mean_is_null_not_zero(client_seven: Callable[..., Row]):
    assert client_seven(application=[{}])["application_external_score_mean"] is None
    assert client_seven(application=[{"EXT_SOURCE_3": 0.25}])["application_external_score_mean"] == 0.25
