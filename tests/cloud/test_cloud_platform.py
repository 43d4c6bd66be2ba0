"""`garant cloud deploy | status | stop | destroy`, as a person types them."""

import csv
import io
import json
import shlex
from pathlib import Path

import pytest

from aws_server import ACCOUNT, REGION, AwsServer
from cloud_world import World
from garant.cli.app import run
from garant.cloud import names
from garant.cloud.standing import databases
from garant.cloud.standing.thing import Standing
from garant.exceptions import CloudError
from npx_stand_in import NpxStandIn

RAW = names.bucket_name("raw", account=ACCOUNT, region=REGION)
PLATFORM = ["GarantData", "GarantGuard", "GarantBatch"]


@pytest.fixture(autouse=True)
def _here(aws: AwsServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert aws.endpoint
    app = tmp_path / "infra" / "app.py"
    app.parent.mkdir()
    app.touch()
    monkeypatch.setattr("garant.cloud.deployment.infra_app", lambda: app)
    monkeypatch.setenv("GARANT_CACHE_FOLDER", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


class _Keyboard(io.StringIO):
    """What a person types at a terminal."""

    def isatty(self) -> bool:
        return True


def _types(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", _Keyboard(text))
    monkeypatch.setattr("sys.stderr", _Keyboard())


# ---------------------------------------------------------------- deploy


@pytest.mark.parametrize("command", [["deploy", "--yes"], ["status"], ["stop"], ["destroy", "--yes"]], ids=" ".join)
@pytest.mark.parametrize("region", ["eu-west-2", "eu-central-2"])
def test_no_command_leaves_the_union(
    command: list[str], region: str, aws: AwsServer, npx: NpxStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    before = aws.requests()
    assert run(["cloud", *command, "--region", region]) == 2
    assert f"Region {region} is outside the European Union" in capsys.readouterr().err
    assert (aws.requests(), npx.started()) == (before, [])


def test_account_and_region_are_shown_and_confirmed_before_anything_is_made(
    aws: AwsServer, npx: NpxStandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _types(monkeypatch, "no\n")
    assert run(["cloud", "deploy"]) == 2
    said = capsys.readouterr().out
    assert f"Account {ACCOUNT} (arn:aws:sts::{ACCOUNT}:user/moto), region eu-west-3" in said
    assert "GarantToolkit (what AWS CDK needs in a region), then GarantData, GarantGuard, GarantBatch" in said
    assert "12 vCPU and 60 GB for 30 minutes at most" in said
    assert "kms_key: 1 USD per month" in said
    assert "s3_storage: eu-west-3: 0.024 USD per GB-month" in said
    assert npx.started() == []
    assert aws.client("iam").list_policies(Scope="Local")["Policies"] == []


def test_a_region_without_a_source_says_so(npx: NpxStandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cloud", "deploy", "--region", "eu-south-2", "--yes"]) == 0
    assert "s3_storage: no source of a price in eu-south-2" in capsys.readouterr().out
    assert npx.started()[-1].variables["AWS_REGION"] == "eu-south-2"


def test_without_a_terminal_nobody_can_say_yes(npx: NpxStandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cloud", "deploy"]) == 2
    asked = f"Deploy into account {ACCOUNT}, region eu-west-3? There is no terminal to ask at: give --yes."
    assert asked in capsys.readouterr().err
    assert npx.started() == []


def test_yes_at_the_terminal_deploys_and_the_cdk_asks_about_rights(
    npx: NpxStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    _types(monkeypatch, "yes\n")
    assert run(["cloud", "deploy", "--profile", "medium", "--mail", "risk@lender.example", "--notebooks"]) == 0
    bootstrap, deploy = npx.started()
    assert bootstrap.argv[2] == "bootstrap"
    assert deploy.argv[2:6] == ["deploy", *PLATFORM]
    assert deploy.argv[deploy.argv.index("--require-approval") + 1] == "broadening"
    told = [deploy.argv[at + 1] for at, word in enumerate(deploy.argv) if word == "--context"]
    assert sorted(told[1:]) == ["interactive=true", "mail=risk@lender.example", "profile=medium"]


def test_given_yes_the_cdk_does_not_ask_either(npx: NpxStandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cloud", "deploy", "--yes", "--serving"]) == 0
    said = capsys.readouterr().out
    assert "  load_balancer: 730 hours, no source" in said
    assert "  database_t4g_small: 1,460 hours, no source" in said
    assert "No price of it is known; without a source in eu-west-3: fargate_vcpu, fargate_memory, load_balancer" in said
    deploy = npx.started()[-1]
    assert deploy.argv[2:7] == ["deploy", *PLATFORM, "GarantServing"]
    assert deploy.argv[deploy.argv.index("--require-approval") + 1] == "never"
    assert "serving=true" in deploy.argv


def test_a_plan_prints_the_commands_and_runs_none(
    aws: AwsServer, npx: NpxStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["cloud", "deploy", "--plan"]) == 0
    lines = [shlex.split(line) for line in capsys.readouterr().out.splitlines()]
    assert [line[3] for line in lines] == ["diff", "bootstrap", "deploy"]
    assert npx.started() == []
    assert run(["cloud", "deploy", "--yes"]) == 0
    assert [one.argv for one in npx.started()][1] == [
        word if word != "broadening" else "never" for word in lines[2][1:]
    ]
    assert aws.endpoint


def test_a_deployment_that_was_broken_off_says_that_it_goes_on(
    world: World, npx: NpxStandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.stack(names.GUARD)
    monkeypatch.setattr("garant.cloud.stacks.Stack.is_in_work", property(lambda stack: stack.name == names.GUARD))
    npx.fail("deploy")
    assert run(["cloud", "deploy", "--yes"]) == 3
    said = capsys.readouterr()
    assert "CloudFormation is at work on GarantGuard" in said.out
    assert "run the same command again" in " ".join(said.err.split())


# ---------------------------------------------------------------- status


def test_where_nothing_is_nothing_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cloud", "status"]) == 0
    assert f"Nothing of garant is in account {ACCOUNT}, region eu-west-3" in capsys.readouterr().out


def test_a_platform_at_rest_costs_storage_and_the_key(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.data()
    world.stack(names.BATCH)
    world.application()
    world.s3.put_object(Bucket=RAW, Key="application.csv", Body=b"x" * 1000)
    assert run(["cloud", "status"]) == 0
    said = capsys.readouterr().out
    assert "GarantData (CREATE_COMPLETE), GarantBatch (CREATE_COMPLETE)" in said
    assert "Known, a month: 1.00 USD for storage and keys, 0.00 USD for what works." in said
    assert "without a source" not in said
    assert "Price: 1 USD per month (AWS, Key Management Service pricing; read 2026-11-30)." in said


def test_what_works_is_told_by_the_exit_code_and_unknown_prices_stand_apart(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.data()
    world.job(world.application())
    world.database()
    assert run(["cloud", "status"]) == 1
    said = capsys.readouterr().out
    assert [line.split()[-3:] for line in said.splitlines() if line.startswith("job ")] == [["while", "it", "works"]]
    (database,) = [line for line in said.splitlines() if line.startswith("database")]
    assert database.rstrip().endswith("no source")
    assert "On top comes, without a source of its price in eu-west-3: database." in said
    assert "garant cloud stop" in said


def test_status_is_read_by_programs(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    key = world.data()
    world.database()
    assert run(["cloud", "status", "--output", "json"]) == 1
    status = json.loads(capsys.readouterr().out)
    assert (status["account"], status["region"]) == (ACCOUNT, "eu-west-3")
    assert status["stacks"] == [{"name": "GarantData", "status": "CREATE_COMPLETE"}]
    things = {thing["name"]: thing for thing in status["things"]}
    assert (things[key]["usd_per_month"], things[key]["no_source"]) == (1.0, "")
    ledger = things["garant-ledger"]
    assert (ledger["usd_per_month"], ledger["no_source"]) == (None, "database_t4g_micro, database_storage")
    assert status["totals"] == {"at_rest_usd": 1.0, "other_usd": 0, "unknown": ["database"], "works": ["database"]}
    assert run(["cloud", "status", "--output", "csv"]) == 1
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["name"] for row in rows} == set(things)


def test_what_could_not_be_looked_at_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.data()

    def denied(*_given: object) -> list[Standing]:
        raise CloudError("rds describe-db-instances in eu-west-3: access denied.")

    monkeypatch.setattr(databases, "find", denied)
    assert run(["cloud", "status"]) == 1
    said = capsys.readouterr()
    assert "not looked at, and it may cost: database, snapshot: rds describe-db-instances" in " ".join(said.err.split())
    assert "1.00 USD for storage and keys" in said.out
    assert run(["cloud", "destroy", "--data", "--confirm", "GarantData"]) == 3
    assert len(world.s3.list_buckets()["Buckets"]) == len(names.BUCKETS)


# ---------------------------------------------------------------- stop


def test_stop_ends_jobs_and_says_what_it_ended(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    job = world.job(world.application())
    assert run(["cloud", "stop"]) == 0
    said = capsys.readouterr().out
    assert [line.split() for line in said.splitlines() if line.startswith("job")] == [["job", job, "CANCELLED"]]
    assert run(["cloud", "stop"]) == 0
    assert "Nothing works there." in capsys.readouterr().out


def test_the_service_is_ended_only_after_a_yes(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.stack(names.SERVING)
    assert run(["cloud", "stop", "--serving"]) == 2
    assert "Its record of decisions stays as a snapshot" in capsys.readouterr().err
    assert run(["cloud", "stop", "--serving", "--yes", "--output", "json"]) == 0
    ended = json.loads(capsys.readouterr().out)
    assert ended == [{"kind": "stack", "name": "GarantServing", "state": "DELETE_COMPLETE"}]


# ---------------------------------------------------------------- destroy


def test_destroy_keeps_the_data_and_asks(
    world: World, npx: NpxStandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.data()
    world.stack(names.BATCH)
    _types(monkeypatch, "\n")
    assert run(["cloud", "destroy"]) == 2
    assert npx.started() == []
    _types(monkeypatch, "yes\n")
    assert run(["cloud", "destroy"]) == 0
    (started,) = npx.started()
    assert started.argv[2:6] == ["destroy", "GarantBatch", "--exclusively", "--force"]
    assert run(["cloud", "status"]) == 0
    assert "1.00 USD for storage and keys" in capsys.readouterr().out


def test_the_name_of_the_data_must_be_typed(
    world: World, npx: NpxStandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.data()
    for size in (1, 2, 3):
        world.s3.put_object(Bucket=RAW, Key="application.csv", Body=b"x" * size)
    assert run(["cloud", "destroy", "--data", "--yes"]) == 2
    assert "There is no terminal to ask at: give --confirm GarantData" in " ".join(capsys.readouterr().err.split())
    assert run(["cloud", "destroy", "--data", "--confirm", "garantdata"]) == 2
    _types(monkeypatch, "yes\n")
    assert run(["cloud", "destroy", "--data"]) == 2
    assert f"bucket {RAW}: 1 object 3 bytes, 2 older versions 3 bytes" in capsys.readouterr().out
    assert npx.started() == []
    assert len(world.s3.list_buckets()["Buckets"]) == len(names.BUCKETS)
    _types(monkeypatch, "GarantData\n")
    assert run(["cloud", "destroy", "--data"]) == 0
    assert [one.argv[2:4] for one in npx.started()] == [["destroy", "GarantData"]]
    assert world.s3.list_buckets()["Buckets"] == []
    capsys.readouterr()
    assert run(["cloud", "status"]) == 0
    assert "Nothing of garant is in account" in capsys.readouterr().out


def test_a_removal_of_data_goes_on_without_stacks_and_without_the_cdk(
    world: World, npx: NpxStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.bucket(RAW, names.DATA)
    monkeypatch.setattr("garant.cloud.deployment.infra_app", lambda: pytest.fail("the templates are not needed"))
    assert run(["cloud", "destroy", "--data", "--confirm", "GarantData"]) == 0
    assert (world.s3.list_buckets()["Buckets"], npx.started()) == ([], [])


def test_a_plan_of_a_removal_prints_its_command(
    world: World, npx: NpxStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    world.data()
    world.stack(names.BATCH)
    assert run(["cloud", "destroy", "--data", "--plan"]) == 0
    assert shlex.split(capsys.readouterr().out)[3:6] == ["destroy", "GarantBatch", "GarantData"]
    assert npx.started() == []
