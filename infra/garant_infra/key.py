"""The one key that encrypts everything garant keeps, and who may use it."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from garant_infra.stars import explain_stars

_OWNER: Final = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:RetireGrant",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
"""What the account may allow by its own policies: all but to copy the key to another region or to import one."""

_ENCRYPT: Final = ("kms:Decrypt", "kms:GenerateDataKey")

_STAR = "In the policy of a key a star is the key itself: its ARN does not exist while it is made."


class DataKey(kms.Key):
    """Symmetric key, rotated every year, kept when the stack goes.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    trail_name : str
        Trail of CloudTrail that may write encrypted files.
    """

    def __init__(self, scope: Construct, construct_id: str, *, trail_name: str) -> None:
        stack = Stack.of(scope)
        here = f"{stack.region}:{stack.account}"
        trail = f"arn:{stack.partition}:cloudtrail:{here}:trail/{trail_name}"
        groups = f"arn:{stack.partition}:logs:{here}:log-group:*"
        applications = f"arn:{stack.partition}:emr-serverless:{here}:/applications/*"
        ours = {"StringEquals": {"aws:SourceAccount": stack.account}}
        statements = [
            {
                "Sid": "TheAccountDecides",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:{stack.partition}:iam::{stack.account}:root"},
                "Action": [*_OWNER],
                "Resource": "*",
            },
            _service("Trail", "cloudtrail.amazonaws.com", {"StringEquals": {"aws:SourceArn": trail}}),
            _service(
                "LogGroups",
                f"logs.{stack.region}.amazonaws.com",
                {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
            ),
            _service("JobLogs", "emr-serverless.amazonaws.com", {**ours, "ArnLike": {"aws:SourceArn": applications}}),
            _service("Alarms", "cloudwatch.amazonaws.com", ours),
            _service("Budget", "budgets.amazonaws.com", ours),
        ]
        super().__init__(
            scope,
            construct_id,
            description="Encrypts buckets, logs and messages of garant",
            alias="garant",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
            policy=iam.PolicyDocument(statements=[*map(iam.PolicyStatement.from_json, statements)]),
        )
        explain_stars(self, {str(statement["Sid"]): _STAR for statement in statements})


def _service(sid: str, service: str, conditions: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    """Let a service of AWS encrypt what it delivers for this account."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": [*_ENCRYPT, "kms:DescribeKey"],
        "Resource": "*",
        "Condition": conditions,
    }
