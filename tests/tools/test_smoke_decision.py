"""The smoke test of a deployment, as a workflow runs it, against a real service; and answers that must not pass."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from garant.client import Decision, Reason
from garant.decisions.record import Digests, State
from garant.models.cutoff import Outcome

if TYPE_CHECKING:
    from decision_service import ServedLender

Served = tuple[str, str, Path]


@pytest.fixture(scope="module")
def script(project: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("smoke_decision", project / "tools" / "smoke_decision.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def served(served_lender: "ServedLender", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Address and key of a service, and the raw records of one person."""
    from decision_service import serving

    folder = tmp_path_factory.mktemp("smoke")
    (folder / "application.json").write_bytes(served_lender.bodies[0])
    with serving(served_lender, f"sqlite:///{folder / 'records.db'}", folder / "service") as (service, key):
        yield service.url, key, folder / "application.json"


def smoke(project: Path, served: Served, *words: str, key: str | None = None) -> subprocess.CompletedProcess[str]:
    url, own, application = served
    command = [sys.executable, project / "tools" / "smoke_decision.py", "--url", url, "--application", application]
    return subprocess.run(
        [*command, *words],
        env={**os.environ, "GARANT_API_KEY": key or own},
        capture_output=True,
        text=True,
        check=False,
    )


def test_one_decision_is_made_recorded_and_read_back_and_no_second_one(project: Path, served: Served):
    first, again = (smoke(project, served, "--key", "smoke-1") for _ in range(2))
    said = json.loads(first.stdout)

    assert first.returncode == 0, first.stderr
    assert said["outcome"] in set(Outcome)
    assert said["state"] in set(State)
    assert len(said["bundle"]) == 64
    assert again.stdout == first.stdout
    assert served[1] not in first.stdout + first.stderr


def test_another_bundle_than_was_deployed_is_told(project: Path, served: Served):
    done = smoke(project, served, "--key", "smoke-2", "--bundle-digest", "0" * 64)

    assert done.returncode == 1
    assert f"expected {'0' * 64}: another model is deployed" in done.stderr


def test_a_key_that_opens_nothing_is_told_and_not_printed(project: Path, served: Served):
    done = smoke(project, served, "--key", "smoke-3", "--wait", "1", key="garant_wrong")

    assert done.returncode != 0
    assert done.stderr.startswith("smoke: ")
    assert "garant_wrong" not in done.stdout + done.stderr


def test_a_service_that_is_not_there_is_told_after_the_wait(project: Path, tmp_path: Path):
    (tmp_path / "application.json").write_text("{}", encoding="utf-8")
    nowhere = ("http://127.0.0.1:9", "garant_key", tmp_path / "application.json")
    done = smoke(project, nowhere, "--key", "smoke-4", "--wait", "0.2")

    assert done.returncode == 1
    assert "not ready after" in done.stderr


DECISION = Decision(
    id="1",
    state=State.PROPOSED,
    outcome=Outcome.REFER,
    pd=0.1,
    reasons=(Reason(code="R", text="why"),),
    digests=Digests(bundle="b", features="f", policy="p", wording="w"),
)


def test_somebody_who_is_accepted_may_have_no_reason(script: ModuleType):
    script.judge(replace(DECISION, outcome=Outcome.ACCEPT, reasons=()), bundle="b")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"outcome": None}, "the outcome is None"),
        ({"pd": None}, "no PD"),
        ({"pd": 1.0}, "no PD between 0 and 1"),
        ({"reasons": ()}, "no reason"),
        ({"digests": None}, "decided by bundle nothing, expected b"),
    ],
    ids=str,
)
def test_an_answer_that_is_no_decision_is_refused(script: ModuleType, change: dict[str, object], told: str):
    script.judge(DECISION, bundle="b")

    with pytest.raises(script.SmokeError, match=told):
        script.judge(replace(DECISION, **change), bundle="b")  # pyright: ignore[reportArgumentType]


class Forgetful:
    """A service that answers, and keeps nothing."""

    def __init__(self) -> None:
        self.number = 0

    def decide(self, _records: bytes, *, key: str) -> Decision:
        self.number += 1
        return replace(DECISION, id=f"{key}-{self.number}")


def test_a_service_that_decides_twice_under_one_key_is_told(script: ModuleType):
    with pytest.raises(script.SmokeError, match="made a second decision"):
        script.smoke(Forgetful(), b"{}", key="k", bundle=None)


@pytest.mark.faults
def test_the_made_up_person_is_an_application_that_the_service_takes(project: Path, served: Served):
    url, key, _ = served
    command = [sys.executable, project / "tools" / "smoke_decision.py", "--url", url, "--key", "smoke-9"]
    done = subprocess.run(
        command, env={**os.environ, "GARANT_API_KEY": key}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
