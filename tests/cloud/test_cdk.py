"""The command lines of AWS CDK, word by word: nothing of them can be tried without an account."""

import os
import shlex
import sys
from pathlib import Path

import pytest

from aws_server import ACCOUNT
from garant.cloud.account import Account
from garant.cloud.cdk import CLI_VERSION, Cdk, node_folder, npx_program
from garant.exceptions import MissingPartError
from npx_stand_in import NpxStandIn

PROGRAM = ["npx", "--yes", f"aws-cdk@{CLI_VERSION}"]
TEMPLATES = [
    *("--app", f"{sys.executable} /src/infra/app.py --account {ACCOUNT} --region eu-west-3"),
    *("--context", "@aws-cdk/core:bootstrapQualifier=garant", "--context", "profile=small"),
    *("--output", "/cache/templates", "--no-lookups"),
]
ALWAYS = ["--region", "eu-west-3", "--no-notices", "--no-version-reporting"]


@pytest.fixture
def cdk(account: Account) -> Cdk:
    """Commands for the account of the tests."""
    app, output = Path("/src/infra/app.py"), Path("/cache/templates")
    return Cdk(app=app, account=account, context={"profile": "small"}, output=output)


def test_a_region_is_prepared_with_our_own_policy_as_rights_and_as_boundary(cdk: Cdk) -> None:
    assert cdk.bootstrap() == [
        *PROGRAM,
        "bootstrap",
        f"aws://{ACCOUNT}/eu-west-3",
        *("--toolkit-stack-name", "GarantToolkit", "--qualifier", "garant"),
        *("--cloudformation-execution-policies", f"arn:aws:iam::{ACCOUNT}:policy/garant-deployment-eu-west-3"),
        *("--custom-permissions-boundary", "garant-deployment-eu-west-3"),
        *("--public-access-block-configuration", "--tags", "garant=GarantToolkit"),
        *ALWAYS,
    ]


def test_stacks_are_deployed_one_after_the_other_and_the_cdk_asks_about_rights(cdk: Cdk) -> None:
    assert cdk.deploy(["GarantData", "GarantGuard"], asks=True) == [
        *PROGRAM,
        *("deploy", "GarantData", "GarantGuard", "--exclusively", "--concurrency", "1"),
        *("--toolkit-stack-name", "GarantToolkit"),
        *("--require-approval", "broadening"),
        *TEMPLATES,
        *ALWAYS,
    ]


def test_only_who_said_yes_is_not_asked(cdk: Cdk) -> None:
    asked, silent = cdk.deploy(["GarantData"], asks=True), cdk.deploy(["GarantData"], asks=False)
    assert ("never" in asked, "never" in silent) == (False, True)
    assert [word for word in silent if word not in asked] == ["never"]


def test_a_comparison_changes_nothing(cdk: Cdk) -> None:
    assert cdk.diff(["GarantData"]) == [
        *PROGRAM,
        *("diff", "GarantData", "--exclusively", "--method", "template"),
        *TEMPLATES,
        *ALWAYS,
    ]


def test_stacks_are_destroyed_in_the_order_given_and_without_another_question(cdk: Cdk) -> None:
    assert cdk.destroy(["GarantBatch", "GarantGuard"]) == [
        *PROGRAM,
        *("destroy", "GarantBatch", "GarantGuard", "--exclusively", "--force"),
        *TEMPLATES,
        *ALWAYS,
    ]


def test_a_path_with_a_space_stays_one_word_for_the_shell_of_the_cdk(account: Account) -> None:
    app = Path("/my sources/infra/app.py")
    words = Cdk(app=app, account=account, output=Path("/cache")).deploy(["GarantData"], asks=True)
    assert shlex.split(words[words.index("--app") + 1])[1] == str(app)


def test_the_node_of_the_wheel_comes_first_and_nobody_is_told_anything(cdk: Cdk) -> None:
    given = {"PATH": "/usr/bin", "AWS_REGION": "us-east-1", "LANG": "fr_FR.UTF-8"}
    given |= {"CDK_DISABLE_CLI_TELEMETRY": "false", "NPM_CONFIG_IGNORE_SCRIPTS": "false"}
    variables = cdk.variables(given)
    assert variables == {
        "PATH": f"{node_folder()}{os.pathsep}/usr/bin",
        "LANG": "fr_FR.UTF-8",
        "AWS_REGION": "eu-west-3",
        "AWS_DEFAULT_REGION": "eu-west-3",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_ignore_scripts": "true",
        "npm_config_update_notifier": "false",
    }
    assert (node_folder() / "node").is_file()


def test_npx_of_the_users_path_is_taken_else_the_one_beside_python(
    npx: NpxStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert npx_program() == str(npx.folder / "npx")
    monkeypatch.setenv("PATH", "/nowhere")
    assert npx_program() == str(Path(sys.executable).with_name("npx"))


def test_without_node_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(MissingPartError, match=r"pip install 'garant\[aws,deploy\]'"):
        node_folder()
