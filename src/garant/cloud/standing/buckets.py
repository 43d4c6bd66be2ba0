"""Buckets: every version of every object is billed, and the parts of uploads that nobody finished."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from garant.cloud.account import Account
from garant.cloud.names import BUCKETS, DATA, QUALIFIER, TOOLKIT, bucket_name
from garant.cloud.standing.tagged import Tagged
from garant.cloud.standing.thing import GIB, Billed, Standing, counted, sized
from garant.exceptions import CloudError

_ABSENT: Final = frozenset({"404", "NoSuchBucket"})
_DELETED_AT_ONCE: Final = 1000
_LISTED_REFUSALS: Final = 5


@dataclass
class Content:
    """What a bucket holds.

    Attributes
    ----------
    objects, versions, marks, parts : int
        Objects that a reader sees; versions below them; marks of deletions; parts of unfinished uploads.
    size, old_size, part_size : int
        Their bytes.
    other_classes : dict
        Bytes by storage class, but for ``STANDARD``.
    """

    objects: int = 0
    versions: int = 0
    marks: int = 0
    parts: int = 0
    size: int = 0
    old_size: int = 0
    part_size: int = 0
    other_classes: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def total_size(self) -> int:
        """Bytes that are billed."""
        return self.size + self.old_size + self.part_size

    @property
    def is_empty(self) -> bool:
        """Whether the bucket could be deleted."""
        return not (self.objects or self.versions or self.marks or self.parts)

    def __str__(self) -> str:
        """Say it in words."""
        older = f"{counted(self.versions, 'older version')} {sized(self.old_size)}"
        more = [
            older if self.versions else "",
            counted(self.marks, "mark") + " of deletions" if self.marks else "",
            f"{counted(self.parts, 'unfinished part')} {sized(self.part_size)}" if self.parts else "",
        ]
        return ", ".join([f"{counted(self.objects, 'object')} {sized(self.size)}", *filter(None, more)])


def find(account: Account, tagged: Sequence[Tagged]) -> list[Standing]:
    """Buckets of the platform that exist, with what they hold."""
    return [
        _standing(name, stack, content_of(account, name))
        for name, stack in _candidates(account, tagged).items()
        if _exists(account, name)
    ]


def end(account: Account, thing: Standing) -> None:
    """Empty a bucket of every version and every part, then delete it; what is gone already is no error.

    Raises
    ------
    CloudError
        When a version may not be deleted, for instance because it is locked until a day that has not come.
    """
    name = thing.name
    if not _exists(account, name):
        return
    client = account.client("s3")
    with account.explaining("s3", "delete_objects"):
        for batch in _batches(account, name):
            answer = client.delete_objects(Bucket=name, Delete={"Objects": batch, "Quiet": True})
            _refuse_if_kept(name, answer.get("Errors", ()))
    for upload in account.each("s3", "list_multipart_uploads", "Uploads", Bucket=name):
        account.ask("s3", "abort_multipart_upload", Bucket=name, Key=upload["Key"], UploadId=upload["UploadId"])
    account.unless(_ABSENT, lambda: account.ask("s3", "delete_bucket", Bucket=name))


def content_of(account: Account, name: str) -> Content:
    """Count a bucket, version by version."""
    content = Content()
    with account.explaining("s3", "list_object_versions"):
        for page in account.client("s3").get_paginator("list_object_versions").paginate(Bucket=name):
            content.marks += len(page.get("DeleteMarkers", ()))
            for version in page.get("Versions", ()):
                _count(content, version)
    for upload in account.each("s3", "list_multipart_uploads", "Uploads", Bucket=name):
        for part in account.each(
            "s3", "list_parts", "Parts", Bucket=name, Key=upload["Key"], UploadId=upload["UploadId"]
        ):
            content.parts += 1
            content.part_size += part["Size"]
    return content


def _count(content: Content, version: dict[str, Any]) -> None:
    size, kept = version["Size"], version.get("StorageClass", "STANDARD")
    if version["IsLatest"]:
        content.objects += 1
        content.size += size
    else:
        content.versions += 1
        content.old_size += size
    if kept != "STANDARD":
        content.other_classes[kept] = content.other_classes.get(kept, 0) + size


def _candidates(account: Account, tagged: Sequence[Tagged]) -> dict[str, str]:
    """Names of buckets with the stack of each."""
    data = {bucket_name(purpose, account=account.id, region=account.region): DATA for purpose in BUCKETS}
    toolkit = {f"cdk-{QUALIFIER}-assets-{account.id}-{account.region}": TOOLKIT}
    # A bucket of one of our names is looked at only when it is ours: the account is part of its name.
    return data | toolkit | {thing.resource: thing.stack for thing in tagged if thing.service == "s3"}


def _exists(account: Account, name: str) -> bool:
    owner = {"Bucket": name, "ExpectedBucketOwner": account.id}
    return account.unless(_ABSENT, lambda: account.ask("s3", "head_bucket", **owner)) is not None


def _standing(name: str, stack: str, content: Content) -> Standing:
    other = sum(content.other_classes.values())
    billed = [Billed("s3_storage", (content.total_size - other) / GIB)]
    billed += [Billed(f"s3_{kind.lower()}", size / GIB) for kind, size in sorted(content.other_classes.items())]
    return Standing("bucket", name, stack, str(content), tuple(billed), is_at_rest=True)


def _batches(account: Account, name: str) -> Iterator[list[dict[str, str]]]:
    """Versions and marks of deletions, as many as one request may delete."""
    for page in account.client("s3").get_paginator("list_object_versions").paginate(Bucket=name):
        found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        listed = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in found]
        for start in range(0, len(listed), _DELETED_AT_ONCE):
            yield listed[start : start + _DELETED_AT_ONCE]


def _refuse_if_kept(name: str, errors: Sequence[dict[str, str]]) -> None:
    if not errors:
        return
    listed = "; ".join(f"{error['Key']}: {error.get('Code', '?')}" for error in errors[:_LISTED_REFUSALS])
    raise CloudError(
        f"s3://{name}: {counted(len(errors), 'version')} could not be deleted ({listed}). Look whether a lock or a "
        "policy keeps them; run the command again when it ends: what is deleted stays deleted."
    )
