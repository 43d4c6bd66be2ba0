"""Images of containers: what a repository keeps is billed."""

from collections.abc import Sequence
from typing import Final

from garant.cloud.account import Account
from garant.cloud.names import QUALIFIER, TOOLKIT
from garant.cloud.standing.tagged import Tagged
from garant.cloud.standing.thing import GIB, Billed, Standing, counted, sized

_ABSENT: Final = frozenset({"RepositoryNotFoundException"})


def find(account: Account, tagged: Sequence[Tagged]) -> list[Standing]:
    """Repositories that hold an image; an empty one costs nothing."""
    toolkit = f"cdk-{QUALIFIER}-container-assets-{account.id}-{account.region}"
    stacks = {thing.resource.removeprefix("repository/"): thing.stack for thing in tagged if thing.service == "ecr"}
    found = [(name, stack, _sizes(account, name)) for name, stack in ({toolkit: TOOLKIT} | stacks).items()]
    return [_standing(name, stack, sizes) for name, stack, sizes in found if sizes]


def end(account: Account, thing: Standing) -> None:
    """Delete a repository with its images."""
    account.unless(_ABSENT, lambda: account.ask("ecr", "delete_repository", repositoryName=thing.name, force=True))


def _standing(name: str, stack: str, sizes: Sequence[int]) -> Standing:
    state = f"{counted(len(sizes), 'image')}, {sized(sum(sizes))}"
    return Standing("images", name, stack, state, (Billed("image_storage", sum(sizes) / GIB),), is_at_rest=True)


def _sizes(account: Account, name: str) -> list[int]:
    listed = account.unless(
        _ABSENT, lambda: account.each("ecr", "describe_images", "imageDetails", repositoryName=name)
    )
    return [int(image.get("imageSizeInBytes", 0)) for image in listed or ()]
