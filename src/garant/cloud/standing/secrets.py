"""Secrets that are kept for the service."""

from collections.abc import Sequence
from typing import Final

from garant.cloud.account import Account
from garant.cloud.names import STACKS, TAG
from garant.cloud.standing.tagged import Tagged, stack_of
from garant.cloud.standing.thing import Billed, Standing

WAITING_DAYS: Final = 7
"""Days until a secret is gone; the deletion can be taken back until then, and nothing is billed."""

_ABSENT: Final = frozenset({"ResourceNotFoundException", "InvalidRequestException"})


def find(account: Account, _tagged: Sequence[Tagged]) -> list[Standing]:
    """Secrets whose deletion is not scheduled."""
    filters = [{"Key": "tag-key", "Values": [TAG]}]
    listed = account.each("secretsmanager", "list_secrets", "SecretList", Filters=filters)
    ours = [(one, stack_of(one.get("Tags"))) for one in listed if not one.get("DeletedDate")]
    return [
        Standing("secret", one["ARN"], stack, one["Name"], (Billed("secret", 1),), is_at_rest=True)
        for one, stack in ours
        if stack in STACKS
    ]


def end(account: Account, thing: Standing) -> None:
    """Schedule the deletion of a secret."""
    request = {"SecretId": thing.name, "RecoveryWindowInDays": WAITING_DAYS}
    account.unless(_ABSENT, lambda: account.ask("secretsmanager", "delete_secret", **request))
