"""Ask a deployed service for one real decision, and look whether it was recorded: the last step of a deployment.

    python tools/smoke_decision.py --url https://garant.bank.example --bundle-digest SHA256 --key smoke-17

The application is of a made-up person: `--application FILE`, else one of a synthetic lender made on the spot. The API
key is GARANT_API_KEY, of an adviser (`garant key create`); it is never printed. Under one `--key` the decision is made
once, however often this runs. Exit code 0: decided, recorded, read back. 1: the service does not do what it should, and
the line says what. 2: misuse.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from garant.client import Client
from garant.decisions.record import State
from garant.exceptions import GarantError, UsageError
from garant.models.cutoff import Outcome

if TYPE_CHECKING:
    from garant.client import Decision

# The first applicant of every synthetic lender.
APPLICANT: Final = 100001
SEED: Final = 7


class SmokeError(Exception):
    """What a deployed service did not do."""


def made_up_application() -> bytes:
    """Return the raw records of one applicant of a synthetic lender.

    Raises
    ------
    SmokeError
        When this installation cannot even make them.
    """
    with tempfile.TemporaryDirectory(prefix="garant-smoke-") as name:
        lender, request = Path(name) / "lender", Path(name) / "application.json"
        for words in (
            ["synth", lender, "--scale", "0.001", "--seed", SEED],
            ["decide", "--client", APPLICANT, "--data", lender, "--write-request", request],
        ):
            command = [sys.executable, "-m", "garant", *map(str, words)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode not in {0, 1}:
                raise SmokeError(f"{words[0]} failed: {done.stderr.strip()}")
        return request.read_bytes()


def await_ready(service: Client, seconds: float) -> None:
    """Wait until the service says that it can decide.

    Raises
    ------
    SmokeError
        When it does not within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            if service.ready().is_ready:
                return
            reason = "it says that it is not ready"
        except UsageError:
            raise
        except GarantError as error:
            reason = str(error)
        if time.monotonic() > deadline:
            raise SmokeError(f"not ready after {seconds:.0f} s: {reason}")
        time.sleep(min(2.0, seconds))


def judge(decision: Decision, *, bundle: str | None) -> None:
    """Refuse a decision that is none.

    Raises
    ------
    SmokeError
        With what is wrong with it.
    """
    if decision.outcome not in set(Outcome):
        raise SmokeError(f"the outcome is {decision.outcome!r}, expected one of {', '.join(Outcome)}")
    if decision.pd is None or not 0 < decision.pd < 1:
        raise SmokeError("the answer holds no PD between 0 and 1: the model did not answer")
    # Whoever is accepted may have nothing that speaks against them.
    if decision.outcome is not Outcome.ACCEPT and not (decision.reasons or decision.rules or decision.warnings):
        raise SmokeError(f"the answer holds no reason for {decision.outcome}")
    if decision.state not in set(State):
        raise SmokeError(f"the state is {decision.state!r}")
    if bundle and (decision.digests is None or decision.digests.bundle != bundle):
        found = decision.digests.bundle if decision.digests else "nothing"
        raise SmokeError(f"decided by bundle {found}, expected {bundle}: another model is deployed")


def smoke(service: Client, application: bytes, *, key: str, bundle: str | None) -> dict[str, str]:
    """Decide once, decide the same again, read it back; return what may be printed of it.

    Raises
    ------
    SmokeError
        When an answer is not what it should be.
    """
    decision = service.decide(application, key=key)
    judge(decision, bundle=bundle)
    if service.decide(application, key=key).id != decision.id:
        raise SmokeError("the same request under the same key made a second decision")
    found = service.decision(decision.id)
    if (found.outcome, found.pd) != (decision.outcome, decision.pd):
        raise SmokeError("the record says something else than the answer did")
    return {
        "decision": decision.id,
        "outcome": str(decision.outcome),
        "state": str(found.state),
        "bundle": decision.digests.bundle if decision.digests else "",
    }


def main(arguments: list[str]) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Ask a deployed service for one real decision.")
    parser.add_argument("--url", required=True, help="https://… of the service")
    parser.add_argument("--key", required=True, help="idempotency key: the same one decides once")
    parser.add_argument("--application", type=Path, help="raw records as JSON; a made-up person by default")
    parser.add_argument("--bundle-digest", help="digest of the bundle that must decide")
    parser.add_argument("--wait", type=float, default=300.0, help="seconds until it must be ready")
    options = parser.parse_args(arguments)
    try:
        application = options.application.read_bytes() if options.application else made_up_application()
        with Client(options.url) as service:
            await_ready(service, options.wait)
            told = smoke(service, application, key=options.key, bundle=options.bundle_digest)
    except (UsageError, OSError) as error:
        print(f"smoke: {error}", file=sys.stderr)
        return 2
    except (SmokeError, GarantError) as error:
        print(f"smoke: {error}", file=sys.stderr)
        return 1
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
