"""Groups of logs: what they keep is billed."""

from collections.abc import Sequence
from typing import Final

from garant.cloud.account import Account
from garant.cloud.names import BATCH
from garant.cloud.standing.tagged import Tagged
from garant.cloud.standing.thing import GIB, Billed, Standing, sized

PREFIXES: Final = ("/garant/", "/aws/vendedlogs/states/garant", "/aws/vendedlogs/garant")
"""By which the templates name groups of logs."""

_ABSENT: Final = frozenset({"ResourceNotFoundException"})


def find(account: Account, tagged: Sequence[Tagged]) -> list[Standing]:
    """Groups that exist."""
    stacks = {thing.resource.removeprefix("log-group:").removesuffix(":*"): thing.stack for thing in _groups(tagged)}
    names = {name: BATCH for prefix in PREFIXES for name in _named(account, prefix)} | stacks
    return [
        Standing("log group", name, stack, sized(size), (Billed("log_storage", size / GIB),), is_at_rest=True)
        for name, stack in sorted(names.items())
        for size in _size(account, name)
    ]


def end(account: Account, thing: Standing) -> None:
    """Delete a group with all that it keeps."""
    account.unless(_ABSENT, lambda: account.ask("logs", "delete_log_group", logGroupName=thing.name))


def _groups(tagged: Sequence[Tagged]) -> list[Tagged]:
    return [thing for thing in tagged if thing.service == "logs"]


def _named(account: Account, prefix: str) -> list[str]:
    listed = account.each("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=prefix)
    return [group["logGroupName"] for group in listed]


def _size(account: Account, name: str) -> list[int]:
    listed = account.each("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name)
    return [int(group.get("storedBytes", 0)) for group in listed if group["logGroupName"] == name]
