"""How many members a training may be asked for."""

import pytest

from garant.exceptions import UsageError
from garant.runs.retrained import check_members


@pytest.mark.parametrize("members", [-1, 1, 51])
def test_members_that_cannot_be_compared_are_refused_before_the_training(members: int) -> None:
    with pytest.raises(UsageError, match=rf"--members {members}: expected 2 to 50 .* or 0 for none"):
        check_members(members)


@pytest.mark.parametrize("members", [0, 2, 50])
def test_none_and_as_many_as_can_be_compared_are_taken(members: int) -> None:
    check_members(members)
