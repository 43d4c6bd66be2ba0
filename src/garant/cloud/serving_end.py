"""Ending stack Serving: its price ends only with the stack, and the record of decisions must outlive it.

With no task wanted and the database stopped, load balancer, endpoints and disk would be paid on, and RDS starts a
stopped database again after seven days. So the stack is deleted, after its template was looked at: CloudFormation must
copy the database before it goes, and keep the key and the secrets that the copy is read with.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from garant.cloud.account import Account
from garant.cloud.names import SERVING
from garant.cloud.stacks import deployed_stacks
from garant.cloud.standing import databases
from garant.cloud.standing.tagged import tagged_things
from garant.cloud.work import Ended, until
from garant.exceptions import CloudError

KEPT: Final[Mapping[str, frozenset[str]]] = {
    "AWS::RDS::DBCluster": frozenset({"Snapshot", "Retain", "RetainExceptOnCreate"}),
    "AWS::RDS::DBInstance": frozenset({"Snapshot", "Retain", "RetainExceptOnCreate"}),
    "AWS::KMS::Key": frozenset({"Retain", "RetainExceptOnCreate"}),
    "AWS::SecretsManager::Secret": frozenset({"Retain", "RetainExceptOnCreate"}),
}
"""What must be left when the stack goes, and by which policies of deletion it is."""

_DEFAULTS: Final = {"AWS::RDS::DBCluster": "Snapshot", "AWS::RDS::DBInstance": "Snapshot"}
"""What CloudFormation does where the template says nothing; it deletes anything else."""

_LONGEST_SECONDS: Final = 3600.0
_GONE: Final = "DELETE_COMPLETE"


def stop_serving(account: Account, *, waiting: Callable[[str], None] | None = None) -> list[Ended]:
    """Delete stack Serving and wait until it is gone; the record of decisions stays as a snapshot.

    Returns
    -------
    list of Ended
        The stack, and each snapshot that was left of its database; empty when it was not deployed.

    Raises
    ------
    CloudError
        When its template would let the record of decisions go, before anything is deleted; or the deletion failed.
    """
    if SERVING not in deployed_stacks(account):
        return []
    before = prepare_end(account)
    stack = account.ask("cloudformation", "describe_stacks", StackName=SERVING)["Stacks"][0]["StackId"]
    account.ask("cloudformation", "delete_stack", StackName=SERVING)
    if waiting is not None:
        waiting(f"stack {SERVING}")

    def state() -> str:
        found = account.ask("cloudformation", "describe_stacks", StackName=stack)["Stacks"][0]
        if found["StackStatus"] == "DELETE_FAILED":
            raise CloudError(
                f"Stack {SERVING} could not be deleted: {found.get('StackStatusReason', 'no reason given')}. Mend that "
                "and run the command again: what is deleted stays deleted."
            )
        return str(found["StackStatus"])

    ended = Ended(
        "stack", SERVING, until(state, lambda found: found == _GONE, f"stack {SERVING}", longest=_LONGEST_SECONDS)
    )
    return [ended, *check_end(account, before)]


def prepare_end(account: Account) -> Sequence[str]:
    """Make sure that the record of decisions stays, then let the databases be deleted.

    Returns
    -------
    sequence of str
        Databases of the stack, for `check_end`.
    """
    check_template(_template(account))
    found = [
        str(one["DBInstanceIdentifier"])
        for one, stack in databases.databases(account, _names(account))
        if stack == SERVING
    ]
    for name in found:
        databases.allow_deletion(account, name)
    return found


def check_end(account: Account, before: Sequence[str]) -> list[Ended]:
    """Look whether each database that was there is still there, or a copy of it.

    Raises
    ------
    CloudError
        When neither is.
    """
    left = {str(one["DBInstanceIdentifier"]) for one, _ in databases.databases(account, {})}
    listed = account.each("rds", "describe_db_snapshots", "DBSnapshots", SnapshotType="manual")
    copies = [one for one in listed if one["DBInstanceIdentifier"] in before]
    without = sorted(set(before) - left - {str(one["DBInstanceIdentifier"]) for one in copies})
    if without:
        raise CloudError(
            f"Of {', '.join(without)} neither the database nor a snapshot is to be seen. Look at once at the backups "
            "that RDS itself keeps for some days (aws rds describe-db-instance-automated-backups), and do not deploy "
            "Serving again before the record of decisions is found."
        )
    return [Ended("snapshot", str(one["DBSnapshotIdentifier"]), str(one["Status"])) for one in copies]


def check_template(template: Mapping[str, Any]) -> None:
    """Refuse a stack that would take the record of decisions with it.

    Raises
    ------
    CloudError
        Names what would go.
    """
    lost = [
        f"{name} ({resource['Type']}: {_policy(resource)})"
        for name, resource in template.get("Resources", {}).items()
        if resource["Type"] in KEPT and _policy(resource) not in KEPT[resource["Type"]]
    ]
    if lost:
        raise CloudError(
            f"Stack {SERVING} as it is deployed would take with it: {', '.join(lost)}. The record of decisions, or "
            "what it is read with, would be lost; nothing was deleted. Deploy this version of garant first: "
            "garant cloud deploy --serving"
        )


def _policy(resource: Mapping[str, Any]) -> str:
    return str(resource.get("DeletionPolicy") or _DEFAULTS.get(str(resource["Type"]), "Delete"))


def _template(account: Account) -> Mapping[str, Any]:
    body = account.ask("cloudformation", "get_template", StackName=SERVING, TemplateStage="Processed")["TemplateBody"]
    return json.loads(body) if isinstance(body, str) else body


def _names(account: Account) -> dict[str, str]:
    return {thing.arn: thing.stack for thing in tagged_things(account) if thing.service == "rds"}
