"""The state machine as the template holds it, run by hand against an EMR that follows a script."""

import json
from typing import Any

import pytest

from garant.cloud import names
from garant.cloud.profiles import DEFAULT_PROFILE
from iam_evaluation import allows
from step_machine import ScriptedEmr, execute
from template_rules import Template, policies, resources, spelled

Json = dict[str, Any]

NAME = names.execution_name("0123456789abcdef", 0)

RUN: Json = {
    "run_id": "0123456789abcdef",
    "name": "garant score 0123456789abcdef",
    "entry_point": "s3://garant-curated-111122223333-eu-west-3/environments/0123/garant_main.py",
    "arguments": ["score", "s3://garant-raw-111122223333-eu-west-3/initial", "--out", "s3://garant-results/runs"],
    "spark_parameters": "--conf spark.executor.instances=2",
    "policy": json.dumps({"Version": "2012-10-17", "Statement": []}),
    "timeout_minutes": 30,
    "log_uri": "s3://garant-logs-111122223333-eu-west-3/jobs/",
}

PUT_IN = {
    "<PortfolioApplicationC13CE5F0.ApplicationId>": "00abcdefgh",
    "<JobRole014917C6.Arn>": "arn:aws:iam::111122223333:role/garant-job",
    "<GarantData:ExportsOutputFnGetAttKey961B73FDArn5A860C43>": "arn:aws:kms:eu-west-3:111122223333:key/0a1b",
}


@pytest.fixture
def machine(batch: Template) -> Json:
    (found,) = resources({"x": batch}, "AWS::StepFunctions::StateMachine")
    text = json.dumps(spelled(found[1]["Properties"]["Definition"]))
    for name, value in PUT_IN.items():
        assert name in text, name
        text = text.replace(name, value)
    assert "<" not in text
    return json.loads(text)


def test_a_run_starts_one_job_as_it_was_asked_for(machine: Json):
    emr = ScriptedEmr([["SUBMITTED", "QUEUED", "SCHEDULED", "RUNNING", "SUCCESS"]])
    ended = execute(machine, emr, RUN, name=NAME)
    assert ended.status == "SUCCEEDED"
    (request,) = emr.started
    assert request["applicationId"] == "00abcdefgh"
    assert request["executionRoleArn"] == "arn:aws:iam::111122223333:role/garant-job"
    assert request["clientToken"] == "run-0123456789abcdef-0-0"
    assert request["executionIamPolicy"] == {"policy": RUN["policy"]}
    assert request["executionTimeoutMinutes"] == 30
    assert request["jobDriver"]["sparkSubmit"] == {
        "entryPoint": RUN["entry_point"],
        "entryPointArguments": RUN["arguments"],
        "sparkSubmitParameters": RUN["spark_parameters"],
    }
    logs = request["configurationOverrides"]["monitoringConfiguration"]
    assert logs["s3MonitoringConfiguration"]["logUri"] == RUN["log_uri"]
    assert logs["s3MonitoringConfiguration"]["encryptionKeyArn"] == "arn:aws:kms:eu-west-3:111122223333:key/0a1b"
    assert logs["managedPersistenceMonitoringConfiguration"] == {"enabled": False}
    assert ended.output["job"] == {"JobRunId": "job0"}


def test_a_job_that_fails_is_started_once_more_under_another_token(machine: Json):
    emr = ScriptedEmr([["RUNNING", "FAILED"], ["RUNNING", "SUCCESS"]])
    assert execute(machine, emr, RUN, name=NAME).status == "SUCCEEDED"
    assert [request["clientToken"] for request in emr.started] == [f"{NAME}-0", f"{NAME}-1"]
    first, second = ({k: v for k, v in request.items() if k != "clientToken"} for request in emr.started)
    assert first == second


def test_a_job_that_fails_twice_ends_the_run_with_what_emr_said(machine: Json):
    emr = ScriptedEmr([["FAILED"], ["FAILED"], ["SUCCESS"]])
    ended = execute(machine, emr, RUN, name=NAME)
    assert (ended.status, ended.error, ended.cause) == ("FAILED", "Failed", "details of job 1")
    assert len(emr.started) == 2


def test_a_job_that_was_stopped_is_not_started_again(machine: Json):
    """A person stopped it, or its time limit: starting it anew would spend what was to be saved."""
    emr = ScriptedEmr([["RUNNING", "CANCELLING", "CANCELLED"]])
    ended = execute(machine, emr, RUN, name=NAME)
    assert (ended.status, ended.error) == ("FAILED", "Cancelled")
    assert len(emr.started) == 1


def test_a_request_that_aws_did_not_take_starts_no_second_job(machine: Json):
    emr = ScriptedEmr([["SUCCESS"]], refusals=3)
    assert execute(machine, emr, RUN, name=NAME).status == "SUCCEEDED"
    assert len(emr.started) == 1
    assert execute(machine, ScriptedEmr([], refusals=99), RUN, name=NAME).error == "States.TaskFailed"


def test_a_job_that_never_ends_ends_the_machine_after_both_attempts_could_have(machine: Json):
    ended = execute(machine, ScriptedEmr([["RUNNING"]]), RUN, name=NAME)
    assert ended.status == "TIMED_OUT"
    assert machine["TimeoutSeconds"] >= 2 * (15 + DEFAULT_PROFILE.timeout_minutes) * 60
    assert machine["TimeoutSeconds"] <= 4 * (15 + DEFAULT_PROFILE.timeout_minutes) * 60


@pytest.mark.parametrize("entry", RUN)
def test_an_input_that_lacks_an_entry_starts_nothing(machine: Json, entry: str):
    emr = ScriptedEmr([])
    ended = execute(machine, emr, {k: v for k, v in RUN.items() if k != entry}, name=NAME)
    assert (ended.error, emr.started) == ("NoRun", [])
    assert entry in ended.cause


@pytest.mark.parametrize(("entry", "value"), [("policy", None), ("policy", {}), ("timeout_minutes", "30")])
def test_an_entry_of_another_kind_starts_nothing(machine: Json, entry: str, value: object):
    """A run without a policy of its own would have all rights of the role."""
    emr = ScriptedEmr([])
    assert execute(machine, emr, {**RUN, entry: value}, name=NAME).error == "NoRun"
    assert emr.started == []


@pytest.mark.parametrize("minutes", [0, -1, 31, 10080])
def test_a_run_that_asks_for_more_than_its_profile_starts_nothing(machine: Json, minutes: int):
    emr = ScriptedEmr([])
    assert execute(machine, emr, {**RUN, "timeout_minutes": minutes}, name=NAME).error == "TooLong"
    assert emr.started == []


def test_what_the_schedule_holds_while_it_is_off_starts_nothing(machine: Json, batch: Template):
    (found,) = resources({"x": batch}, "AWS::Scheduler::Schedule")
    target = found[1]["Properties"]["Target"]
    emr = ScriptedEmr([])
    assert execute(machine, emr, json.loads(target["Input"]), name="scheduled").error == "NoRun"


def test_a_schedule_that_is_asked_for_starts_the_same_machine(everything: dict[str, Template]):
    (found,) = resources({"x": everything["GarantBatch"]}, "AWS::Scheduler::Schedule")
    has = found[1]["Properties"]
    assert has["State"] == "ENABLED"
    assert json.loads(has["Target"]["Input"]) == {"run_id": "0123456789abcdef"}
    assert spelled(has["Target"]["Arn"]) == "<RunMachineACE75D67.Arn>"


def test_the_machine_may_start_and_watch_jobs_of_its_application_with_their_role(batch: Template):
    role = policies(batch, "RunRole")
    application = "<PortfolioApplicationC13CE5F0.Arn>"
    assert allows(role, "emr-serverless:StartJobRun", application)
    assert allows(role, "emr-serverless:GetJobRun", f"{application}/jobruns/00abc")
    given = {"iam__PassedToService": "emr-serverless.amazonaws.com"}
    assert allows(role, "iam:PassRole", "<JobRole014917C6.Arn>", **given)
    assert not allows(role, "iam:PassRole", "<JobRole014917C6.Arn>", iam__PassedToService="ec2.amazonaws.com")
    assert not allows(role, "iam:PassRole", "arn:aws:iam::111122223333:role/Admin", **given)
    assert not allows(
        role, "emr-serverless:StartJobRun", "arn:aws:emr-serverless:eu-west-3:111122223333:/applications/x"
    )
    # EMR refuses a job whose starter may not use the key of its logs.
    assert allows(role, "kms:GenerateDataKey", "<GarantData:ExportsOutputFnGetAttKey961B73FDArn5A860C43>")
    assert not allows(role, "s3:GetObject", "arn:aws:s3:::garant-raw-111122223333-eu-west-3/initial/bureau.csv")


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("Start", {"ClientToken.$": "States.Format('{}', $$.Execution.Name)"}),
        ("Start", {"ExecutionTimeoutMinutes.$": None}),
        ("Start", {"EntryPoint.$": "$.entry_point"}),
    ],
)
def test_a_planted_defect_of_the_machine_is_seen(machine: Json, state: str, change: Json):
    """The same token twice, a job without a limit, a parameter that EMR does not have."""
    parameters = machine["States"][state]["Parameters"]
    for name, value in change.items():
        if value is None:
            del parameters[name]
        else:
            parameters[name] = value
    with pytest.raises((AssertionError, KeyError)):  # noqa: PT012 - one of the two sees it
        test_a_job_that_fails_is_started_once_more_under_another_token(machine)
        test_a_run_starts_one_job_as_it_was_asked_for(machine)
