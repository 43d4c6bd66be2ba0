"""Leaving: every stack but Data, and on demand everything that garant ever kept in the account.

Each step looks what is there before it does anything, so a destruction that broke off goes on when it is run again.
"""

from collections.abc import Callable, Sequence
from typing import Final

from garant.cloud.account import Account
from garant.cloud.cdk import Cdk, run_cdk
from garant.cloud.deployment_policy import remove_policy
from garant.cloud.names import DATA, SERVING, STACKS, TOOLKIT
from garant.cloud.serving_end import check_end, prepare_end
from garant.cloud.stacks import Stack, deployed_stacks
from garant.cloud.standing.inventory import end_for_good, standing_things
from garant.cloud.standing.thing import Standing
from garant.cloud.work import stop_work, until
from garant.exceptions import CloudError

Telling = Callable[[str], None]
"""Called with what is done next."""

_DELETE_SECONDS: Final = 1800.0
_ROUNDS: Final = 3
"""Looks at what is left: a thing may need another to be gone first, as a load balancer its listeners."""


def stacks_to_destroy(account: Account, *, data: bool) -> list[str]:
    """Stacks that are there, in the order in which they are destroyed: the last deployed first."""
    there = deployed_stacks(account)
    return [name for name in reversed(STACKS) if name in there and (data or name != DATA)]


def destroy_stacks(account: Account, cdk: Cdk, stacks: Sequence[str], *, telling: Telling) -> None:
    """End what works, then remove stacks through AWS CDK; the record of decisions is kept as a snapshot.

    Raises
    ------
    CloudError
        When the record of decisions would be lost, or a stack could not be removed.
    """
    if not stacks:
        return
    for ended in stop_work(account, waiting=telling):
        telling(f"{ended.kind} {ended.name}: {ended.state.lower()}")
    databases = prepare_end(account) if SERVING in stacks else []
    _unprotect(account, stacks)
    run_cdk(cdk.destroy(stacks), cdk)
    left = [stack for stack in stacks_to_destroy(account, data=True) if stack in stacks]
    if left:
        raise CloudError(f"AWS CDK ended well, but CloudFormation still has {', '.join(left)}. Run the command again.")
    for kept in check_end(account, databases):
        telling(f"{kept.kind} {kept.name} keeps the record of decisions")


def destroy_data(account: Account, *, telling: Telling) -> list[Standing]:
    """Remove what no stack removes: buckets with every version, copies of databases, logs, images, keys, the toolkit.

    To be called when the stacks are gone.

    Returns
    -------
    list of Standing
        What was ended.

    Raises
    ------
    CloudError
        Lists what is left, when something could not be ended.
    """
    still = stacks_to_destroy(account, data=True)
    if still:
        raise CloudError(
            f"{', '.join(still)}: still there. Data are removed when no stack is left; nothing was removed."
        )
    ended: list[Standing] = []
    for _ in range(_ROUNDS):
        found = standing_things(account)
        if not found:
            break
        for thing in found:
            telling(f"{thing.kind} {thing.label}: {thing.state}")
            end_for_good(account, thing)
        ended += found
    _remove_toolkit(account, telling=telling)
    left = standing_things(account)
    if left:
        listed = ", ".join(f"{thing.kind} {thing.label}" for thing in left)
        raise CloudError(
            f"Not everything is gone yet: {listed}. Run the command again in some minutes; it goes on there."
        )
    return ended


def _unprotect(account: Account, stacks: Sequence[str]) -> None:
    """Let CloudFormation delete stacks that it would refuse to; who asks for it named them."""
    for stack in deployed_stacks(account).values():
        if stack.name in stacks and stack.is_protected:
            request = {"StackName": stack.name, "EnableTerminationProtection": False}
            account.ask("cloudformation", "update_termination_protection", **request)


def _remove_toolkit(account: Account, *, telling: Telling) -> None:
    """Remove the roles and the repository that AWS CDK deployed with, and the policy that bounded them."""
    toolkit: Stack | None = deployed_stacks(account).get(TOOLKIT)
    if toolkit is not None:
        telling(f"stack {TOOLKIT}")
        account.ask("cloudformation", "delete_stack", StackName=TOOLKIT)
        until(lambda: _state(account), lambda found: found == "GONE", f"stack {TOOLKIT}", longest=_DELETE_SECONDS)
    remove_policy(account)


def _state(account: Account) -> str:
    stack = deployed_stacks(account).get(TOOLKIT)
    if stack is None:
        return "GONE"
    if stack.status == "DELETE_FAILED":
        raise CloudError(
            f"Stack {TOOLKIT} could not be deleted; its events in CloudFormation say why. Run the command again."
        )
    return stack.status
