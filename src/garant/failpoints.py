"""Named points where a test may kill the process, to prove that nothing is left half done.

Without the environment variable ``GARANT_FAILPOINT`` a point does nothing. ``GARANT_FAILPOINT=storage.rename`` kills
the process with SIGKILL the first time that it passes the point, ``storage.rename:3`` the third time. With
``GARANT_FAILPOINT_LOG`` each point that is passed is added to that file, so that a test knows where it can kill.
"""

import os
import signal
from collections import Counter
from pathlib import Path

_passed: Counter[str] = Counter()


def failpoint(name: str) -> None:
    """Die here when the environment asks for it."""
    log = os.environ.get("GARANT_FAILPOINT_LOG")
    if log:
        with Path(log).open("a", encoding="utf-8") as stream:
            stream.write(f"{name}\n")
    wanted = os.environ.get("GARANT_FAILPOINT")
    if not wanted:
        return
    point, _, nth = wanted.partition(":")
    if point == name:
        _passed[name] += 1
        if _passed[name] == int(nth or 1):
            os.kill(os.getpid(), signal.SIGKILL)
