"""Ids of decisions and of everything that happens to them: UUIDs of version 7, which sort by time."""

import secrets
import threading
import time
import uuid

_COUNTER_BITS = 12
_RANDOM_BITS = 62
_VERSION, _VARIANT = 0x7, 0b10

_lock = threading.Lock()
_last = (0, 0)


def new_id() -> str:
    """UUID of version 7 (RFC 9562, section 5.7): each one sorts behind the one before, in one process.

    The 12 bits behind the millisecond count within it; 62 bits are random, so an id cannot be guessed from another.
    """
    moment, count = _next_moment()
    value = (moment & (1 << 48) - 1) << 80 | _VERSION << 76 | count << 64
    return str(uuid.UUID(int=value | _VARIANT << 62 | secrets.randbits(_RANDOM_BITS)))


def _next_moment() -> tuple[int, int]:
    """Millisecond and a count within it; a clock that is set back does not take the ids back with it."""
    global _last  # noqa: PLW0603 - one order for all threads of a process
    with _lock:
        now = time.time_ns() // 1_000_000
        moment, count = _last
        if now > moment:
            # Half of the counts, so that there is room above.
            moment, count = now, secrets.randbits(_COUNTER_BITS - 1)
        elif count + 1 < 1 << _COUNTER_BITS:
            count += 1
        else:
            moment, count = moment + 1, 0
        _last = (moment, count)
        return moment, count
