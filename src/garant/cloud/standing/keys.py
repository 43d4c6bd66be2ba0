"""Keys of KMS: a month has its price until the deletion is scheduled, from when on nothing is billed."""

from collections.abc import Sequence
from typing import Any, Final

from garant.cloud.account import Account
from garant.cloud.names import DATA
from garant.cloud.standing.tagged import Tagged
from garant.cloud.standing.thing import Billed, Standing, counted

ALIAS: Final = "alias/garant"
"""By which people find the key; it is gone with its stack, the key is not."""

WAITING_DAYS: Final = 7
"""Days until a key is gone: the fewest that KMS allows. Until then the deletion can be taken back."""

_BILLED_ROTATIONS: Final = 2
"""The first and the second rotation raise the price of a key, later ones do not."""

_ABSENT: Final = frozenset({"NotFoundException"})
_GOING: Final = frozenset({"PendingDeletion", "PendingReplicaDeletion"})


def find(account: Account, tagged: Sequence[Tagged]) -> list[Standing]:
    """Keys that are billed."""
    found = {thing.arn: thing.stack for thing in tagged if thing.service == "kms" and thing.kind == "key"}
    by_alias = account.unless(_ABSENT, lambda: account.ask("kms", "describe_key", KeyId=ALIAS))
    if by_alias is not None:
        found.setdefault(by_alias["KeyMetadata"]["Arn"], DATA)
    described = {arn: _described(account, arn) for arn in found}
    return [
        _standing(account, arn, found[arn], metadata)
        for arn, metadata in described.items()
        if metadata is not None and metadata["KeyState"] not in _GOING
    ]


def end(account: Account, thing: Standing) -> None:
    """Schedule the deletion of a key; what it encrypted can then not be read by anybody."""
    metadata = _described(account, thing.name)
    if metadata is not None and metadata["KeyState"] not in _GOING:
        account.ask("kms", "schedule_key_deletion", KeyId=metadata["KeyId"], PendingWindowInDays=WAITING_DAYS)


def _described(account: Account, arn: str) -> dict[str, Any] | None:
    answer = account.unless(_ABSENT, lambda: account.ask("kms", "describe_key", KeyId=arn))
    return None if answer is None else answer["KeyMetadata"]


def _standing(account: Account, arn: str, stack: str, metadata: dict[str, Any]) -> Standing:
    rotations = len(account.ask("kms", "list_key_rotations", KeyId=arn).get("Rotations", ()))
    state = metadata["KeyState"].lower() + (f", rotated {counted(rotations, 'time')}" if rotations else "")
    billed = Billed("kms_key", 1 + min(rotations, _BILLED_ROTATIONS))
    return Standing("key", arn, stack, state, (billed,), is_at_rest=True)
