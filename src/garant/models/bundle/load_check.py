"""A model that this machine never loaded is loaded by another process first.

LightGBM aborts the whole process on many damaged texts. Digests and signature keep those away; this is the second net,
for a text that was damaged before somebody signed it.
"""

import hashlib
import os
import signal
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from garant.exceptions import BundleLoadError, RunError
from garant.storage import sha256_json, write_json

LIMIT_SECONDS = 120.0
"""Loading takes a second or two; a large model on a busy machine shall not be refused."""

_DAMAGED = "Its digest and signature fit, so it was damaged before it was signed. Train again."
_BUSY = "Try again when this machine has more time and memory; if it fails again the model is damaged: train again."

_CHILD = Path(__file__).with_name("load_child.py")


def check_loads(text: bytes, *, inputs: int, where: Path, memory: Path, limit_seconds: float = LIMIT_SECONDS) -> None:
    """Raise BundleLoadError unless a process of its own can load the model `text` and predict with it.

    A model that loaded once is remembered in the folder `memory`, by its digest and LightGBM's version. A failure is
    not: what was short of memory or time may succeed later.

    Parameters
    ----------
    text : bytes
        LightGBM text whose digest and signature were checked.
    inputs : int
        Number of its inputs.
    where : Path
        File to be named in the message.
    memory : Path
        Folder of what was loaded before.
    limit_seconds : float
        After this time the process is killed and the model refused.
    """
    identity = {
        "inputs": inputs,
        "lightgbm": version("lightgbm"),
        "model": hashlib.sha256(text).hexdigest(),
    }
    seen = memory / f"{sha256_json(identity)}.json"
    if seen.is_file():
        return
    wrong = _failure(text, inputs, limit_seconds)
    if wrong is not None:
        raise BundleLoadError(f"{where}: LightGBM {identity['lightgbm']} cannot use it: a process that tried {wrong}")
    # Where the cache cannot be written the model is tried again next time.
    with suppress(RunError):
        write_json(seen, identity)


def _failure(text: bytes, inputs: int, limit_seconds: float) -> str | None:
    """What went wrong in the child, or None."""
    try:
        # -P: a file of the folder that garant was started in must not be imported.
        done = subprocess.run(  # noqa: S603 - our own script
            [sys.executable, "-P", str(_CHILD)],
            input=text,
            capture_output=True,
            timeout=limit_seconds,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"was not done after {limit_seconds:g} seconds and was stopped. {_BUSY}"
    except OSError as error:
        return f"could not be started ({error.strerror or error}). {_BUSY}"
    if done.returncode == -signal.SIGKILL:
        return f"was killed. {_BUSY}"
    if done.returncode < 0:
        return f"was ended by {signal.Signals(-done.returncode).name}. {_DAMAGED}"
    if done.returncode == 0 and f"loaded {inputs}".encode() in done.stdout.splitlines():
        return None
    answer = (done.stderr or done.stdout).decode(errors="replace").strip()
    return f"said: {answer.rpartition(chr(10))[2]}. {_DAMAGED}"
