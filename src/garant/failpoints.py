"""Named points where a test may kill the process, to prove that nothing is left half done.

Without the environment variable ``GARANT_FAILPOINT`` a point does nothing. ``GARANT_FAILPOINT=storage.rename`` kills
the process with SIGKILL the first time that it passes the point, ``storage.rename:3`` the third time.
"""

import os
import signal
from collections import Counter

_passed: Counter[str] = Counter()


def failpoint(name: str) -> None:
    """Die here when the environment asks for it."""
    wanted = os.environ.get("GARANT_FAILPOINT")
    if not wanted:
        return
    point, _, nth = wanted.partition(":")
    if point == name:
        _passed[name] += 1
        if _passed[name] == int(nth or 1):
            os.kill(os.getpid(), signal.SIGKILL)
