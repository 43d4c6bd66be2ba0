"""Leaving the cloud: what goes, what stays, and that a removal that broke off goes on."""

from pathlib import Path
from typing import Any

import pytest

from aws_server import ACCOUNT, REGION
from cloud_world import World
from garant.cloud import destruction, names
from garant.cloud.account import Account
from garant.cloud.cdk import Cdk
from garant.cloud.deployment_policy import ensure_policy
from garant.cloud.destruction import destroy_data, destroy_stacks, stacks_to_destroy
from garant.cloud.stacks import deployed_stacks
from garant.cloud.standing.inventory import standing_things
from garant.cloud.standing.thing import Standing
from garant.exceptions import CloudError
from npx_stand_in import NpxStandIn

RAW = names.bucket_name("raw", account=ACCOUNT, region=REGION)


def _cdk(account: Account, npx: NpxStandIn, tmp_path: Path) -> Cdk:
    app = tmp_path / "infra" / "app.py"
    app.parent.mkdir(exist_ok=True)
    app.touch()
    return Cdk(app=app, account=account, output=tmp_path / "templates", npx=str(npx.folder / "npx"))


def _quiet(_text: str) -> None:
    """Whoever watches is not asked anything."""


def _everything(world: World) -> None:
    """All that garant ever leaves in an account, with work going on in it."""
    world.data()
    for version in range(3):
        world.s3.put_object(Bucket=RAW, Key="application.csv", Body=b"x" * (version + 1))
    world.s3.put_object(Bucket=RAW, Key="gone.csv", Body=b"y")
    world.s3.delete_object(Bucket=RAW, Key="gone.csv")
    upload = world.s3.create_multipart_upload(Bucket=RAW, Key="large.csv")["UploadId"]
    world.s3.upload_part(Bucket=RAW, Key="large.csv", UploadId=upload, PartNumber=1, Body=b"z" * 5000)
    application, machine = world.application(), world.machine()
    world.job(application)
    world.execution(machine, "run-0123456789abcdef-0")
    world.schedule(machine, state="ENABLED")
    world.serving()
    world.snapshot()
    world.log_group()
    world.image()
    world.alarms(12, stack=names.GUARD)
    world.bucket(f"cdk-garant-assets-{ACCOUNT}-{REGION}", names.TOOLKIT)
    world.stack(names.TOOLKIT)


def test_every_stack_but_data_goes_last_deployed_first(
    account: Account, world: World, npx: NpxStandIn, tmp_path: Path
) -> None:
    world.data()
    application = world.application()
    job = world.job(application)
    for name in (names.GUARD, names.BATCH, names.SERVING):
        world.stack(name)
    stacks = stacks_to_destroy(account, data=False)
    assert stacks == [names.SERVING, names.BATCH, names.GUARD]
    cdk = _cdk(account, npx, tmp_path)
    destroy_stacks(account, cdk, stacks, telling=_quiet)
    (started,) = npx.started()
    assert started.argv == cdk.destroy(stacks)[1:]
    assert list(deployed_stacks(account)) == [names.DATA]
    emr = world.aws.client("emr-serverless")
    assert emr.get_job_run(applicationId=application, jobRunId=job)["jobRun"]["state"] == "CANCELLED"
    assert {thing.kind for thing in standing_things(account)} == {"bucket", "key"}


def test_nothing_is_started_when_no_stack_is_left(account: Account, npx: NpxStandIn, tmp_path: Path) -> None:
    destroy_stacks(account, _cdk(account, npx, tmp_path), [], telling=_quiet)
    assert npx.started() == []


def test_the_record_of_decisions_is_looked_after_before_the_cdk_starts(
    account: Account, world: World, npx: NpxStandIn, tmp_path: Path
) -> None:
    secret: dict[str, Any] = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "garant/master-key"}}
    world.stack(names.SERVING, None, MasterKey=secret)
    with pytest.raises(CloudError, match="record of decisions"):
        destroy_stacks(account, _cdk(account, npx, tmp_path), [names.SERVING], telling=_quiet)
    assert npx.started() == []


def test_a_stack_that_is_still_there_is_told(account: Account, world: World, npx: NpxStandIn, tmp_path: Path) -> None:
    world.stack(names.GUARD)
    npx.fail("destroy")
    with pytest.raises(CloudError, match="7 in `destroy`"):
        destroy_stacks(account, _cdk(account, npx, tmp_path), [names.GUARD], telling=_quiet)
    assert list(deployed_stacks(account)) == [names.GUARD]


def test_data_are_not_touched_while_a_stack_is_there(account: Account, world: World) -> None:
    world.data()
    with pytest.raises(CloudError, match=r"GarantData: still there.*nothing was removed"):
        destroy_data(account, telling=_quiet)
    assert {thing.kind for thing in standing_things(account)} == {"bucket", "key"}


def test_with_data_nothing_that_costs_is_left(account: Account, world: World, npx: NpxStandIn, tmp_path: Path) -> None:
    _everything(world)
    ensure_policy(account)
    stacks = stacks_to_destroy(account, data=True)
    assert stacks == [names.DATA]
    destroy_stacks(account, _cdk(account, npx, tmp_path), stacks, telling=_quiet)
    told: list[str] = []
    ended = destroy_data(account, telling=told.append)
    assert standing_things(account) == []
    assert deployed_stacks(account) == {}
    assert world.s3.list_buckets()["Buckets"] == []
    assert {thing.kind for thing in ended} == {
        *("schedule", "service", "task", "load balancer", "endpoint", "database", "snapshot", "alarms"),
        *("log group", "images", "secret", "bucket", "key"),
    }
    assert [text.split()[0] for text in told][-2:] == ["key", "stack"]
    assert any(text.startswith(f"bucket {RAW}: 1 object 3 bytes, 3 older versions 4 bytes") for text in told)
    assert account.each("iam", "list_policies", "Policies", Scope="Local") == []


def test_a_removal_that_broke_off_goes_on(account: Account, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _everything(world)
    world.cloudformation.delete_stack(StackName=names.DATA)
    everything = len(standing_things(account))
    done: list[str] = []
    real = destruction.end_for_good

    def breaks_off(account: Account, thing: Standing) -> None:
        if len(done) == everything // 2:
            raise KeyboardInterrupt
        real(account, thing)
        done.append(thing.name)

    monkeypatch.setattr(destruction, "end_for_good", breaks_off)
    with pytest.raises(KeyboardInterrupt):
        destroy_data(account, telling=_quiet)
    left = standing_things(account)
    assert 0 < len(left) < everything
    monkeypatch.setattr(destruction, "end_for_good", real)
    destroy_data(account, telling=_quiet)
    assert standing_things(account) == []
    assert destroy_data(account, telling=_quiet) == []


def test_what_would_not_go_is_named(account: Account, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.bucket(RAW, names.DATA)
    monkeypatch.setattr(destruction, "end_for_good", lambda _account, _thing: None)
    with pytest.raises(CloudError, match=rf"Not everything is gone yet: bucket {RAW}\. Run the command again"):
        destroy_data(account, telling=_quiet)


def test_a_version_that_is_locked_is_told_and_the_rest_may_go_on_later(account: Account, world: World) -> None:
    world.s3.create_bucket(
        Bucket=RAW, CreateBucketConfiguration={"LocationConstraint": REGION}, ObjectLockEnabledForBucket=True
    )
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": "2999-01-01T00:00:00Z"}
    world.s3.put_object(Bucket=RAW, Key="heads/1", Body=b"x", **lock)
    with pytest.raises(CloudError, match=r"1 version could not be deleted \(heads/1: AccessDenied\)"):
        destroy_data(account, telling=_quiet)
    assert [thing.name for thing in standing_things(account)] == [RAW]


class _ProtectedStacks:
    """CloudFormation as a script, since moto has no protection of stacks."""

    def __init__(self) -> None:
        self.protection = {names.DATA: True, names.GUARD: False}
        self.asked: list[dict[str, Any]] = []

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803 - as boto3 spells it
        """Tell of a stack."""
        if StackName not in self.protection:
            return {"Stacks": []}
        protected = self.protection[StackName]
        return {"Stacks": [{"StackStatus": "CREATE_COMPLETE", "EnableTerminationProtection": protected}]}

    def update_termination_protection(self, **request: Any) -> None:  # noqa: ANN401
        """Change the protection."""
        self.asked.append(request)


def test_only_the_protection_of_a_stack_that_was_named_falls(
    account: Account, monkeypatch: pytest.MonkeyPatch, npx: NpxStandIn, tmp_path: Path
) -> None:
    scripted = _ProtectedStacks()
    monkeypatch.setitem(account.clients, "cloudformation", scripted)
    cdk = _cdk(account, npx, tmp_path)
    npx.fail("destroy")
    for stacks in ([names.GUARD], [names.DATA]):
        with pytest.raises(CloudError, match="7 in `destroy`"):
            destroy_stacks(account, cdk, stacks, telling=_quiet)
    assert scripted.asked == [{"StackName": names.DATA, "EnableTerminationProtection": False}]
