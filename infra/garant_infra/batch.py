"""Stack Batch: the job that scores a portfolio, and what starts it. It costs nothing while no job runs."""

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from garant.cloud import names
from garant.cloud.profiles import Profile
from garant_infra.application import PortfolioApplication
from garant_infra.context import Schedule
from garant_infra.job_role import JobRole
from garant_infra.notebook_role import IDLE_MINUTES, NotebookRole
from garant_infra.run_machine import RunMachine
from garant_infra.schedule import RunSchedule


class BatchStack(Stack):
    """EMR Serverless application, role of jobs, state machine, schedule.

    Parameters
    ----------
    scope, construct_id
        As of every stack.
    env : Environment
        Account and region.
    key : kms.IKey
        Key of stack Data.
    boundary : iam.IManagedPolicy
        Permissions boundary of stack Guard.
    profile : Profile
        Limits of a job.
    schedule : Schedule or None
        When a run starts by itself; off by default.
    interactive : bool
        Whether notebooks may use the application.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        env: Environment,
        key: kms.IKey,
        boundary: iam.IManagedPolicy,
        profile: Profile,
        schedule: Schedule | None = None,
        interactive: bool = False,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=env,
            description="garant: jobs on EMR Serverless with limits, and the state machine that starts them",
        )
        application = PortfolioApplication(self, "Portfolio", profile=profile, key=key, interactive=interactive)
        job_role = JobRole(self, "JobRole", application_arn=application.arn, key=key, boundary=boundary)
        machine = RunMachine(
            self,
            "Run",
            application=application,
            job_role=job_role,
            key=key,
            boundary=boundary,
            profile=profile,
        )
        RunSchedule(self, "Planned", machine_arn=machine.arn, boundary=boundary, schedule=schedule)
        outputs = {
            names.APPLICATION_ID: application.application_id,
            names.JOB_ROLE_ARN: job_role.role_arn,
            names.STATE_MACHINE_ARN: machine.arn,
            names.PROFILE: profile.name,
        }
        if interactive:
            notebook = NotebookRole(self, "NotebookRole", application_arn=application.arn, key=key, boundary=boundary)
            outputs |= {"NotebookRoleArn": notebook.role_arn, "NotebookIdleMinutes": str(IDLE_MINUTES)}
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
