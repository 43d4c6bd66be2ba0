"""The role of a notebook in EMR Studio: reads what jobs read, writes below its own prefix."""

from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from garant_infra.job_role import NOTEBOOK, bucket_arn, read_grants
from garant_infra.role import Grant, LeastPrivilegeRole, service_trust

IDLE_MINUTES: Final = 15
"""How long a session may idle at most; whoever starts one says it, and the application ends after as long."""


class NotebookRole(LeastPrivilegeRole):
    """Role that a person attaches a notebook with; nothing raw and no bundle can be changed by it.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    application_arn : str
        Application on whose behalf EMR may take it.
    key : kms.IKey
        Key of the buckets.
    boundary : iam.IManagedPolicy
        Permissions boundary.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        application_arn: str,
        key: kms.IKey,
        boundary: iam.IManagedPolicy,
    ) -> None:
        stack = Stack.of(scope)
        results = bucket_arn(stack, "results")
        super().__init__(
            scope,
            construct_id,
            purpose="Notebooks of garant in EMR Studio: read tables and runs, write below notebooks/",
            trusts=service_trust(
                "emr-serverless.amazonaws.com",
                account=stack.account,
                source_arns=[application_arn, f"{application_arn}/*"],
            ),
            grants=[
                *read_grants(stack),
                Grant(
                    "WriteNotebooks",
                    ["s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"],
                    [f"{results}/{place}/*" for place in NOTEBOOK],
                    star="A notebook's runs have ids that nobody knows before they run.",
                ),
                Grant("UseTheKey", ["kms:Decrypt", "kms:GenerateDataKey"], [key.key_arn]),
            ],
            boundary=boundary,
        )
