"""Groups of logs in CloudWatch: encrypted with garant's key, with an end."""

from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

RETENTION: Final = logs.RetentionDays.THREE_MONTHS


class EncryptedLogGroup(logs.LogGroup):
    """Group of logs that is kept for three months, and goes with its stack.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    name : str
        Name of the group; ``/aws/vendedlogs/…`` where a service of AWS writes, so that it needs no policy of its own.
    key : kms.IKey
        Encrypts it.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, key: kms.IKey) -> None:
        super().__init__(
            scope,
            construct_id,
            log_group_name=name,
            encryption_key=key,
            retention=RETENTION,
            removal_policy=RemovalPolicy.DESTROY,
        )
