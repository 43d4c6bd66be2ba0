"""Stack Guard: what no role may do, what is spent, what goes wrong, who looked at what, and who may deploy."""

from collections.abc import Mapping

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from garant.cloud.profiles import Profile
from garant_infra.access_trail import AccessTrail
from garant_infra.alarms import RunAlarms
from garant_infra.alerts import AlertTopic
from garant_infra.boundary import PermissionsBoundary
from garant_infra.deployer import GitHubDeployer
from garant_infra.spending import MonthlyBudget


class GuardStack(Stack):
    """Permissions boundary, trail, topic, budget, alarms, and the roles of GitHub.

    Parameters
    ----------
    scope, construct_id
        As of every stack.
    env : Environment
        Account and region.
    key : kms.IKey
        Key of stack Data.
    buckets : mapping
        Buckets of stack Data by their purpose.
    profile : Profile
        Limits of a job, for the alarm over what exceeds them.
    budget : int
        Monthly amount in US dollars.
    mail : str or None
        Who is told.
    github : str or None
        Repository that may deploy; no role for GitHub without one.
    github_provider : str or None
        ARN of GitHub's identity provider where the account has it.

    Attributes
    ----------
    boundary : PermissionsBoundary
        For the roles of the other stacks.
    """

    def __init__(  # noqa: PLR0913 - keywords of one stack
        self,
        scope: Construct,
        construct_id: str,
        *,
        env: Environment,
        key: kms.IKey,
        buckets: Mapping[str, s3.IBucket],
        profile: Profile,
        budget: int,
        mail: str | None = None,
        github: str | None = None,
        github_provider: str | None = None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=env,
            description="garant: permissions boundary, budget, alarms, and the trail of who read which object",
        )
        self.boundary = PermissionsBoundary(self, "Boundary", region=self.region)
        AccessTrail(self, "Access", buckets=buckets, key=key)
        topic = AlertTopic(self, "Alerts", key=key, mail=mail)
        MonthlyBudget(self, "Monthly", amount=budget, topic=topic)
        RunAlarms(self, "Alarms", profile=profile, topic=topic)
        if github is not None:
            GitHubDeployer(self, "GitHub", repository=github, provider=github_provider, boundary=self.boundary)
        CfnOutput(self, "BoundaryArn", value=self.boundary.managed_policy_arn)
        CfnOutput(self, "AlertTopicArn", value=topic.topic_arn)
