"""Rules of all templates, and for each of them a defect that it must tell."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from garant.cloud import names
from garant.cloud.profiles import DEFAULT_PROFILE, profile_of
from garant.settings import EU_REGIONS
from platform_templates import Written
from template_rules import (
    EVERYWHERE,
    Rule,
    Template,
    Templates,
    bounded_roles,
    encrypted,
    explained_stars,
    kept_data,
    narrow_pass_role,
    narrow_trust,
    nothing_hidden,
    one_application,
    private_buckets,
    resources,
    schedule_off,
    silent_machine,
    statements,
)


@pytest.mark.parametrize("rule", EVERYWHERE, ids=lambda rule: rule.__name__)
def test_no_template_breaks_a_rule(written: Written, everything: Templates, rule: Rule):
    assert rule(written.templates) == []
    assert rule(everything) == []


def test_what_is_deployed_by_default_has_the_limits_of_the_smallest_profile(written: Written):
    assert one_application(DEFAULT_PROFILE)(written.templates) == []
    assert schedule_off(written.templates) == []
    application = _first(written.templates, "AWS::EMRServerless::Application")["Properties"]
    assert application["MaximumCapacity"] == {"Cpu": "12 vCPU", "Memory": "60 GB", "Disk": "60 GB"}
    assert application["ReleaseLabel"] == "emr-spark-8.1.0"


def test_limits_are_those_of_the_profile_that_is_asked_for(everything: Templates):
    assert one_application(profile_of("medium"), interactive=True)(everything) == []
    assert one_application(profile_of("medium"))(everything) != []
    assert one_application(DEFAULT_PROFILE, interactive=True)(everything) != []


def _first(templates: Templates, kind: str) -> dict[str, Any]:
    return next(resource for _, resource in resources(templates, kind))


def _properties(kind: str, **values: Any) -> Callable[[dict[str, Template]], None]:  # noqa: ANN401 - JSON
    """Set properties of the first resource of a type; None removes."""

    def plant(templates: dict[str, Template]) -> None:
        has = _first(templates, kind)["Properties"]
        for name, value in values.items():
            if value is None:
                del has[name]
            else:
                has[name] = value

    return plant


def _statement(kind: str, sid: str, **values: Any) -> Callable[[dict[str, Template]], None]:  # noqa: ANN401 - JSON
    """Change a statement of a type of resource, by its Sid; None removes an entry."""

    def plant(templates: dict[str, Template]) -> None:
        found = [s for _, r in resources(templates, kind) for s in statements(r) if s.get("Sid") == sid]
        assert found, sid
        for name, value in values.items():
            if value is None:
                del found[0][name]
            else:
                found[0][name] = value

    return plant


def _another(kind: str, **properties: Any) -> Callable[[dict[str, Template]], None]:  # noqa: ANN401 - JSON
    def plant(templates: dict[str, Template]) -> None:
        templates["GarantBatch"]["Resources"]["Planted"] = {"Type": kind, "Properties": properties}

    return plant


def _forgotten(kind: str, entry: str) -> Callable[[dict[str, Template]], None]:
    def plant(templates: dict[str, Template]) -> None:
        del _first(templates, kind)[entry]

    return plant


def _without_lifecycle_rule(name: str) -> Callable[[dict[str, Template]], None]:
    def plant(templates: dict[str, Template]) -> None:
        has = _first(templates, "AWS::S3::Bucket")["Properties"]["LifecycleConfiguration"]
        del next(rule for rule in has["Rules"] if name in rule)[name]

    return plant


def _kept_for(days: int) -> Callable[[dict[str, Template]], None]:
    def plant(templates: dict[str, Template]) -> None:
        for rule in _first(templates, "AWS::S3::Bucket")["Properties"]["LifecycleConfiguration"]["Rules"]:
            rule.get("NoncurrentVersionExpiration", {})["NoncurrentDays"] = days

    return plant


def _trust(**values: Any) -> Callable[[dict[str, Template]], None]:  # noqa: ANN401 - JSON
    def plant(templates: dict[str, Template]) -> None:
        role = _first(templates, "AWS::IAM::Role")
        role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0].update(values)

    return plant


_APPLICATION, _BUCKET = "AWS::EMRServerless::Application", "AWS::S3::Bucket"
_ROLE, _MACHINE = "AWS::IAM::Role", "AWS::StepFunctions::StateMachine"
_SMALL = one_application(DEFAULT_PROFILE)
_AES = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
_ANY_REPOSITORY = {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:lender/*"}}

DEFECTS: dict[str, tuple[Rule, Callable[[dict[str, Template]], None]]] = {
    "a second application": (_SMALL, _another(_APPLICATION, ReleaseLabel="emr-spark-8.1.0")),
    "no application": (_SMALL, lambda t: t["GarantBatch"]["Resources"].pop("PortfolioApplicationC13CE5F0")),
    "more cores": (_SMALL, _properties(_APPLICATION, MaximumCapacity={"Cpu": "16 vCPU", "Memory": "60 GB"})),
    "no limit": (_SMALL, _properties(_APPLICATION, MaximumCapacity=None)),
    "stops late": (
        _SMALL,
        _properties(_APPLICATION, AutoStopConfiguration={"Enabled": True, "IdleTimeoutMinutes": 16}),
    ),
    "never stops": (_SMALL, _properties(_APPLICATION, AutoStopConfiguration={"Enabled": False})),
    "workers that wait": (_SMALL, _properties(_APPLICATION, InitialCapacity=[{"Key": "Driver"}])),
    "two runs at once": (_SMALL, _properties(_APPLICATION, SchedulerConfiguration={"MaxConcurrentRuns": 2})),
    "as many runs as come": (_SMALL, _properties(_APPLICATION, SchedulerConfiguration=None)),
    "a release that ends": (_SMALL, _properties(_APPLICATION, ReleaseLabel="emr-spark-8.0.0")),
    "a release that does not exist": (_SMALL, _properties(_APPLICATION, ReleaseLabel="emr-9.9.9")),
    "logs without a key": (_SMALL, _properties(_APPLICATION, MonitoringConfiguration={})),
    "notebooks nobody asked for": (_SMALL, _properties(_APPLICATION, InteractiveConfiguration={"StudioEnabled": True})),
    "a network": (_SMALL, _properties(_APPLICATION, NetworkConfiguration={"SubnetIds": ["subnet-1"]})),
    "a public bucket": (private_buckets, _properties(_BUCKET, PublicAccessBlockConfiguration=None)),
    "a half open bucket": (
        private_buckets,
        lambda t: _first(t, _BUCKET)["Properties"]["PublicAccessBlockConfiguration"].update(BlockPublicPolicy=False),
    ),
    "a list of access": (private_buckets, _properties(_BUCKET, AccessControl="PublicRead")),
    "a bucket for everybody": (private_buckets, _statement("AWS::S3::BucketPolicy", "OnlyTls", Effect="Allow")),
    "a bare bucket": (private_buckets, _another(_BUCKET)),
    "no encryption": (private_buckets, _properties(_BUCKET, BucketEncryption=None)),
    "a key of S3 itself": (private_buckets, _properties(_BUCKET, BucketEncryption=_AES)),
    "no bucket key": (
        private_buckets,
        lambda t: _first(t, _BUCKET)["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"][0].pop(
            "BucketKeyEnabled"
        ),
    ),
    "no versions": (private_buckets, _properties(_BUCKET, VersioningConfiguration=None)),
    "old versions for ever": (private_buckets, _without_lifecycle_rule("NoncurrentVersionExpiration")),
    "old versions after the deadline": (private_buckets, _kept_for(31)),
    "uploads for ever": (private_buckets, _without_lifecycle_rule("AbortIncompleteMultipartUpload")),
    "without TLS": (private_buckets, _statement("AWS::S3::BucketPolicy", "OnlyTls", Condition={})),
    "no refusal of replicas": (private_buckets, _statement("AWS::S3::BucketPolicy", "NoReplication", Action="s3:Get")),
    "a replica": (private_buckets, _properties(_BUCKET, ReplicationConfiguration={"Role": "x"})),
    "a bucket that goes": (kept_data, _forgotten(_BUCKET, "DeletionPolicy")),
    "a key that goes": (kept_data, _forgotten("AWS::KMS::Key", "DeletionPolicy")),
    "a star among actions": (explained_stars, _statement(_ROLE, "UseTheKey", Action="kms:*")),
    "a star among resources": (explained_stars, _statement(_ROLE, "UseTheKey", Resource="*")),
    "a star without its reason": (explained_stars, _forgotten(_ROLE, "Metadata")),
    "a star with a short reason": (
        explained_stars,
        lambda t: _first(t, _ROLE)["Metadata"]["garant:stars"].update(ReadRaw="needed"),
    ),
    "a role without boundary": (bounded_roles, _properties(_ROLE, PermissionsBoundary=None)),
    "another boundary": (bounded_roles, _properties(_ROLE, PermissionsBoundary="arn:aws:iam::aws:policy/Admin")),
    "a policy of AWS": (bounded_roles, _properties(_ROLE, ManagedPolicyArns=["arn:aws:iam::aws:policy/Admin"])),
    "a user": (bounded_roles, _another("AWS::IAM::User")),
    "a key of a user": (bounded_roles, _another("AWS::IAM::AccessKey", UserName="ci")),
    "trust without a condition": (narrow_trust, _trust(Condition={})),
    "trust without a source": (narrow_trust, _trust(Condition={"StringEquals": {"aws:SourceAccount": "1"}})),
    "trust in another account": (narrow_trust, _trust(Principal={"AWS": "arn:aws:iam::999999999999:root"})),
    "trust in any repository": (narrow_trust, _trust(Principal={"Federated": "x"}, Condition=_ANY_REPOSITORY)),
    "any role may be given": (narrow_pass_role, _statement(_ROLE, "GiveJobsTheirRole", Resource="*")),
    "to any service": (narrow_pass_role, _statement(_ROLE, "GiveJobsTheirRole", Condition=None)),
    "logs in the clear": (encrypted, _properties("AWS::Logs::LogGroup", KmsKeyId=None)),
    "messages in the clear": (encrypted, _properties("AWS::SNS::Topic", KmsMasterKeyId=None)),
    "a trail in the clear": (encrypted, _properties("AWS::CloudTrail::Trail", KMSKeyId=None)),
    "a key for ever": (encrypted, _properties("AWS::KMS::Key", EnableKeyRotation=False)),
    "what is in a run in logs": (
        silent_machine,
        lambda t: _first(t, _MACHINE)["Properties"]["LoggingConfiguration"].update(IncludeExecutionData=True),
    ),
    "no logs": (silent_machine, _properties(_MACHINE, LoggingConfiguration=None)),
    "a machine for ever": (
        silent_machine,
        lambda t: _first(t, _MACHINE)["Properties"]["Definition"].pop("TimeoutSeconds"),
    ),
    "a schedule that runs": (schedule_off, _properties("AWS::Scheduler::Schedule", State="ENABLED")),
    "a schedule that says nothing": (schedule_off, _properties("AWS::Scheduler::Schedule", State=None)),
    "a hidden function": (nothing_hidden, _another("AWS::Lambda::Function")),
    "a custom resource": (nothing_hidden, _another("Custom::S3AutoDeleteObjects")),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_told(written: Written, defect: str):
    rule, plant = DEFECTS[defect]
    templates = copy.deepcopy(dict(written.templates))
    assert rule(templates) == []
    plant(templates)
    assert rule(templates) != []


def test_every_rule_has_a_defect_that_it_tells():
    assert {rule for rule, _ in DEFECTS.values()} >= set(EVERYWHERE)


def test_stacks_say_of_themselves_what_the_commands_read(written: Written):
    outputs = {stack: template["Outputs"] for stack, template in written.templates.items()}
    assert {names.KEY_ARN, *map(names.bucket_output, names.BUCKETS)} <= set(outputs[names.DATA])
    batch = {names.APPLICATION_ID, names.JOB_ROLE_ARN, names.STATE_MACHINE_ARN, names.PROFILE}
    assert batch <= set(outputs[names.BATCH])
    assert outputs[names.BATCH][names.PROFILE]["Value"] == DEFAULT_PROFILE.name


def test_stack_serving_is_there_only_when_it_is_asked_for(written: Written):
    assert sorted(written.templates) == sorted([names.DATA, names.GUARD, names.BATCH])


def test_only_stack_data_holds_buckets_and_names_them_as_the_commands_do(written: Written):
    found = {r["Properties"]["BucketName"] for _, r in resources(written.templates, "AWS::S3::Bucket")}
    region, account = "eu-west-3", "111122223333"
    assert found == {names.bucket_name(purpose, account=account, region=region) for purpose in names.BUCKETS}
    assert not list(resources({"x": written.templates[names.BATCH]}, "AWS::S3::Bucket"))


def test_everything_carries_the_tag_of_its_stack(written: Written):
    for name, resource in resources(written.templates):
        tags = resource["Properties"].get("Tags")
        if isinstance(tags, list):
            assert {"Key": names.TAG, "Value": name.partition("/")[0]} in tags, name


def test_no_template_knows_another_region_or_an_address(written: Written):
    text = json.dumps(written.templates)
    others = [region for region in EU_REGIONS if region != "eu-west-3"]
    without_guard = text
    for region in others:
        # The guard lists them, and nothing else does.
        without_guard = without_guard.replace(json.dumps(list(EU_REGIONS)), "")
        assert region not in without_guard
    assert "http://" not in text


def test_the_policy_for_the_organisation_lies_beside_the_templates(written: Written):
    policy = json.loads((Path(written.folder) / "eu-guard-scp.json").read_text(encoding="utf-8"))
    assert policy["Version"] == "2012-10-17"
