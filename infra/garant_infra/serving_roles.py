"""The two roles of a task: what starts it, and what it may do itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from garant_infra.role import Grant, LeastPrivilegeRole, service_trust

_ANY_REPOSITORY = "A token to log in at ECR is for the account; AWS knows no resource for this action."
_FILES = "A bundle has many files below its digest; other bundles and all other folders are out of reach."


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """Bundle that is served: ARN of its bucket, and the folder in it, which ends with a slash."""

    bucket: str
    folder: str

    @property
    def files(self) -> str:
        """ARN of its files."""
        return f"{self.bucket}/{self.folder}*"

    @property
    def place(self) -> str:
        """As the service is told."""
        return f"s3://{self.bucket.rpartition(':')[2]}/{self.folder.removesuffix('/')}"


class ServingRoles(Construct):
    """Roles of the tasks of the decision service.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    boundary : iam.IManagedPolicy
        What they may never do more than.
    key : kms.IKey
        Key of images, secrets, logs and buckets.
    repository : ecr.CfnRepository
        Where the image is.
    log_group : logs.ILogGroup
        Where lines go.
    secrets : sequence of str
        ARNs of what a task is handed at its start.
    bundle : Bundle
        What it reads.
    login : str
        As whom it connects to the database.

    Attributes
    ----------
    starting : LeastPrivilegeRole
        For ECS, before the containers run: they cannot use it.
    task : LeastPrivilegeRole
        For the containers.
    """

    def __init__(  # noqa: PLR0913 - what a task reaches
        self,
        scope: Construct,
        construct_id: str,
        *,
        boundary: iam.IManagedPolicy,
        key: kms.IKey,
        repository: ecr.CfnRepository,
        log_group: logs.ILogGroup,
        secrets: Sequence[str],
        bundle: Bundle,
        login: str,
    ) -> None:
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        trust = service_trust(
            "ecs-tasks.amazonaws.com",
            account=stack.account,
            source_arns=[f"arn:{stack.partition}:ecs:{stack.region}:{stack.account}:*"],
        )
        self.starting = LeastPrivilegeRole(
            self,
            "Starting",
            purpose="Starts tasks of the decision service: their image, their secrets, where their lines go",
            trusts=trust,
            grants=[
                Grant("LogInAtEcr", ["ecr:GetAuthorizationToken"], ["*"], star=_ANY_REPOSITORY),
                Grant(
                    "FetchTheImage",
                    ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                    [repository.attr_arn],
                ),
                Grant(
                    "WriteLines",
                    ["logs:CreateLogStream", "logs:PutLogEvents"],
                    [log_group.log_group_arn],
                ),
                Grant("HandOverSecrets", ["secretsmanager:GetSecretValue"], [*secrets]),
                _through(key, f"secretsmanager.{stack.region}.amazonaws.com", "OpenSecrets"),
            ],
            boundary=boundary,
        )
        self.task = LeastPrivilegeRole(
            self,
            "Task",
            purpose="Runs the decision service: reads its bundle, logs in at its database",
            trusts=trust,
            grants=[
                Grant("ReadTheBundle", ["s3:GetObject"], [bundle.files], star=_FILES),
                Grant(
                    "ListTheBundle",
                    ["s3:ListBucket"],
                    [bundle.bucket],
                    # The second is the bucket itself, without a folder: where it lies is looked at before it is read.
                    {"StringLike": {"s3:prefix": [f"{bundle.folder}*", ""]}},
                ),
                _through(key, f"s3.{stack.region}.amazonaws.com", "OpenTheBundle"),
                Grant("LogInAtTheDatabase", ["rds-db:connect"], [login]),
            ],
            boundary=boundary,
        )


def _through(key: kms.IKey, service: str, sid: str) -> Grant:
    """Decrypt what a service of AWS hands over, and nothing else."""
    return Grant(sid, ["kms:Decrypt"], [key.key_arn], {"StringEquals": {"kms:ViaService": service}})
