"""Ending what works: executions first, so that none tries again, then jobs, then the application."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from garant.cloud.account import Account
from garant.cloud.standing import jobs
from garant.cloud.standing.tagged import tagged_things
from garant.exceptions import CloudError

_POLL_SECONDS: Final = 2.0
_LONGEST_SECONDS: Final = 600.0
_ABSENT: Final = frozenset({"ExecutionDoesNotExist", "ResourceNotFoundException"})
_AT_REST: Final = frozenset({"CREATED", "STOPPED", "TERMINATED"})

Waiting = Callable[[str], None]
"""Called with what is waited for."""


@dataclass(frozen=True)
class Ended:
    """Something that was ended, and the state that it came to.

    Attributes
    ----------
    kind, name, state : str
        What it is, how AWS calls it, and what AWS says of it now.
    """

    kind: str
    name: str
    state: str


def stop_work(account: Account, *, waiting: Waiting | None = None) -> list[Ended]:
    """End everything that works, and wait until AWS says that it has ended.

    Raises
    ------
    CloudError
        When something has not ended after ten minutes; it was told to, and the command may be run again.
    """
    tell = waiting or (lambda _what: None)
    ended = [_stop_execution(account, arn, tell) for arn in jobs.executions(account, tagged_things(account))]
    for application in jobs.applications(account):
        name = str(application["applicationId"])
        running = jobs.working_jobs(account, name)
        for job in running:
            request = {"applicationId": name, "jobRunId": job["id"]}
            account.unless(_ABSENT, lambda: account.ask("emr-serverless", "cancel_job_run", **request))  # noqa: B023
        ended += [_wait_for_job(account, name, str(job["id"]), tell) for job in running]
        if application["state"] not in _AT_REST:
            account.ask("emr-serverless", "stop_application", applicationId=name)
            ended.append(_wait_for_application(account, name, tell))
    return ended


def _stop_execution(account: Account, arn: str, tell: Waiting) -> Ended:
    request = {"executionArn": arn, "error": "Stopped", "cause": "garant cloud stop"}
    account.unless(_ABSENT, lambda: account.ask("stepfunctions", "stop_execution", **request))
    name = arn.rpartition(":")[2]
    tell(f"execution {name}")

    def state() -> str:
        answer = account.ask("stepfunctions", "describe_execution", executionArn=arn)
        return str(answer["status"])

    return Ended("execution", name, until(state, lambda found: found != "RUNNING", f"execution {name}"))


def _wait_for_job(account: Account, application: str, job: str, tell: Waiting) -> Ended:
    tell(f"job {job}")

    def state() -> str:
        answer = account.ask("emr-serverless", "get_job_run", applicationId=application, jobRunId=job)
        return str(answer["jobRun"]["state"])

    return Ended("job", job, until(state, lambda found: found not in jobs.WORKING, f"job {job}"))


def _wait_for_application(account: Account, name: str, tell: Waiting) -> Ended:
    tell(f"application {name}")

    def state() -> str:
        return str(account.ask("emr-serverless", "get_application", applicationId=name)["application"]["state"])

    return Ended("application", name, until(state, lambda found: found in _AT_REST, f"application {name}"))


def until(
    state: Callable[[], str], is_there: Callable[[str], bool], what: str, *, longest: float = _LONGEST_SECONDS
) -> str:
    """Ask again and again until a state is reached.

    Raises
    ------
    CloudError
        When it is not reached in time.
    """
    limit = time.monotonic() + longest
    while not is_there(found := state()):
        if time.monotonic() > limit:
            raise CloudError(
                f"{what} is still {found} after {longest / 60:.0f} minutes. It was told to end: run the command again "
                "to look, or see it in the console of AWS."
            )
        time.sleep(_POLL_SECONDS)
    return found
