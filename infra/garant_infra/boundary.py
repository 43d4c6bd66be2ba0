"""The permissions boundary: what no role of garant may exceed, whatever its own policies come to say."""

from typing import Final

from aws_cdk import aws_iam as iam
from constructs import Construct

from garant_infra import eu_guard
from garant_infra.stars import acknowledge_stars, explain_stars

JOB: Final = (
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
)
"""What jobs and notebooks need: objects of the buckets, and the key that they are encrypted with."""

STARTING: Final = (
    "emr-serverless:CancelJobRun",
    "emr-serverless:GetJobRun",
    "emr-serverless:StartJobRun",
    "iam:PassRole",
    "states:StartExecution",
)
"""What starts and follows a job."""

WATCHING: Final = (
    "logs:CreateLogDelivery",
    "logs:CreateLogStream",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutLogEvents",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)
"""Logs and traces."""

SERVING: Final = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "rds-db:connect",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameters",
)
"""What the service needs beside: its image, its database, its secrets."""

DEPLOYING: Final = (
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplate",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
    "sts:AssumeRole",
)
"""What CI needs: to read what is deployed, to push an image; the roles that ``cdk bootstrap`` made do the rest."""

BOUNDED: Final = (*JOB, *STARTING, *WATCHING, *SERVING, *DEPLOYING)
"""All that any role of garant may be given; another action works only when it is added here."""

CHARACTERS: Final = 6144
"""Length that IAM takes of one managed policy, without white space."""

_STARS: Final = {
    "AtMost": "A boundary grants nothing: it lists the actions that a role's own policy may allow, on its resources.",
    "OutsideTheUnion": "A refusal: services without a region are exempted as a whole, everything else is refused.",
    "NoReplication": "A refusal must hold for every bucket, key, secret, database and repository of the account.",
    "NoLongLivedKey": "A refusal must hold for every user that somebody could try to create.",
}


class PermissionsBoundary(iam.ManagedPolicy):
    """Managed policy that every role of garant has as its boundary.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    region : str
        Where it is deployed: names of policies are one list for all regions of an account.
    """

    def __init__(self, scope: Construct, construct_id: str, *, region: str) -> None:
        refusals = (eu_guard.outside_statement(), eu_guard.replication_statement(), eu_guard.keys_statement())
        super().__init__(
            scope,
            construct_id,
            managed_policy_name=f"garant-boundary-{region}",
            description="What no role of garant may exceed: listed actions, in the European Union, no copies out",
            statements=[
                iam.PolicyStatement(sid="AtMost", actions=[*BOUNDED], resources=["*"]),
                *(iam.PolicyStatement.from_json(refusal) for refusal in refusals),
            ],
        )
        explain_stars(self, _STARS)
        acknowledge_stars(self, ["*"], _STARS["AtMost"])
