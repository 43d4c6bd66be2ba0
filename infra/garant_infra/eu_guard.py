"""Nothing outside the European Union: the same refusals as policy of an organisation and in the permissions boundary.

``infra/app.py`` refuses another region when it makes the templates, garant's own settings before a byte is sent. These
statements refuse what anybody else asks of AWS by other means.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from garant.settings import EU_REGIONS

Statement = Mapping[str, object]

GLOBAL_SERVICES: Final = (
    "account:*",
    "billing:*",
    "budgets:*",
    "ce:*",
    "health:*",
    "iam:*",
    "organizations:*",
    "route53:*",
    # The list of names with which the console begins.
    "s3:ListAllMyBuckets",
    "sts:*",
    "support:*",
)
"""Services whose only endpoint answers for a region in the United States, wherever the caller is.

Without this exemption the guard would refuse the deployment of roles and of the budget, itself included. CloudFront,
Global Accelerator and WAF before CloudFront are missing on purpose: they would serve personal data from elsewhere.
"""

REPLICATION: Final = (
    "ecr:PutReplicationConfiguration",
    "kms:ReplicateKey",
    "rds:CreateDBInstanceReadReplica",
    "rds:StartDBInstanceAutomatedBackupsReplication",
    "s3:CreateMultiRegionAccessPoint",
    "s3:PutReplicationConfiguration",
    "s3:ReplicateDelete",
    "s3:ReplicateObject",
    "s3:ReplicateTags",
    "secretsmanager:ReplicateSecretToRegions",
)
"""What copies data to where no request names: a request for a replica in another region is made in this one."""

LONG_LIVED_KEYS: Final = ("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateUser")
"""What would leave a key that does not expire."""

SCP_BYTES: Final = 5120
"""Length that AWS Organizations takes of one policy."""


def outside_statement(regions: Sequence[str] = EU_REGIONS) -> Statement:
    """Refuse every request to another region, but for services that have none."""
    return {
        "Sid": "OutsideTheUnion",
        "Effect": "Deny",
        "NotAction": list(GLOBAL_SERVICES),
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": list(regions)}},
    }


def replication_statement() -> Statement:
    """Refuse what copies data out of its region."""
    return {"Sid": "NoReplication", "Effect": "Deny", "Action": list(REPLICATION), "Resource": "*"}


def keys_statement() -> Statement:
    """Refuse keys that do not expire."""
    return {"Sid": "NoLongLivedKey", "Effect": "Deny", "Action": list(LONG_LIVED_KEYS), "Resource": "*"}


def service_control_policy() -> str:
    """JSON of the policy that a person attaches to the account in AWS Organizations.

    A template cannot do it: only the management account of the organisation may. A policy of an organisation does not
    bind that account itself; there the permissions boundary is what holds.
    """
    statements = [outside_statement(), replication_statement(), keys_statement()]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=1) + "\n"
