"""A service that is killed around its commit leaves one decision behind or none, never two and never half of one."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from garant.decisions.ids import new_id
from garant.decisions.store import RecordStore
from garant.keys import MasterKey

PROGRAM = Path(__file__).with_name("record_once.py")


@pytest.mark.parametrize(("point", "recorded"), [("decisions.before_commit", 0), ("decisions.after_commit", 1)])
def test_a_request_that_is_sent_again_after_a_crash_is_decided_once(
    point: str, recorded: int, store_url: str, master: MasterKey, tmp_path: Path
) -> None:
    first, second = new_id(), new_id()

    def ask(decision: str, failpoint: str = "") -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, str(PROGRAM), store_url, str(tmp_path / "keys" / "master.key"), decision]
        environment = os.environ | {"GARANT_FAILPOINT": failpoint}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    killed = ask(first, point)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert killed.stdout == ""
    with RecordStore.open(store_url, master, serving=True) as store:
        assert len(store.decisions_of("SUBJECT-CANARY")) == recorded
    again = ask(second)
    assert again.returncode == 0, again.stderr
    assert again.stdout == (first if recorded else second)
    with RecordStore.open(store_url, master, serving=True) as store:
        (found,) = store.decisions_of("SUBJECT-CANARY")
        assert found.id == again.stdout
        with store.claim("key-1", "decisions", "k", b"body") as claim:
            assert claim.answer == again.stdout.encode()
