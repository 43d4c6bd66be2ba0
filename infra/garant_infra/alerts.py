"""Where alarms and the budget are told: a topic that takes messages over TLS alone, and perhaps an address of mail."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct


class AlertTopic(sns.Topic):
    """Encrypted topic for CloudWatch and AWS Budgets of this account.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    key : kms.IKey
        Encrypts its messages; its policy lets both services use it.
    mail : str or None
        Who is told; AWS asks there first whether it is wanted.
    """

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey, mail: str | None) -> None:
        super().__init__(scope, construct_id, master_key=key)
        account = Stack.of(scope).account
        self.add_to_resource_policy(
            iam.PolicyStatement.from_json(
                {
                    "Sid": "OnlyTls",
                    "Effect": "Deny",
                    "Principal": {"AWS": "*"},
                    "Action": "sns:Publish",
                    "Resource": self.topic_arn,
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            )
        )
        self.add_to_resource_policy(
            iam.PolicyStatement.from_json(
                {
                    "Sid": "AlarmsAndBudget",
                    "Effect": "Allow",
                    "Principal": {"Service": ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]},
                    "Action": "sns:Publish",
                    "Resource": self.topic_arn,
                    "Condition": {"StringEquals": {"aws:SourceAccount": account}},
                }
            )
        )
        if mail is not None:
            sns.CfnSubscription(self, "Mail", topic_arn=self.topic_arn, protocol="email", endpoint=mail)
