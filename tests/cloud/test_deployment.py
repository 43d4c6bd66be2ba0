"""What is deployed, in which order, and what an earlier deployment leaves to the next."""

import json
import re
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from cloud_world import World, tags
from garant.cloud import names
from garant.cloud.account import Account
from garant.cloud.deployment import Deployment, deploy, planned
from garant.cloud.deployment_policy import SERVICES, ensure_policy, policy_arn, policy_document, remove_policy
from garant.cloud.stacks import deployed_stacks
from garant.cloud.told import entries, told_before
from garant.exceptions import CloudError, UnknownNameError, UsageError
from npx_stand_in import NpxStandIn

PLATFORM = ("GarantData", "GarantGuard", "GarantBatch")
POLICY_CHARACTERS = 6144
"""Length that IAM takes of a managed policy."""


@pytest.fixture(autouse=True)
def _sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = tmp_path / "infra" / "app.py"
    app.parent.mkdir()
    app.touch()
    monkeypatch.setattr("garant.cloud.deployment.infra_app", lambda: app)


def _planned(account: Account, *words: str, serving: bool = False) -> Deployment:
    return planned(account, now=entries(words), serving=serving, output=Path("/cache"))


def test_a_new_region_is_prepared_first_with_its_policy(account: Account, npx: NpxStandIn, tmp_path: Path) -> None:
    deployment = _planned(account)
    assert (deployment.prepares, deployment.stacks) == (True, PLATFORM)
    told: list[str] = []
    deploy(deployment, asks=True, telling=told.append)
    first, second = npx.started()
    assert ["npx", *first.argv] == ["npx", *deployment.cdk.bootstrap()[1:]]
    assert second.argv == deployment.cdk.deploy(PLATFORM, asks=True)[1:]
    assert first.cwd == second.cwd == str(tmp_path / "infra")
    assert (second.variables["AWS_REGION"], second.variables["CDK_DISABLE_CLI_TELEMETRY"]) == ("eu-west-3", "true")
    assert "hush-testing" not in " ".join([*first.argv, *second.argv])
    policy = account.ask("iam", "get_policy", PolicyArn=policy_arn(account))["Policy"]
    assert policy["PolicyName"] == "garant-deployment-eu-west-3"


def test_a_prepared_region_is_not_prepared_again(account: Account, world: World, npx: NpxStandIn) -> None:
    world.stack(names.TOOLKIT)
    told: list[str] = []
    deploy(_planned(account), asks=False, telling=told.append)
    deploy(_planned(account), asks=False, telling=told.append)
    assert [one.argv[2] for one in npx.started()] == ["deploy", "deploy"]
    assert told == ["The policy that deploying is bounded by was brought to this version of garant."]


class _NoRights:
    """IAM for somebody who may do nothing there, as a script: moto asks nobody for rights."""

    def get_policy(self, **_request: object) -> None:
        """Refuse."""
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetPolicy")


def test_who_may_only_deploy_leaves_the_policy_alone(
    account: Account, world: World, npx: NpxStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(account.clients, "iam", _NoRights())
    with pytest.raises(CloudError, match="Allow iam:GetPolicy"):
        deploy(_planned(account), asks=False, telling=print)
    world.stack(names.TOOLKIT)
    deploy(_planned(account), asks=False, telling=print)
    assert [one.argv[2] for one in npx.started()] == ["deploy"]


def test_the_decision_service_is_deployed_only_when_it_is_asked_for(account: Account, npx: NpxStandIn) -> None:
    assert npx.folder
    without, asked = _planned(account), _planned(account, serving=True)
    assert asked.stacks == (*without.stacks, names.SERVING)
    assert ("serving" in without.cdk.context, asked.cdk.context["serving"]) == (False, "true")


def test_what_is_not_said_stays_as_it_was_told_before(account: Account, world: World, npx: NpxStandIn) -> None:
    assert npx.folder
    world.stack(names.BATCH, told={"profile": "medium", "mail": "risk@lender.example", "unknown": "1"})
    assert _planned(account).cdk.context == {"profile": "medium", "mail": "risk@lender.example"}
    assert _planned(account, "mail=", "profile=small").cdk.context == {"profile": "small"}


def test_a_service_is_never_deployed_away(account: Account, world: World, npx: NpxStandIn) -> None:
    assert npx.folder
    world.stack(names.SERVING, {names.SERVICE_URL: "https://garant.lender.example"})
    with pytest.raises(UsageError, match=r"service and database would go. Say its entries again"):
        _planned(account)
    assert _planned(account, "serving_image=sha256:0").stacks == (*PLATFORM, names.SERVING)


def test_a_service_that_was_told_of_is_deployed_again_as_it_was(
    account: Account, world: World, npx: NpxStandIn
) -> None:
    assert npx.folder
    outputs = {names.SERVICE_URL: "https://garant.lender.example"}
    told = {"serving_image": "sha256:0", "serving_snapshot": "before"}
    world.stack(names.SERVING, outputs, told=told | {"serving": "true"})
    deployment = _planned(account)
    assert deployment.stacks == (*PLATFORM, names.SERVING)
    assert deployment.cdk.context == told | {"serving": "true"}
    for word in ("serving_snapshot=", "serving_snapshot=another", "serving_master_key=arn:another"):
        with pytest.raises(UsageError, match=r"its database would be replaced\. End it first"):
            _planned(account, word)


def test_the_snapshot_of_a_database_is_read_from_its_template_too(account: Account, world: World) -> None:
    world.database()
    database = {"DBSnapshotIdentifier": world.snapshot(), "DBInstanceClass": "db.t4g.small", "Engine": "postgres"}
    world.stack(names.SERVING, None, Database={"Type": "AWS::RDS::DBInstance", "Properties": database})
    assert told_before(account, deployed_stacks(account)) == {"serving_snapshot": "garantserving-final"}


def test_a_record_that_is_kept_is_gone_on_with_or_left_by_name(account: Account, world: World, npx: NpxStandIn) -> None:
    assert npx.folder
    world.database()
    copy = world.snapshot()
    secrets = world.aws.client("secretsmanager")
    key = secrets.create_secret(Name="master", SecretString="x", Tags=tags(names.SERVING))["ARN"]
    with pytest.raises(UsageError) as refused:
        _planned(account, "serving_image=sha256:0", serving=True)
    assert f"--set serving_snapshot={copy} --set serving_master_key=ARN of its secret ({key})" in str(refused.value)
    for word in (f"serving_snapshot={copy}", "serving_snapshot="):
        assert _planned(account, "serving_image=sha256:0", word, serving=True).stacks[-1] == names.SERVING
    # Without an image only the repository of images is made.
    assert _planned(account, serving=True).stacks[-1] == names.SERVING


def test_a_schedule_whose_file_is_elsewhere_is_not_switched_off_silently(
    account: Account, world: World, npx: NpxStandIn, tmp_path: Path
) -> None:
    assert npx.folder
    world.stack(names.BATCH, told={"schedule": str(tmp_path / "gone.json")})
    with pytest.raises(UsageError, match=r"read from .*gone.json, which is not here. Give --schedule FILE"):
        _planned(account)
    assert _planned(account, "schedule=").cdk.context == {}


def test_an_entry_that_the_templates_do_not_know_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="serving_image"):
        entries(["serving_imag=sha256:0"])
    with pytest.raises(UsageError, match="expected NAME=VALUE"):
        entries(["serving_image"])


def test_a_failure_of_the_cdk_says_that_it_may_be_run_again(account: Account, world: World, npx: NpxStandIn) -> None:
    world.stack(names.TOOLKIT)
    npx.fail("deploy")
    with pytest.raises(CloudError, match=r"AWS CDK ended with 7 in `deploy`.*run the same command again"):
        deploy(_planned(account), asks=True, telling=print)


def test_a_region_that_could_not_be_prepared_is_not_deployed_to(account: Account, npx: NpxStandIn) -> None:
    npx.fail("bootstrap")
    with pytest.raises(CloudError, match="7 in `bootstrap`"):
        deploy(_planned(account), asks=True, telling=print)
    assert [one.argv[2] for one in npx.started()] == ["bootstrap"]


def test_the_policy_is_made_once_and_follows_garant(account: Account) -> None:
    assert (ensure_policy(account), ensure_policy(account)) == (True, False)
    old = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
    arn = policy_arn(account)
    account.ask("iam", "create_policy_version", PolicyArn=arn, PolicyDocument=old, SetAsDefault=True)
    assert (ensure_policy(account), ensure_policy(account)) == (True, False)
    assert (remove_policy(account), remove_policy(account)) == (True, False)


def test_deploying_may_make_what_the_templates_are_made_of(project: Path) -> None:
    named = {"applicationautoscaling": "application-autoscaling", "elasticloadbalancingv2": "elasticloadbalancing"}
    named |= {"emrserverless": "emr-serverless", "stepfunctions": "states"}
    sources = [file.read_text() for file in (project / "infra" / "garant_infra").glob("*.py")]
    found = {word for source in sources for word in re.findall(r"^from aws_cdk import aws_(\w+)", source, re.MULTILINE)}
    assert {named.get(word, word) for word in found} <= {*SERVICES}


def test_deploying_is_bounded(account: Account) -> None:
    document = policy_document(account)
    assert len(document) < POLICY_CHARACTERS
    statements = {one["Sid"]: one for one in json.loads(document)["Statement"]}
    assert "*" not in statements["WhatTheStacksAreMadeOf"]["Action"]
    assert statements["OutsideTheUnion"]["Condition"]["StringNotEquals"]["aws:RequestedRegion"] == [
        *("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3", "eusc-de-east-1"),
    ]
    boundary = statements["NoRoleWithoutBoundary"]["Condition"]["StringNotEquals"]["iam:PermissionsBoundary"]
    assert boundary == f"arn:aws:iam::{account.id}:policy/garant-boundary-eu-west-3"
    assert statements["NobodyWithAKeyThatLasts"]["Effect"] == "Deny"
