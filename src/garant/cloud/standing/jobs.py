"""Jobs and what starts them: applications of EMR Serverless, executions of the state machine, schedules."""

from collections.abc import Sequence
from typing import Any, Final

from garant.cloud.account import Account
from garant.cloud.names import BATCH
from garant.cloud.standing.tagged import Tagged, stack_of
from garant.cloud.standing.thing import Standing

WORKING: Final = ("SUBMITTED", "PENDING", "SCHEDULED", "RUNNING", "QUEUED", "CANCELLING")
"""States of a job that has not ended."""

_GONE: Final = frozenset({"TERMINATED"})
_ABSENT: Final = frozenset({"ResourceNotFoundException", "StateMachineDoesNotExist", "ExecutionDoesNotExist"})
_NO_SCHEDULES: Final = frozenset({"AccessDeniedException", "ResourceNotFoundException"})


def find(account: Account, tagged: Sequence[Tagged]) -> list[Standing]:
    """What works or is kept ready for work; an application at rest costs nothing."""
    found = [standing for application in applications(account) for standing in _of_application(account, application)]
    found += [
        Standing("execution", arn, BATCH, "running", remark="paid through its job")
        for arn in executions(account, tagged)
    ]
    remark = "starts jobs by itself; each is paid while it works"
    return found + [
        Standing("schedule", name, BATCH, "enabled", is_at_rest=True, remark=remark)
        for name in enabled_schedules(account, tagged)
    ]


def end(account: Account, thing: Standing) -> None:
    """End an execution, a job, a schedule or an application for good; what is gone already is no error."""
    first, _, last = thing.name.partition("/")
    if thing.kind == "execution":
        account.unless(_ABSENT, lambda: account.ask("stepfunctions", "stop_execution", executionArn=thing.name))
    elif thing.kind == "schedule":
        account.unless(_ABSENT, lambda: account.ask("scheduler", "delete_schedule", Name=last, GroupName=first))
    elif thing.kind == "job":
        request = {"applicationId": first, "jobRunId": last}
        account.unless(_ABSENT, lambda: account.ask("emr-serverless", "cancel_job_run", **request))
    else:
        account.unless(_ABSENT, lambda: account.ask("emr-serverless", "delete_application", applicationId=first))


def applications(account: Account) -> list[dict[str, Any]]:
    """Applications of garant that are not deleted."""
    listed = account.each("emr-serverless", "list_applications", "applications")
    described = [
        account.ask("emr-serverless", "get_application", applicationId=found["id"])["application"]
        for found in listed
        if found["state"] not in _GONE
    ]
    return [application for application in described if stack_of(application.get("tags"))]


def working_jobs(account: Account, application: str) -> list[dict[str, Any]]:
    """Jobs of an application that have not ended."""
    request = {"applicationId": application, "states": [*WORKING]}
    # An application may be gone since it was listed.
    return account.unless(_ABSENT, lambda: account.each("emr-serverless", "list_job_runs", "jobRuns", **request)) or []


def machines(tagged: Sequence[Tagged]) -> list[str]:
    """State machines of garant."""
    return [thing.arn for thing in tagged if thing.service == "states" and thing.kind == "stateMachine"]


def executions(account: Account, tagged: Sequence[Tagged]) -> list[str]:
    """Executions that have not ended."""
    return [name for machine in machines(tagged) for name in _executions_of(account, machine)]


def _executions_of(account: Account, machine: str) -> list[str]:
    request = {"stateMachineArn": machine, "statusFilter": "RUNNING"}
    found = account.unless(_ABSENT, lambda: account.each("stepfunctions", "list_executions", "executions", **request))
    return [execution["executionArn"] for execution in found or ()]


def enabled_schedules(account: Account, tagged: Sequence[Tagged]) -> list[str]:
    """Schedules that start a state machine of garant, as ``group/name``."""
    ours = set(machines(tagged))
    if not ours:
        return []
    listed = account.each("scheduler", "list_schedules", "Schedules", State="ENABLED")
    return [f"{found['GroupName']}/{found['Name']}" for found in listed if found.get("Target", {}).get("Arn") in ours]


def _of_application(account: Account, application: dict[str, Any]) -> list[Standing]:
    name, stack = application["applicationId"], stack_of(application.get("tags"))
    found = [
        Standing("job", f"{name}/{job['id']}", stack, job["state"].lower(), remark=_limit(application))
        for job in working_jobs(account, name)
    ]
    if application.get("initialCapacity") and application["state"] in {"STARTING", "STARTED"}:
        remark = "workers that wait are paid until the application stops"
        found.append(Standing("application", name, stack, "workers kept ready", remark=remark))
    return found


def _limit(application: dict[str, Any]) -> str:
    most = application.get("maximumCapacity") or {}
    limits = ", ".join(most[name] for name in ("cpu", "memory") if most.get(name))
    return f"paid until it ends, at most {limits}" if limits else "paid until it ends"
