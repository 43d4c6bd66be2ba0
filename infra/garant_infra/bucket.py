"""Buckets that nobody outside sees, encrypted, with an end to what was overwritten or deleted."""

from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from garant_infra import eu_guard
from garant_infra.stars import check_reason, explain_stars

ERASURE_DAYS: Final = 30
"""Days after which nothing of an erased person is left in an old version: the deadline for erasures."""

UNFINISHED_DAYS: Final = 1
"""Days after which parts of an upload that nobody finished are removed."""

_STARS: Final = {
    "OnlyTls": "A refusal must hold for every action on the bucket and on every object in it.",
    "NoReplication": "A refusal of what copies a bucket out must hold for the bucket and every object in it.",
}


class PrivateBucket(s3.Bucket):
    """A bucket: no public access, TLS only, SSE-KMS with a bucket key, versions, no old version after 30 days.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    name : str
        Name of the bucket.
    key : kms.IKey or None
        Key of its objects. None where a service of AWS delivers that can write no others than with a key of S3 itself,
        as load balancers do; `without_key` says so.
    without_key : str
        Why there is no key; at least 20 characters where there is none.
    expires_days : int or None
        Days after which an object itself is removed; never by default.
    removal : RemovalPolicy
        What becomes of it when its stack goes; it is kept by default.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        key: kms.IKey | None,
        without_key: str = "",
        expires_days: int | None = None,
        removal: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        if key is None:
            check_reason(name, without_key)
        super().__init__(
            scope,
            construct_id,
            bucket_name=name,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=s3.BucketEncryption.KMS if key is not None else s3.BucketEncryption.S3_MANAGED,
            encryption_key=key,
            bucket_key_enabled=True if key is not None else None,
            versioned=True,
            removal_policy=removal,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="OldVersionsAndUnfinishedUploads",
                    noncurrent_version_expiration=Duration.days(ERASURE_DAYS),
                    abort_incomplete_multipart_upload_after=Duration.days(UNFINISHED_DAYS),
                ),
                # A rule of its own: marks of deletions cannot be told to go in a rule that ends objects.
                s3.LifecycleRule(id="MarksOfDeletions", expired_object_delete_marker=True)
                if expires_days is None
                else s3.LifecycleRule(id="Expiry", expiration=Duration.days(expires_days)),
            ],
        )
        self._refuse("OnlyTls", ["s3:*"], {"Bool": {"aws:SecureTransport": "false"}})
        replication = [action for action in eu_guard.REPLICATION if action.startswith("s3:")]
        self._refuse("NoReplication", [a for a in replication if a != "s3:CreateMultiRegionAccessPoint"], {})
        self.explain({})
        if without_key:
            # Beside the bucket, where whoever wonders about it looks.
            _resource_of(self).add_metadata("garant:without_key", without_key)

    def explain(self, reasons: Mapping[str, str]) -> None:
        """Say why statements that were added to the bucket's policy hold a star, by their Sid."""
        explain_stars(_policy_of(self), {**_STARS, **reasons})

    def _refuse(self, sid: str, actions: Sequence[str], conditions: dict[str, dict[str, str]]) -> None:
        self.add_to_resource_policy(
            iam.PolicyStatement.from_json(
                {
                    "Sid": sid,
                    "Effect": "Deny",
                    "Principal": {"AWS": "*"},
                    "Action": [*actions],
                    "Resource": [self.bucket_arn, self.arn_for_objects("*")],
                    "Condition": conditions,
                }
            )
        )


def _policy_of(bucket: s3.Bucket) -> s3.BucketPolicy:
    policy = bucket.policy
    if policy is None:
        raise TypeError(f"{bucket.node.path}: has no policy.")
    return policy


def _resource_of(bucket: s3.Bucket) -> s3.CfnBucket:
    resource = bucket.node.default_child
    if not isinstance(resource, s3.CfnBucket):
        raise TypeError(f"{bucket.node.path}: is no bucket of its own.")
    return resource
