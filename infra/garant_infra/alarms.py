"""Alarms: a run failed, runs start too often, workers are in use for longer than a run may take."""

from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from garant.cloud.profiles import Profile
from garant_infra.alerts import AlertTopic
from garant_infra.run_machine import machine_arn
from garant_infra.run_steps import longest_seconds

STARTS_A_DAY: Final = 20
"""More is a loop that somebody wrote, not a portfolio that somebody scores."""

_DAY: Final = 86400
_MINUTES_5: Final = 300


class RunAlarms(Construct):
    """Alarms over the state machine and the workers of an account's EMR Serverless.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    profile : Profile
        How long a run may take.
    topic : AlertTopic
        Where they are told.
    """

    def __init__(self, scope: Construct, construct_id: str, *, profile: Profile, topic: AlertTopic) -> None:
        super().__init__(scope, construct_id)
        self._topic = topic
        runs = {"StateMachineArn": machine_arn(Stack.of(self))}
        for metric, what in (
            ("ExecutionsFailed", "A run of garant failed twice, or was refused."),
            ("ExecutionsTimedOut", "A run of garant took longer than both of its attempts may."),
        ):
            self._alarm(metric, "AWS/States", runs, what=what, statistic="Sum", above=0, seconds=_MINUTES_5)
        self._alarm(
            "ExecutionsStarted",
            "AWS/States",
            runs,
            what=f"More than {STARTS_A_DAY} runs of garant were started in a day.",
            statistic="Sum",
            above=STARTS_A_DAY,
            seconds=_DAY,
        )
        self._alarm(
            "ResourceCount",
            "AWS/Usage",
            {"Service": "EMR Serverless", "Type": "Resource", "Resource": "vCPU", "Class": "None"},
            what="Workers of EMR Serverless are in use for longer than a run may take: a notebook that idles, perhaps. "
            "Run garant cloud stop.",
            statistic="Minimum",
            above=0,
            seconds=_MINUTES_5,
            times=-(-longest_seconds(profile) // _MINUTES_5),
        )

    def _alarm(
        self,
        metric: str,
        namespace: str,
        dimensions: dict[str, str],
        *,
        what: str,
        statistic: str,
        above: int,
        seconds: int,
        times: int = 1,
    ) -> None:
        cloudwatch.CfnAlarm(
            self,
            metric,
            alarm_description=what,
            namespace=namespace,
            metric_name=metric,
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value) for name, value in dimensions.items()
            ],
            statistic=statistic,
            comparison_operator="GreaterThanThreshold",
            threshold=above,
            period=seconds,
            evaluation_periods=times,
            treat_missing_data="notBreaching",
            alarm_actions=[self._topic.topic_arn],
        )
