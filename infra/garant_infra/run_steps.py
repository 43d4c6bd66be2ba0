"""Steps of a run in the language of AWS Step Functions: start the job, watch it, start it once more if it fails.

The input is what `garant cloud run` sends; each of its entries is required:

``run_id``
    Id of the run.
``name``
    Name of the job on EMR.
``entry_point``, ``arguments``, ``spark_parameters``
    What is run, as spark-submit takes it.
``policy``
    JSON of the session policy: what the job may do beside what its role allows, narrowed to this run.
``timeout_minutes``
    After which EMR cancels the job; at most the limit of the profile that is deployed.
``log_uri``
    Place in the bucket of logs.
"""

from collections.abc import Mapping
from typing import Any, Final

from garant.cloud.profiles import ATTEMPTS, Profile
from garant_infra.application import QUEUE_MINUTES

States = dict[str, dict[str, Any]]

ENTRIES: Final[Mapping[str, str]] = {
    "run_id": "IsString",
    "name": "IsString",
    "entry_point": "IsString",
    "arguments": "IsPresent",
    "spark_parameters": "IsString",
    "policy": "IsString",
    "timeout_minutes": "IsNumeric",
    "log_uri": "IsString",
}
"""Entries of the input, and what each must be."""

WATCH_SECONDS: Final = 30
"""Between two looks at a job; each look is three transitions, which have a price."""

_SPARE_MINUTES: Final = 10
"""For starting workers, and for the looks."""


def definition(
    *, partition: str, application_id: str, job_role_arn: str, key_arn: str, profile: Profile
) -> dict[str, Any]:
    """Definition of the state machine.

    Parameters
    ----------
    partition : str
        Partition of AWS.
    application_id : str
        Where jobs run: in the machine and not in its input, so that an input cannot choose another one.
    job_role_arn : str
        Role of the jobs, likewise.
    key_arn : str
        Encrypts their logs.
    profile : Profile
        Limits.
    """
    return {
        "Comment": "One run of garant: a job on EMR Serverless, started once more if it fails",
        "StartAt": "IsRun",
        "TimeoutSeconds": longest_seconds(profile),
        "States": {
            **_checked(profile),
            "FirstAttempt": _attempt(0),
            "SecondAttempt": _attempt(1),
            **_started(partition, application_id=application_id, job_role_arn=job_role_arn, key_arn=key_arn),
            **_watched(partition, application_id=application_id),
        },
    }


def longest_seconds(profile: Profile) -> int:
    """After how many seconds the machine gives up: by then EMR has ended both attempts."""
    return ATTEMPTS * (QUEUE_MINUTES + profile.timeout_minutes + _SPARE_MINUTES) * 60


def _checked(profile: Profile) -> States:
    is_run: list[dict[str, Any]] = [{"Variable": f"$.{name}", "IsPresent": True} for name in ENTRIES]
    is_run += [{"Variable": f"$.{name}", test: True} for name, test in ENTRIES.items() if test != "IsPresent"]
    limits = [
        {"Variable": "$.timeout_minutes", "NumericGreaterThan": 0},
        {"Variable": "$.timeout_minutes", "NumericLessThanEquals": profile.timeout_minutes},
    ]
    return {
        "IsRun": {
            "Type": "Choice",
            "Choices": [{"And": is_run, "Next": "FitsProfile"}],
            "Default": "NoRun",
        },
        "FitsProfile": {
            "Type": "Choice",
            "Choices": [{"And": limits, "Next": "FirstAttempt"}],
            "Default": "TooLong",
        },
        "NoRun": {
            "Type": "Fail",
            "Error": "NoRun",
            "Cause": f"The input is no run: expected {', '.join(ENTRIES)}. Start runs with garant cloud run.",
        },
        "TooLong": {
            "Type": "Fail",
            "Error": "TooLong",
            "Cause": f"timeout_minutes must be 1 to {profile.timeout_minutes}, the limit of profile {profile.name}.",
        },
    }


def _attempt(number: int) -> dict[str, Any]:
    """Count an attempt: its number is part of the token by which EMR knows it again."""
    return {"Type": "Pass", "Result": number, "ResultPath": "$.attempt", "Next": "Start"}


def _started(partition: str, *, application_id: str, job_role_arn: str, key_arn: str) -> States:
    return {
        "Start": {
            "Type": "Task",
            # Not `emr-serverless:startJobRun.sync`: that one is not known to pass a session policy on.
            "Resource": f"arn:{partition}:states:::aws-sdk:emrserverless:startJobRun",
            "Parameters": {
                "ApplicationId": application_id,
                "ExecutionRoleArn": job_role_arn,
                "ClientToken.$": "States.Format('{}-{}', $$.Execution.Name, $.attempt)",
                "Name.$": "$.name",
                "ExecutionIamPolicy": {"Policy.$": "$.policy"},
                "ExecutionTimeoutMinutes.$": "$.timeout_minutes",
                "JobDriver": {
                    "SparkSubmit": {
                        "EntryPoint.$": "$.entry_point",
                        "EntryPointArguments.$": "$.arguments",
                        "SparkSubmitParameters.$": "$.spark_parameters",
                    }
                },
                "ConfigurationOverrides": {
                    "MonitoringConfiguration": {
                        "S3MonitoringConfiguration": {"LogUri.$": "$.log_uri", "EncryptionKeyArn": key_arn},
                        "ManagedPersistenceMonitoringConfiguration": {"Enabled": False},
                    }
                },
            },
            "ResultSelector": {"JobRunId.$": "$.JobRunId"},
            "ResultPath": "$.job",
            "Retry": [_ask_again()],
            "Next": "Wait",
        },
    }


def _watched(partition: str, *, application_id: str) -> States:
    return {
        "Wait": {"Type": "Wait", "Seconds": WATCH_SECONDS, "Next": "Look"},
        "Look": {
            "Type": "Task",
            "Resource": f"arn:{partition}:states:::aws-sdk:emrserverless:getJobRun",
            "Parameters": {"ApplicationId": application_id, "JobRunId.$": "$.job.JobRunId"},
            "ResultSelector": {"State.$": "$.JobRun.State", "StateDetails.$": "$.JobRun.StateDetails"},
            "ResultPath": "$.seen",
            "Retry": [_ask_again()],
            "Next": "Judge",
        },
        "Judge": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.seen.State", "StringEquals": "SUCCESS", "Next": "Done"},
                {
                    "And": [
                        {"Variable": "$.seen.State", "StringEquals": "FAILED"},
                        {"Variable": "$.attempt", "NumericEquals": 0},
                    ],
                    "Next": "SecondAttempt",
                },
                {"Variable": "$.seen.State", "StringEquals": "FAILED", "Next": "Failed"},
                # Stopped by a person or by its time limit: nobody wants it again.
                {"Variable": "$.seen.State", "StringEquals": "CANCELLED", "Next": "Cancelled"},
            ],
            "Default": "Wait",
        },
        "Done": {"Type": "Succeed"},
        "Failed": {"Type": "Fail", "Error": "Failed", "CausePath": "$.seen.StateDetails"},
        "Cancelled": {"Type": "Fail", "Error": "Cancelled", "CausePath": "$.seen.StateDetails"},
    }


def _ask_again() -> dict[str, Any]:
    """Repeat a request that AWS did not take; the token makes sure that a job is started once."""
    return {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 5, "MaxAttempts": 4, "BackoffRate": 2}
