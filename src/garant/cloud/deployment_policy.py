"""What deploying itself may do: a policy in place of the administrator that AWS CDK would else make of CloudFormation.

It exists before ``cdk bootstrap``, which gives it to the role that CloudFormation deploys with, as its rights and as
its boundary: every role that is deployed must have garant's own boundary, and nothing is made outside the Union.
"""

import json
from typing import Final

from garant.cloud.account import Account
from garant.cloud.names import TAG, TOOLKIT
from garant.settings import EU_REGIONS

SERVICES: Final = (
    "acm",
    "application-autoscaling",
    "budgets",
    "cloudtrail",
    "cloudwatch",
    "ec2",
    "ecr",
    "ecs",
    "elasticloadbalancing",
    "emr-serverless",
    "iam",
    "kms",
    "logs",
    "rds",
    "s3",
    "scheduler",
    "secretsmanager",
    "sns",
    "ssm",
    "states",
)
"""Services that the stacks are made of."""

_WITHOUT_REGION: Final = ("budgets:*", "iam:*", "sts:*")
"""Services whose only endpoint lies in the United States, wherever the caller is."""

_ABSENT: Final = frozenset({"NoSuchEntity"})


def policy_name(region: str) -> str:
    """Name of the policy: names of policies are one list for all regions of an account."""
    return f"garant-deployment-{region}"


def policy_arn(account: Account) -> str:
    """ARN of the policy in an account."""
    return f"arn:{account.partition}:iam::{account.id}:policy/{policy_name(account.region)}"


def boundary_arn(account: Account) -> str:
    """ARN of the boundary that stack Guard makes, and that every role must have."""
    return f"arn:{account.partition}:iam::{account.id}:policy/garant-boundary-{account.region}"


def policy_document(account: Account) -> str:
    """JSON of the policy."""
    ours = [policy_arn(account), boundary_arn(account)]
    statements = [
        {
            "Sid": "WhatTheStacksAreMadeOf",
            "Effect": "Allow",
            "Action": [f"{service}:*" for service in SERVICES],
            "Resource": "*",
        },
        {
            "Sid": "OutsideTheUnion",
            "Effect": "Deny",
            "NotAction": list(_WITHOUT_REGION),
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": list(EU_REGIONS)}},
        },
        {
            "Sid": "NoRoleWithoutBoundary",
            "Effect": "Deny",
            "Action": ["iam:CreateRole", "iam:PutRolePermissionsBoundary"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": boundary_arn(account)}},
        },
        {
            "Sid": "NobodyWithAKeyThatLasts",
            "Effect": "Deny",
            "Action": [
                "iam:CreateAccessKey",
                "iam:CreateLoginProfile",
                "iam:CreateUser",
                "iam:DeleteRolePermissionsBoundary",
            ],
            "Resource": "*",
        },
        {
            "Sid": "NotItsOwnLimits",
            "Effect": "Deny",
            "Action": ["iam:CreatePolicyVersion", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"],
            "Resource": ours[0],
        },
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def ensure_policy(account: Account) -> bool:
    """Make the policy, or bring it to what this version of garant says.

    Returns
    -------
    bool
        Whether anything had to be done.
    """
    arn, document = policy_arn(account), policy_document(account)
    found = account.unless(_ABSENT, lambda: account.ask("iam", "get_policy", PolicyArn=arn))
    if found is None:
        account.ask(
            "iam",
            "create_policy",
            PolicyName=policy_name(account.region),
            PolicyDocument=document,
            Description="What deploying garant may do, and no more",
            Tags=[{"Key": TAG, "Value": TOOLKIT}],
        )
        return True
    version = found["Policy"]["DefaultVersionId"]
    there = account.ask("iam", "get_policy_version", PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    if there == json.loads(document):
        return False
    _forget_versions(account, arn)
    account.ask("iam", "create_policy_version", PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
    return True


def remove_policy(account: Account) -> bool:
    """Remove the policy, when the toolkit that it bounds is gone.

    Returns
    -------
    bool
        Whether it was there.
    """
    arn = policy_arn(account)
    if account.unless(_ABSENT, lambda: account.ask("iam", "get_policy", PolicyArn=arn)) is None:
        return False
    _forget_versions(account, arn)
    account.ask("iam", "delete_policy", PolicyArn=arn)
    return True


def _forget_versions(account: Account, arn: str) -> None:
    """Remove the versions that are in force no longer: a policy has five at most."""
    for version in account.each("iam", "list_policy_versions", "Versions", PolicyArn=arn):
        if not version["IsDefaultVersion"]:
            account.ask("iam", "delete_policy_version", PolicyArn=arn, VersionId=version["VersionId"])
