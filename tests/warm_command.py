"""`garant` in processes that are forked from one which has imported everything: a journey has a hundred commands.

Each is a process of its own with its own arguments, environment and folder, as `python -m garant` would be; what it
does not do again is to import for two seconds. Other tests start the command as a user does.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

IMPORTED = (
    "garant.cli.app",
    "garant.cli.check",
    "garant.cli.explain",
    "garant.cli.explanation_text",
    "garant.cli.pca",
    "garant.cli.score",
    "garant.cli.train",
    "garant.cli.validate",
    "garant.models.scorecard.training",
    "garant.reports.validation_report",
    "garant.runs.changes",
    "garant.runs.explain",
    "garant.runs.score",
    "garant.runs.train",
    "garant.runs.what_if",
    "ibis.backends.sql.compilers",
    "lightgbm",
    "numba",
    "optbinning",
)


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command ended with and printed."""

    code: int
    out: str
    err: str


class WarmCommand:
    """Runs commands one after the other; use it with ``with``."""

    def __enter__(self) -> Self:
        ours, theirs = socket.socketpair()
        command = [sys.executable, str(Path(__file__)), str(theirs.fileno())]
        self._parent = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()
        self._socket, self._answers = ours, ours.makefile("r")
        return self

    def __exit__(self, *_: object) -> None:
        self._answers.close()
        self._socket.close()
        self._parent.wait()

    def run(self, arguments: Sequence[str], *, variables: Mapping[str, str], folder: Path) -> Ended:
        """Run one command and wait for it."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            asked = {"arguments": list(arguments), "variables": dict(variables), "folder": str(folder)}
            text = json.dumps(asked).encode()
            head = len(text).to_bytes(4, "big")
            socket.send_fds(self._socket, [head], [out.fileno(), err.fileno()])
            self._socket.sendall(text)
            code = int(self._answers.readline())
            said = [_whole(file) for file in (out, err)]
        return Ended(code, *said)


def _whole(file: Any) -> str:  # noqa: ANN401 - an open file
    file.seek(0)
    return file.read().decode()


def _serve(handle: int) -> None:
    import gc
    from importlib import import_module

    for name in IMPORTED:
        import_module(name)
    gc.freeze()
    with socket.socket(fileno=handle) as asked:
        while True:
            head, handles, _, _ = socket.recv_fds(asked, 4, 2)
            if not head:
                return
            wanted = json.loads(_read(asked, int.from_bytes(head, "big")))
            child = os.fork()
            if not child:
                asked.close()
                _become(wanted, handles)
            for each in handles:
                os.close(each)
            _, status = os.waitpid(child, 0)
            asked.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _read(asked: socket.socket, n_bytes: int) -> bytes:
    found = b""
    while len(found) < n_bytes:
        found += asked.recv(n_bytes - len(found))
    return found


def _become(wanted: Mapping[str, Any], handles: Sequence[int]) -> None:
    """Be `garant` with these arguments; never returns."""
    code: Any = 1
    try:
        for target, handle in enumerate(handles, start=1):
            os.dup2(handle, target)
        os.environ.clear()
        os.environ.update(wanted["variables"])
        os.chdir(wanted["folder"])
        sys.argv = ["garant", *wanted["arguments"]]
        from garant.cli.app import main

        main()
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # As Python does when it ends by itself, so that what libraries registered is done.
        import atexit

        atexit._run_exitfuncs()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
