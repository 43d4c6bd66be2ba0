"""The schedule that starts a run by itself: there, and off until somebody says when and what."""

import json
from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from garant_infra.context import Schedule
from garant_infra.role import Grant, LeastPrivilegeRole, service_trust

GROUP: Final = "garant"

OFF: Final = Schedule("cron(0 4 1 * ? *)", {})
"""What stands there while it is off: monthly, with an input that the state machine refuses."""


class RunSchedule(Construct):
    """EventBridge schedule with a role that may start the state machine and nothing else.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    machine_arn : str
        State machine to start.
    boundary : iam.IManagedPolicy
        Permissions boundary.
    schedule : Schedule or None
        When and what; it is off without one.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        machine_arn: str,
        boundary: iam.IManagedPolicy,
        schedule: Schedule | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        group = scheduler.CfnScheduleGroup(self, "Group", name=GROUP)
        group_arn = f"arn:{stack.partition}:scheduler:{stack.region}:{stack.account}:schedule-group/{GROUP}"
        role = LeastPrivilegeRole(
            self,
            "Role",
            purpose="The schedule of garant: start the state machine",
            trusts=service_trust("scheduler.amazonaws.com", account=stack.account, source_arns=[group_arn]),
            grants=[Grant("StartRuns", ["states:StartExecution"], [machine_arn])],
            boundary=boundary,
        )
        said = schedule or OFF
        planned = scheduler.CfnSchedule(
            self,
            "Schedule",
            name="garant-portfolio",
            group_name=GROUP,
            description="Scores the portfolio; off unless the platform was deployed with context schedule=FILE",
            state="DISABLED" if schedule is None else "ENABLED",
            schedule_expression=said.expression,
            schedule_expression_timezone="UTC",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=machine_arn,
                role_arn=role.role_arn,
                input=json.dumps(said.run),
                # Started late it would meet the next one: better not at all, and the alarm tells.
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_retry_attempts=2, maximum_event_age_in_seconds=3600
                ),
            ),
        )
        planned.add_resource_dependency(group)
