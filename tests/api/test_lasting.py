"""What a service keeps is not searched for garbage, and what it gave up goes all the same."""

import gc
import weakref

from garant.api.lasting import keep_what_is_here


class _Part:
    """Something that holds itself, as definitions do."""

    def __init__(self) -> None:
        self.own = self


def test_what_was_kept_and_is_given_up_goes_at_the_next_exchange() -> None:
    part = _Part()
    found = weakref.ref(part)
    keep_what_is_here()
    try:
        assert gc.get_freeze_count() > 0
        del part
        gc.collect()
        assert found() is not None
        keep_what_is_here()
        assert found() is None
    finally:
        gc.unfreeze()
