"""The stacks of garant as CloudFormation knows them: state and outputs of what is deployed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from garant.cloud.account import Account
from garant.cloud.names import STACKS, TOOLKIT
from garant.exceptions import CloudError

_ABSENT: Final = frozenset({"ValidationError"})
"""What DescribeStacks answers for a name that it does not know."""


@dataclass(frozen=True)
class Stack:
    """A stack that is deployed, or that CloudFormation is at work on.

    Attributes
    ----------
    name : str
        One of `garant.cloud.names.STACKS`, or `garant.cloud.names.TOOLKIT`.
    status : str
        As CloudFormation says it, for instance ``CREATE_COMPLETE``.
    outputs : mapping
        Name of an output → its value.
    is_protected : bool
        Whether CloudFormation refuses to delete it.
    """

    name: str
    status: str
    outputs: Mapping[str, str]
    is_protected: bool = False

    @property
    def is_in_work(self) -> bool:
        """Whether CloudFormation is creating, changing or deleting it at this moment."""
        return self.status.endswith("_IN_PROGRESS")

    @property
    def is_broken(self) -> bool:
        """Whether something failed that a person should look at."""
        return "FAILED" in self.status or self.status == "ROLLBACK_COMPLETE"


def deployed_stacks(account: Account) -> dict[str, Stack]:
    """Stacks that exist, by name, in the order in which they are deployed."""
    found = {name: _described(account, name) for name in (TOOLKIT, *STACKS)}
    return {name: stack for name, stack in found.items() if stack is not None}


def deployed_stack(account: Account, name: str) -> Stack:
    """Return one stack.

    Raises
    ------
    CloudError
        When it is not deployed there.
    """
    stack = _described(account, name)
    if stack is None:
        raise CloudError(
            f"Stack {name} is not deployed in account {account.id}, region {account.region}. Deploy it: garant cloud "
            "deploy, or look in another region with --region."
        )
    return stack


def _described(account: Account, name: str) -> Stack | None:
    answer = account.unless(_ABSENT, lambda: account.ask("cloudformation", "describe_stacks", StackName=name))
    # A stack that was deleted is told by its id only; by its name it does not exist.
    found = [stack for stack in (answer or {}).get("Stacks", ()) if stack["StackStatus"] != "DELETE_COMPLETE"]
    if not found:
        return None
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found[0].get("Outputs", ())}
    return Stack(name, found[0]["StackStatus"], outputs, bool(found[0].get("EnableTerminationProtection")))
