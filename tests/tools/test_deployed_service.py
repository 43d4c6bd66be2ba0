"""What a deployment goes back to is read from CloudFormation, whose answers are scripted here: no account is asked."""

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import boto3
import pytest
from botocore.stub import Stubber

from garant.cloud import names

IMAGE, BUNDLE = f"sha256:{'1' * 64}", "2" * 64


@pytest.fixture(scope="module")
def script(project: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("deployed_service", project / "tools" / "deployed_service.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def cloudformation(monkeypatch: pytest.MonkeyPatch, script: ModuleType) -> Iterator[Stubber]:
    """The real client, which checks words and answers against the description of the service."""
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    client = boto3.client("cloudformation", region_name="eu-west-3", **keys)
    monkeypatch.setattr(script.boto3, "client", lambda name: client if name == "cloudformation" else None)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def describe(stubber: Stubber, **outputs: str) -> None:
    stack = {
        "StackName": "GarantServing",
        "CreationTime": "2026-11-30T00:00:00Z",
        "StackStatus": "UPDATE_COMPLETE",
        "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
    }
    stubber.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "GarantServing"})


def hold(stubber: Stubber, template: dict[str, object]) -> None:
    asked = {"StackName": "GarantServing", "TemplateStage": "Original"}
    stubber.add_response("get_template", {"TemplateBody": json.dumps(template)}, asked)


def test_image_and_bundle_are_those_that_the_last_deployment_was_told(
    script: ModuleType, cloudformation: Stubber, capsys: pytest.CaptureFixture[str]
):
    describe(
        cloudformation,
        ImageRepository="1.dkr.ecr.eu-west-3.amazonaws.com/garant-service",
        ServiceUrl="https://g.example",
    )
    hold(cloudformation, {"Metadata": {"garant:told": {"serving_image": IMAGE, "serving_bundle": BUNDLE}}})

    assert script.main() == 0
    assert capsys.readouterr().out.splitlines() == [
        "repository=1.dkr.ecr.eu-west-3.amazonaws.com/garant-service",
        "url=https://g.example",
        f"image={IMAGE}",
        f"bundle={BUNDLE}",
    ]


def test_where_nothing_serves_yet_all_lines_are_empty(
    script: ModuleType, cloudformation: Stubber, capsys: pytest.CaptureFixture[str]
):
    cloudformation.add_client_error(
        "describe_stacks", "ValidationError", "Stack with id GarantServing does not exist", 400
    )

    assert script.main() == 0
    assert capsys.readouterr().out == "repository=\nurl=\nimage=\nbundle=\n"


def test_a_stack_with_its_repository_alone_has_nothing_to_go_back_to(script: ModuleType, cloudformation: Stubber):
    describe(cloudformation, ImageRepository="r")
    hold(cloudformation, {"Resources": {}})

    assert script.deployed(cloudformation.client) == {"repository": "r", "url": "", "image": "", "bundle": ""}


def test_a_refusal_is_told_and_is_not_taken_for_an_empty_account(
    script: ModuleType, cloudformation: Stubber, capsys: pytest.CaptureFixture[str]
):
    cloudformation.add_client_error("describe_stacks", "AccessDenied", "not authorized", 403)

    assert script.main() == 1
    assert "AccessDenied" in capsys.readouterr().err


def test_the_words_are_those_that_templates_and_commands_share(script: ModuleType):
    shared = {"STACK": names.SERVING, "url": names.SERVICE_URL}

    assert shared == {"STACK": script.STACK, "url": script.OUTPUTS["url"]}
    # Names that came later than this script; where they are, they are these.
    assert getattr(names, "TOLD", script.TOLD) == script.TOLD
    assert getattr(names, "IMAGE_REPOSITORY", script.OUTPUTS["repository"]) == script.OUTPUTS["repository"]
