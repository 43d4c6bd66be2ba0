"""The state machine that a run starts through, and what it may do."""

from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from garant.cloud.profiles import Profile
from garant_infra.application import PortfolioApplication
from garant_infra.log_group import EncryptedLogGroup
from garant_infra.role import Grant, LeastPrivilegeRole, service_trust
from garant_infra.run_steps import definition

MACHINE: Final = "garant-run"
"""Name of the state machine: stack Guard watches it by its name."""

_LOG_DELIVERY: Final = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)
_TRACES: Final = (
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)


class RunMachine(Construct):
    """State machine of `garant_infra.run_steps`; logs every step, never what was in it.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    application : PortfolioApplication
        Where jobs run.
    job_role : LeastPrivilegeRole
        Role that jobs have.
    key : kms.IKey
        Encrypts logs of jobs and of the machine.
    boundary : iam.IManagedPolicy
        Permissions boundary.
    profile : Profile
        Limits of a job.

    Attributes
    ----------
    arn : str
        ARN of the machine.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        application: PortfolioApplication,
        job_role: LeastPrivilegeRole,
        key: kms.IKey,
        boundary: iam.IManagedPolicy,
        profile: Profile,
    ) -> None:
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        role = LeastPrivilegeRole(
            self,
            "Role",
            purpose="The state machine of garant: start, watch and repeat the job of a run",
            trusts=service_trust("states.amazonaws.com", account=stack.account, source_arns=[machine_arn(stack)]),
            grants=_grants(application, job_role=job_role, key=key),
            boundary=boundary,
        )
        group = EncryptedLogGroup(self, "Log", name=f"/aws/vendedlogs/states/{MACHINE}", key=key)
        machine = sfn.CfnStateMachine(
            self,
            "Machine",
            state_machine_name=MACHINE,
            state_machine_type="STANDARD",
            role_arn=role.role_arn,
            definition=definition(
                partition=stack.partition,
                application_id=application.application_id,
                job_role_arn=job_role.role_arn,
                key_arn=key.key_arn,
                profile=profile,
            ),
            logging_configuration=sfn.CfnStateMachine.LoggingConfigurationProperty(
                level="ALL",
                # The input names prefixes and policies of a run: it is nobody's business who reads logs.
                include_execution_data=False,
                destinations=[
                    sfn.CfnStateMachine.LogDestinationProperty(
                        cloud_watch_logs_log_group=sfn.CfnStateMachine.CloudWatchLogsLogGroupProperty(
                            log_group_arn=group.log_group_arn
                        )
                    )
                ],
            ),
            tracing_configuration=sfn.CfnStateMachine.TracingConfigurationProperty(enabled=True),
        )
        self.arn = machine.attr_arn


def machine_arn(stack: Stack) -> str:
    """ARN of the state machine, by its name."""
    return f"arn:{stack.partition}:states:{stack.region}:{stack.account}:stateMachine:{MACHINE}"


def _grants(application: PortfolioApplication, *, job_role: LeastPrivilegeRole, key: kms.IKey) -> list[Grant]:
    return [
        Grant("StartJobs", ["emr-serverless:StartJobRun"], [application.arn]),
        Grant(
            "WatchJobs",
            ["emr-serverless:GetJobRun"],
            [f"{application.arn}/jobruns/*"],
            star="EMR gives a job its id when it starts; all jobs of this one application are started by the machine.",
        ),
        Grant(
            "GiveJobsTheirRole",
            ["iam:PassRole"],
            [job_role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "emr-serverless.amazonaws.com"}},
        ),
        # EMR refuses a job whose starter may not use the key of its logs.
        Grant("UseTheKeyOfLogs", ["kms:Decrypt", "kms:GenerateDataKey"], [key.key_arn]),
        Grant(
            "DeliverLogs",
            _LOG_DELIVERY,
            ["*"],
            star="AWS defines delivery of logs by a state machine for all resources: it takes no narrower ARN.",
        ),
        Grant(
            "SendTraces", _TRACES, ["*"], star="AWS X-Ray takes traces for the account as a whole: it has no resources."
        ),
    ]
