"""Everything in the region that carries garant's tag."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from garant.cloud.account import Account
from garant.cloud.names import STACKS, TAG, TOOLKIT


@dataclass(frozen=True)
class Tagged:
    """A thing that carries the tag.

    Attributes
    ----------
    arn : str
        Its name in AWS.
    stack : str
        What the tag says.
    """

    arn: str
    stack: str

    @property
    def service(self) -> str:
        """Service of AWS: ``s3``, ``rds``."""
        return self.arn.split(":")[2]

    @property
    def resource(self) -> str:
        """What follows the account in the ARN: ``cluster/garant``, ``db:ledger``."""
        return self.arn.split(":", 5)[5]

    @property
    def kind(self) -> str:
        """First word of the resource, where the ARN has one."""
        return self.resource.replace("/", ":").lstrip(":").split(":")[0]


def tagged_things(account: Account) -> list[Tagged]:
    """All of them; a tag with another value than the name of a stack is somebody else's."""
    found = account.each(
        "resourcegroupstaggingapi",
        "get_resources",
        "ResourceTagMappingList",
        TagFilters=[{"Key": TAG, "Values": [*STACKS, TOOLKIT]}],
    )
    return [Tagged(entry["ResourceARN"], stack_of(entry["Tags"])) for entry in found]


def stack_of(tags: Mapping[str, str] | Sequence[Mapping[str, str]] | None) -> str:
    """Stack that tags name, in the spellings that services of AWS have for them; empty when they name none."""
    listed = [*tags.items()] if isinstance(tags, Mapping) else [_pair(tag) for tag in tags or ()]
    values = [value for key, value in listed if key == TAG and value in {*STACKS, TOOLKIT}]
    return values[0] if values else ""


def _pair(tag: Mapping[str, str]) -> tuple[str, str]:
    lower = {key.lower(): value for key, value in tag.items()}
    return lower.get("key", lower.get("tagkey", "")), lower.get("value", lower.get("tagvalue", ""))
