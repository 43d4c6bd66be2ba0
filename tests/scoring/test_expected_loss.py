"""Whether there is an expected loss at all: never of a label that nobody declared a default."""

import pytest

from garant.models.bundle.economics import Economics, LoanEconomics
from garant.scoring.expected_loss import Absence, why_no_loss

SOME = Economics(default=LoanEconomics(lgd=0.5))


@pytest.mark.parametrize(
    ("is_default", "economics", "why"),
    [(False, SOME, "not_default"), (False, None, "not_default"), (True, None, "no_lgd"), (True, SOME, None)],
)
def test_a_loss_needs_a_default_and_what_it_costs(
    *, is_default: bool, economics: Economics | None, why: Absence | None
) -> None:
    assert why_no_loss(is_default=is_default, economics=economics) == why
