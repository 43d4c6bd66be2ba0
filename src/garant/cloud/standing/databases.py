"""Databases of RDS and copies of them: the record of decisions lives there, in a copy when the database is gone."""

from collections.abc import Sequence
from typing import Any, Final

from garant.cloud.account import Account
from garant.cloud.prices import HOURS_PER_MONTH
from garant.cloud.standing.tagged import Tagged, stack_of
from garant.cloud.standing.thing import Billed, Standing

_ABSENT: Final = frozenset(
    {"DBInstanceNotFound", "DBInstanceNotFoundFault", "DBSnapshotNotFound", "DBSnapshotNotFoundFault"}
)
_GONE: Final = frozenset({"deleting", "deleted"})


def find(account: Account, tagged: Sequence[Tagged]) -> list[Standing]:
    """Databases, stopped ones too, and snapshots that stay when their database goes."""
    by_name = {thing.arn: thing.stack for thing in tagged if thing.service == "rds"}
    found = [_of_database(one, stack) for one, stack in databases(account, by_name)]
    return found + [_of_snapshot(one, stack) for one, stack in snapshots(account, by_name)]


def end(account: Account, thing: Standing) -> None:
    """Delete a database without another copy, or a snapshot."""
    if thing.kind == "snapshot":
        account.unless(_ABSENT, lambda: account.ask("rds", "delete_db_snapshot", DBSnapshotIdentifier=thing.name))
        return
    allow_deletion(account, thing.name)
    request = {"DBInstanceIdentifier": thing.name, "SkipFinalSnapshot": True, "DeleteAutomatedBackups": True}
    account.unless(_ABSENT, lambda: account.ask("rds", "delete_db_instance", **request))


def databases(account: Account, by_name: dict[str, str]) -> list[tuple[dict[str, Any], str]]:
    """Databases of garant, each with its stack."""
    listed = account.each("rds", "describe_db_instances", "DBInstances")
    return _ours([one for one in listed if one["DBInstanceStatus"] not in _GONE], "DBInstanceArn", by_name)


def snapshots(account: Account, by_name: dict[str, str]) -> list[tuple[dict[str, Any], str]]:
    """Snapshots that somebody or CloudFormation took of databases of garant; RDS removes its own by itself."""
    return _ours(
        account.each("rds", "describe_db_snapshots", "DBSnapshots", SnapshotType="manual"), "DBSnapshotArn", by_name
    )


def allow_deletion(account: Account, name: str) -> None:
    """Take the protection from a database that RDS would else refuse to delete."""
    request = {"DBInstanceIdentifier": name, "DeletionProtection": False, "ApplyImmediately": True}
    account.unless(_ABSENT, lambda: account.ask("rds", "modify_db_instance", **request))


def _ours(listed: Sequence[dict[str, Any]], arn: str, by_name: dict[str, str]) -> list[tuple[dict[str, Any], str]]:
    named = [(one, stack_of(one.get("TagList")) or by_name.get(one[arn], "")) for one in listed]
    return [(one, stack) for one, stack in named if stack]


def _of_database(one: dict[str, Any], stack: str) -> Standing:
    machine = f"database_{one['DBInstanceClass'].removeprefix('db.').replace('.', '_')}"
    zones = 2 if one.get("MultiAZ") else 1
    disk = Billed("database_storage", one["AllocatedStorage"] * zones)
    status = one["DBInstanceStatus"]
    hours = () if status == "stopped" else (Billed(machine, HOURS_PER_MONTH * zones),)
    # The owner's password, which RDS keeps in a secret of its own.
    secrets = (Billed("secret", 1),) if one.get("MasterUserSecret") else ()
    state = f"{status}, {one['DBInstanceClass']}, {one['AllocatedStorage']} GB" + (", two zones" if zones > 1 else "")
    remark = "RDS starts a stopped database again after 7 days" if status == "stopped" else ""
    return Standing("database", one["DBInstanceIdentifier"], stack, state, (*hours, disk, *secrets), remark=remark)


def _of_snapshot(one: dict[str, Any], stack: str) -> Standing:
    state = f"{one['Status']}, at most {one['AllocatedStorage']} GB, of {one['DBInstanceIdentifier']}"
    billed = Billed("database_snapshot", one["AllocatedStorage"])
    remark = "holds the record of decisions"
    return Standing("snapshot", one["DBSnapshotIdentifier"], stack, state, (billed,), is_at_rest=True, remark=remark)
