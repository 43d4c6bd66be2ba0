"""Executions of the state machine: one run is started once, however often and from where it is asked for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from garant.cloud.account import Account, code_of
from garant.cloud.names import execution_name
from garant.exceptions import CloudError
from garant.failpoints import failpoint

Status = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"]

_ABSENT: Final = frozenset({"ExecutionDoesNotExist"})
_THERE: Final = frozenset({"ExecutionAlreadyExists"})

MOST_STARTS: Final = 50
"""Starts of one run that are looked through; nobody gets that far."""


@dataclass(frozen=True, slots=True)
class JobInput:
    """What the state machine is told: all that differs between two jobs. Application and role stand in the machine.

    Parameters
    ----------
    run_id : str
        16 hexadecimal digits.
    name : str
        Name of the job, by which it is found again: that of the execution.
    entry_point : str
        Program that the driver starts.
    arguments : tuple of str
        Its words.
    spark_parameters : str
        Size of the workers and their environment.
    policy : str
        Session policy.
    timeout_minutes : int
        After which EMR ends the job.
    log_uri : str
        Where what it prints goes.
    """

    run_id: str
    name: str
    entry_point: str
    arguments: tuple[str, ...]
    spark_parameters: str
    policy: str
    timeout_minutes: int
    log_uri: str

    @property
    def text(self) -> str:
        """The input as the state machine reads it."""
        document = {
            "run_id": self.run_id,
            "name": self.name,
            "entry_point": self.entry_point,
            "arguments": list(self.arguments),
            "spark_parameters": self.spark_parameters,
            "policy": self.policy,
            "timeout_minutes": self.timeout_minutes,
            "log_uri": self.log_uri,
        }
        return json.dumps(document, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Execution:
    """One start of a run.

    Parameters
    ----------
    arn, name : str
        As Step Functions calls it.
    status : str
        ``RUNNING`` or how it ended.
    started : datetime
        When.
    cause : str
        Why it failed, as the state machine says; empty otherwise.
    input : mapping
        What it was told.
    """

    arn: str
    name: str
    status: Status
    started: datetime
    cause: str
    input: Mapping[str, Any]

    @property
    def run_id(self) -> str:
        """Run that it makes."""
        return self.name.split("-")[1]

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.status in {"RUNNING", "PENDING_REDRIVE"}


def describe(account: Account, machine: str, name: str) -> Execution | None:
    """Look at an execution by its name; None when there is none."""
    arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
    found = account.unless(_ABSENT, lambda: account.ask("stepfunctions", "describe_execution", executionArn=arn))
    if found is None:
        return None
    # Where input or output are too large for an answer only their details are given.
    told = json.loads(found.get("input") or "{}")
    cause = ": ".join(text for text in (found.get("error"), found.get("cause")) if text)
    return Execution(arn, name, found["status"], found["startDate"], cause, told)


def starts_of(account: Account, machine: str, run_id: str) -> list[Execution]:
    """Every start of a run, the first one first."""
    found: list[Execution] = []
    for start in range(MOST_STARTS):
        execution = describe(account, machine, execution_name(run_id, start))
        if execution is None:
            return found
        found.append(execution)
    raise CloudError(f"Run {run_id} was started {MOST_STARTS} times. Look at why: garant cloud follow {run_id}")


def latest_run(account: Account, machine: str) -> str | None:
    """Run that was started last, by whomever; None when none ever was."""
    listed = account.each("stepfunctions", "list_executions", "executions", stateMachineArn=machine)
    ours = [found for found in listed if str(found["name"]).startswith("run-")]
    newest = max(ours, key=lambda found: found["startDate"], default=None)
    return str(newest["name"]).split("-")[1] if newest is not None else None


def start(account: Account, machine: str, job: JobInput) -> tuple[Execution, bool]:
    """Start an execution unless one of that name is there; say whether this call started it.

    Two clients that ask at once meet at the name: Step Functions lets one of them in, the other looks on.
    """
    failpoint("cloud.start")
    try:
        account.ask("stepfunctions", "start_execution", stateMachineArn=machine, name=job.name, input=job.text)
    except CloudError as error:
        if code_of(error.__cause__) not in _THERE:
            raise
        is_ours = False
    else:
        is_ours = True
    failpoint("cloud.started")
    found = describe(account, machine, job.name)
    if found is None:
        raise CloudError(f"Execution {job.name} was started and cannot be found. Run the command again.")
    return found, is_ours
