"""Stack Data: the four buckets and their key. It is kept when everything else goes."""

from typing import Final, cast

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from garant.cloud import names
from garant_infra.access_trail import TRAIL, TRAIL_PREFIX
from garant_infra.bucket import PrivateBucket
from garant_infra.key import DataKey
from garant_infra.stars import acknowledge

LOG_DAYS: Final = 365
"""Days for which logs of jobs and of who read which object are kept."""

_NO_ACCESS_LOG = (
    "S3 delivers access logs only to buckets without a KMS key. Stack Guard has a trail of CloudTrail instead, which "
    "tells who read or wrote which object, with the identity."
)


class DataStack(Stack):
    """Buckets raw, curated, results and logs, and the key that encrypts them.

    Parameters
    ----------
    scope, construct_id
        As of every stack.
    env : Environment
        Account and region.

    Attributes
    ----------
    key : kms.IKey
        The key.
    buckets : dict of str to PrivateBucket
        By their purpose.
    """

    def __init__(self, scope: Construct, construct_id: str, *, env: Environment) -> None:
        super().__init__(
            scope,
            construct_id,
            env=env,
            description="garant: raw tables, bundles, runs and logs in encrypted buckets; kept when the stack goes",
            termination_protection=True,
        )
        # The protocols of the CDK name some parameters otherwise than its classes do.
        self.key = cast("kms.IKey", DataKey(self, "Key", trail_name=TRAIL))
        self.buckets = {purpose: self._bucket(purpose) for purpose in names.BUCKETS}
        self._let_the_trail_write()
        CfnOutput(self, names.KEY_ARN, value=self.key.key_arn)
        for purpose, bucket in self.buckets.items():
            CfnOutput(self, names.bucket_output(purpose), value=bucket.bucket_name)

    def _bucket(self, purpose: str) -> PrivateBucket:
        bucket = PrivateBucket(
            self,
            purpose.capitalize(),
            name=names.bucket_name(purpose, account=self.account, region=self.region),
            key=self.key,
            expires_days=LOG_DAYS if purpose == "logs" else None,
        )
        acknowledge(bucket, "AwsSolutions-S1", _NO_ACCESS_LOG)
        return bucket

    def _let_the_trail_write(self) -> None:
        """Let the trail of stack Guard deliver, and no other."""
        logs = self.buckets["logs"]
        trail = f"arn:{self.partition}:cloudtrail:{self.region}:{self.account}:trail/{TRAIL}"
        delivered = logs.arn_for_objects(f"{TRAIL_PREFIX}/AWSLogs/{self.account}/*")
        for sid, action, resource in (
            ("TrailLooks", "s3:GetBucketAcl", logs.bucket_arn),
            ("TrailWrites", "s3:PutObject", delivered),
        ):
            logs.add_to_resource_policy(
                iam.PolicyStatement.from_json(
                    {
                        "Sid": sid,
                        "Effect": "Allow",
                        "Principal": {"Service": "cloudtrail.amazonaws.com"},
                        "Action": action,
                        "Resource": resource,
                        "Condition": {"StringEquals": {"aws:SourceArn": trail}},
                    }
                )
            )
        logs.explain({"TrailWrites": "CloudTrail names its files by date and hour below a prefix with the account."})
