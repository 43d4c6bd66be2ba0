"""Everything of garant that costs money in one region of an account, and how it is ended for good."""

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Final

from garant.cloud.account import Account
from garant.cloud.standing import alarms, buckets, databases, images, jobs, keys, logs, network, secrets, service
from garant.cloud.standing.tagged import Tagged, tagged_things
from garant.cloud.standing.thing import Standing
from garant.exceptions import CloudError

_KINDS: Final[tuple[tuple[ModuleType, tuple[str, ...]], ...]] = (
    (jobs, ("execution", "job", "application", "schedule")),
    (service, ("service", "task")),
    (network, ("load balancer", "endpoint", "gateway", "address")),
    (databases, ("database", "snapshot")),
    (alarms, ("alarms",)),
    (logs, ("log group",)),
    (images, ("images",)),
    (secrets, ("secret",)),
    (buckets, ("bucket",)),
    # Last: what it encrypts cannot be read any more, not even to be looked at.
    (keys, ("key",)),
)
"""In the order in which they are ended: what works first, what it works on afterwards."""

Looking = Callable[[str, int, int], None]
"""Called with a step, how much of it is done, and how much there is."""


def standing_things(
    account: Account, *, looking: Looking | None = None, unseen: list[str] | None = None
) -> list[Standing]:
    """Everything that costs money, or would when it is asked to work.

    Parameters
    ----------
    account : Account
        Where to look.
    looking : callable or None
        Told how far it is.
    unseen : list of str or None
        Takes what could not be looked at and why, as where a right is missing or a region lacks a service; without it
        that is an error.
    """
    tagged = tagged_things(account)
    found: list[Standing] = []
    for done, (module, kinds) in enumerate(_KINDS):
        if looking is not None:
            looking(f"Looking: {kinds[0]}", done, len(_KINDS))
        find: Callable[[Account, Sequence[Tagged]], list[Standing]] = module.find
        try:
            found += find(account, tagged)
        except CloudError as error:
            if unseen is None:
                raise
            unseen.append(f"{', '.join(kinds)}: {error}")
    return found


def end_for_good(account: Account, thing: Standing) -> None:
    """End one thing; what it held is gone."""
    module = next(module for module, kinds in _KINDS if thing.kind in kinds)
    module.end(account, thing)
