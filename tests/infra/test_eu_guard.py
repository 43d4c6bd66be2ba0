"""The guard around the Union: what it refuses, and that it refuses nothing that the platform is made of."""

import json
from pathlib import Path
from typing import Any

import pytest

from garant.settings import EU_REGIONS
from garant_infra import eu_guard
from garant_infra.boundary import BOUNDED, CHARACTERS
from iam_evaluation import allows, denies
from platform_templates import Written, templates_of
from template_rules import Template, as_list, resources, spelled, statements

SCP = json.loads(eu_guard.service_control_policy())["Statement"]


@pytest.fixture
def boundary(written: Written) -> list[dict[str, Any]]:
    (found,) = resources(written.templates, "AWS::IAM::ManagedPolicy")
    return spelled(list(statements(found[1])))


@pytest.mark.parametrize("region", ["eu-west-2", "eu-central-2", "us-east-1", "us-west-2", "ap-south-1"])
@pytest.mark.parametrize(
    "action", ["s3:PutObject", "emr-serverless:StartJobRun", "rds:CreateDBInstance", "kms:Encrypt"]
)
def test_what_is_asked_of_another_region_is_refused_twice(region: str, action: str, boundary: list[dict[str, Any]]):
    assert denies(SCP, action, aws__RequestedRegion=region)
    assert denies(boundary, action, aws__RequestedRegion=region)


@pytest.mark.parametrize("region", EU_REGIONS)
@pytest.mark.parametrize("action", ["s3:PutObject", "emr-serverless:StartJobRun", "kms:Decrypt"])
def test_what_is_asked_inside_the_union_is_not(region: str, action: str, boundary: list[dict[str, Any]]):
    assert not denies(SCP, action, aws__RequestedRegion=region)
    assert allows(boundary, action, aws__RequestedRegion=region)


@pytest.mark.parametrize(
    "action",
    [
        "iam:CreateRole",
        "iam:PassRole",
        "iam:CreatePolicy",
        "iam:CreateOpenIDConnectProvider",
        "iam:CreateServiceLinkedRole",
        "sts:AssumeRole",
        "sts:AssumeRoleWithWebIdentity",
        "sts:GetCallerIdentity",
        "budgets:ModifyBudget",
        "organizations:DescribeOrganization",
        "ce:GetCostAndUsage",
        "route53:ChangeResourceRecordSets",
        "support:CreateCase",
    ],
)
def test_services_without_a_region_are_exempted_else_the_guard_could_not_be_deployed(action: str):
    """Their endpoint answers for a region in the United States."""
    assert not denies(SCP, action, aws__RequestedRegion="us-east-1")


@pytest.mark.parametrize("action", ["cloudfront:CreateDistribution", "globalaccelerator:CreateAccelerator"])
def test_what_would_serve_from_elsewhere_is_not_exempted(action: str):
    assert denies(SCP, action, aws__RequestedRegion="us-east-1")


@pytest.mark.parametrize(
    "action",
    ["s3:PutReplicationConfiguration", "s3:ReplicateObject", "kms:ReplicateKey", "s3:CreateMultiRegionAccessPoint"],
)
def test_copies_out_are_refused_in_the_union_too(action: str, boundary: list[dict[str, Any]]):
    for policy in (SCP, boundary):
        assert denies(policy, action, aws__RequestedRegion="eu-west-3")


@pytest.mark.parametrize("action", ["iam:CreateUser", "iam:CreateAccessKey"])
def test_keys_that_do_not_expire_are_refused(action: str, boundary: list[dict[str, Any]]):
    for policy in (SCP, boundary):
        assert denies(policy, action, aws__RequestedRegion="us-east-1")


def test_the_boundary_takes_nothing_from_a_role_that_its_own_policy_gives(
    written: Written, everything: dict[str, Template], boundary: list[dict[str, Any]]
):
    """A boundary that lacks an action stops a job in the account, where no template shows it."""
    n_roles = 0
    for templates in (written.templates, everything):
        for name, role in resources(templates, "AWS::IAM::Role"):
            n_roles += 1
            for policy in role["Properties"].get("Policies", []):
                for statement in statements({"Properties": policy}):
                    for action in as_list(statement["Action"]):
                        region = "us-east-1" if action.startswith(("iam:", "sts:")) else "eu-west-3"
                        assert allows(boundary, action, aws__RequestedRegion=region), f"{name}: {action}"
    assert n_roles >= 8


@pytest.mark.parametrize(
    "action", ["iam:CreateRole", "iam:AttachRolePolicy", "s3:PutBucketPolicy", "s3:DeleteBucket", "ec2:RunInstances"]
)
def test_the_boundary_allows_nothing_that_no_role_needs(action: str, boundary: list[dict[str, Any]]):
    assert not allows(boundary, action, aws__RequestedRegion="eu-west-3")


def test_the_boundary_lists_each_action_once_and_in_full():
    assert len(BOUNDED) == len(set(BOUNDED))
    assert not [action for action in BOUNDED if "*" in action]


def test_policies_are_no_longer_than_aws_takes(variants: Path):
    assert len(eu_guard.service_control_policy()) <= eu_guard.SCP_BYTES
    for _, policy in resources(templates_of(variants / "sovereign"), "AWS::IAM::ManagedPolicy"):
        text = json.dumps(spelled(policy["Properties"]["PolicyDocument"]), separators=(",", ":"))
        assert len(text) <= CHARACTERS


def test_a_guard_without_an_exemption_or_a_region_is_seen():
    """The planted defects: what tests above would say to a guard that is broken."""
    everything: dict[str, Any] = dict(eu_guard.outside_statement())
    without_iam = {**everything, "NotAction": [a for a in everything["NotAction"] if a != "iam:*"]}
    assert denies([without_iam], "iam:CreateRole", aws__RequestedRegion="us-east-1")
    with_london = eu_guard.outside_statement([*EU_REGIONS, "eu-west-2"])
    assert not denies([with_london], "s3:PutObject", aws__RequestedRegion="eu-west-2")
