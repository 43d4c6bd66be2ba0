"""The decision service on Fargate: clusters, services and the tasks that are paid while they run."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from garant.cloud.account import Account
from garant.cloud.prices import HOURS_PER_MONTH
from garant.cloud.standing.tagged import Tagged
from garant.cloud.standing.thing import Billed, Standing, counted

_ABSENT: Final = frozenset({"ClusterNotFoundException", "ServiceNotFoundException", "InvalidParameterException"})
_CPU_UNITS: Final = 1024
_DESCRIBED_AT_ONCE: Final = 10


def find(account: Account, tagged: Sequence[Tagged]) -> list[Standing]:
    """Services that want tasks, and tasks that run."""
    found: list[Standing] = []
    for cluster in _clusters(tagged):
        found += [
            _of_service(service, cluster) for service in services(account, cluster.arn) if service["desiredCount"]
        ]
        found += [_of_task(task, _size(account, task), cluster) for task in _tasks(account, cluster.arn)]
    return found


def end(account: Account, thing: Standing) -> None:
    """Delete a service with its tasks, or stop a task."""
    cluster, _, name = thing.name.partition(" ")
    if thing.kind == "service":
        request = {"cluster": cluster, "service": name, "force": True}
        account.unless(_ABSENT, lambda: account.ask("ecs", "delete_service", **request))
    else:
        account.unless(_ABSENT, lambda: account.ask("ecs", "stop_task", cluster=cluster, task=name))


def services(account: Account, cluster: str) -> list[dict[str, Any]]:
    """Services of a cluster that are not deleted."""
    listed = account.unless(_ABSENT, lambda: account.each("ecs", "list_services", "serviceArns", cluster=cluster))
    found = [
        service
        for some in _in_tens(listed or ())
        for service in account.ask("ecs", "describe_services", cluster=cluster, services=some)["services"]
    ]
    return [service for service in found if service["status"] != "INACTIVE"]


def _clusters(tagged: Sequence[Tagged]) -> list[Tagged]:
    return [thing for thing in tagged if thing.service == "ecs" and thing.kind == "cluster"]


def _tasks(account: Account, cluster: str) -> list[dict[str, Any]]:
    listed = account.unless(_ABSENT, lambda: account.each("ecs", "list_tasks", "taskArns", cluster=cluster))
    return [
        task
        for some in _in_tens(listed or ())
        for task in account.ask("ecs", "describe_tasks", cluster=cluster, tasks=some)["tasks"]
        if task["lastStatus"] != "STOPPED"
    ]


def _of_service(service: dict[str, Any], cluster: Tagged) -> Standing:
    state = f"{counted(service['desiredCount'], 'task')} wanted"
    name = f"{cluster.arn} {service['serviceName']}"
    return Standing("service", name, cluster.stack, state, remark="paid through its tasks")


def _size(account: Account, task: dict[str, Any]) -> tuple[float, float]:
    """Return vCPU and GB of a task: its own, else those of its definition."""
    if task.get("cpu") and task.get("memory"):
        found = task
    else:
        request = {"taskDefinition": task["taskDefinitionArn"]}
        found = account.ask("ecs", "describe_task_definition", **request)["taskDefinition"]
    return int(found["cpu"]) / _CPU_UNITS, int(found["memory"]) / _CPU_UNITS


def _of_task(task: dict[str, Any], size: tuple[float, float], cluster: Tagged) -> Standing:
    vcpu, memory = size
    billed = (
        Billed("fargate_vcpu", vcpu * HOURS_PER_MONTH),
        Billed("fargate_memory", memory * HOURS_PER_MONTH),
    )
    state = f"{task['lastStatus'].lower()}, {vcpu:g} vCPU, {memory:g} GB"
    return Standing("task", f"{cluster.arn} {task['taskArn']}", cluster.stack, state, billed)


def _in_tens(listed: Iterable[str]) -> list[list[str]]:
    names = list(listed)
    return [names[start : start + _DESCRIBED_AT_ONCE] for start in range(0, len(names), _DESCRIBED_AT_ONCE)]
