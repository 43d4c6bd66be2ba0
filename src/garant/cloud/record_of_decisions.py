"""Deployments of the decision service must not lose sight of the record of decisions."""

from collections.abc import Mapping
from typing import Final

from garant.cloud.account import Account
from garant.cloud.names import SERVING
from garant.cloud.standing import databases, secrets
from garant.cloud.standing.tagged import tagged_things
from garant.exceptions import UsageError

_ORIGIN: Final = ("serving_snapshot", "serving_master_key")
"""Entries that say which record a service goes on with: another one makes CloudFormation replace the database."""


def check_goes_on(before: Mapping[str, str], context: Mapping[str, str]) -> None:
    """Refuse to change a service that runs so that its database would go.

    Raises
    ------
    UsageError
        When nobody said what it consists of, or it is to go on with another record.
    """
    if "serving_image" not in context:
        raise UsageError(
            f"Stack {SERVING} serves, and what it was told is not known here: deployed without it, service and "
            "database would go. Say its entries again (--set serving_image=… and the others, docs/service.md), or end "
            "it first: garant cloud stop --serving"
        )
    changed = [name for name in _ORIGIN if before.get(name) != context.get(name)]
    if changed:
        raise UsageError(
            f"Stack {SERVING} serves; with another {' and '.join(changed)} its database would be replaced. End it "
            "first: garant cloud stop --serving"
        )


def check_begins(account: Account) -> None:
    """Refuse to begin a new record of decisions where there is one to go on with.

    Raises
    ------
    UsageError
        Names the newest snapshot and the secrets that may hold its master key.
    """
    tagged = tagged_things(account)
    by_name = {thing.arn: thing.stack for thing in tagged if thing.service == "rds"}
    found = [one for one, _ in databases.snapshots(account, by_name)]
    if not found:
        return
    newest = max(found, key=lambda one: str(one.get("SnapshotCreateTime", "")))["DBSnapshotIdentifier"]
    keys = ", ".join(thing.name for thing in secrets.find(account, tagged)) or "none with garant's tag"
    raise UsageError(
        f"A record of decisions is kept in snapshot {newest}. To go on with it: --set serving_snapshot={newest} --set "
        f"serving_master_key=ARN of its secret ({keys}). To begin another: --set serving_snapshot="
    )
