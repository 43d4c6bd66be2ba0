"""The master key of the record store, in Secrets Manager: made there, seen by nobody, kept when the stack goes."""

import json
from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from garant_infra.stars import acknowledge

FIELD: Final = "key"
"""Entry of the secret's JSON that holds the key."""

_CHARACTERS: Final = 43
"""Letters and digits that are the base64 of 32 bytes: `garant.keys.MasterKey.of_text`."""

_NOT_ROTATED = (
    "One master key opens one record store for ever: another one would leave every record unreadable. Keys of persons "
    "and of records below it are new for each."
)


class MasterSecret(Construct):
    """The secret, or one that is there already.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    key : kms.IKey
        Encrypts it.
    existing : str or None
        ARN of the secret of a record store that is served again.

    Attributes
    ----------
    arn : str
    """

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey, existing: str | None = None) -> None:
        super().__init__(scope, construct_id)
        if existing is not None:
            self.arn = existing
            return
        secret = secretsmanager.CfnSecret(
            self,
            "Key",
            description="Master key of garant's record of decisions. Without it no record can be read again",
            kms_key_id=key.key_arn,
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                secret_string_template=json.dumps({"kind": "aes-256-master"}),
                generate_string_key=FIELD,
                password_length=_CHARACTERS,
                exclude_punctuation=True,
                include_space=False,
            ),
        )
        secret.apply_removal_policy(RemovalPolicy.RETAIN)
        acknowledge(secret, "AwsSolutions-SMG4", _NOT_ROTATED)
        self.arn = secret.ref
