"""Ending what works, and waiting for it."""

import pytest

from cloud_world import World
from garant.cloud import work
from garant.cloud.account import Account
from garant.cloud.work import Ended, stop_work, until
from garant.exceptions import CloudError


def test_nothing_works_in_an_empty_account(account: Account) -> None:
    assert stop_work(account) == []


def test_executions_end_before_jobs_and_the_application_last(account: Account, world: World) -> None:
    application, machine = world.application(), world.machine()
    world.execution(machine, "run-0123456789abcdef-0")
    job = world.job(application)
    told: list[str] = []
    assert stop_work(account, waiting=told.append) == [
        Ended("execution", "run-0123456789abcdef-0", "ABORTED"),
        Ended("job", job, "CANCELLED"),
        Ended("application", application, "STOPPED"),
    ]
    assert told == ["execution run-0123456789abcdef-0", f"job {job}", f"application {application}"]
    assert stop_work(account) == []


def test_jobs_of_others_go_on(account: Account, world: World) -> None:
    application = world.application(stack="another")
    job = world.job(application)
    assert stop_work(account) == []
    emr = world.aws.client("emr-serverless")
    assert emr.get_job_run(applicationId=application, jobRunId=job)["jobRun"]["state"] == "RUNNING"


def test_it_is_asked_until_the_state_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_POLL_SECONDS", 0)
    states = iter(["RUNNING", "CANCELLING", "CANCELLED", "never asked"])
    assert until(lambda: next(states), lambda found: found == "CANCELLED", "job 1") == "CANCELLED"
    assert next(states) == "never asked"


def test_what_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_POLL_SECONDS", 0)
    with pytest.raises(CloudError, match=r"job 1 is still RUNNING .*run the command again"):
        until(lambda: "RUNNING", lambda found: found == "CANCELLED", "job 1", longest=0.01)
