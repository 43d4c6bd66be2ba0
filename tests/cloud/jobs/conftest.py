"""A platform to run jobs on: stacks and machines in moto, buckets on a real S3 server, executions that scripts play."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aws_server import AwsServer
from garant.cli.app import run
from job_platform import BUCKETS, Platform, Said, deploy, empty_bucket, packed
from s3_server import S3Server
from scripted_cloud import ScriptedCloud, scripted_cloud
from worker_groups import keep_together

if TYPE_CHECKING:
    from decision_service import ServedLender


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one worker have the platform."""
    keep_together(items, Path(__file__).parent, "aws", fixtures=["platform", "played"])


@pytest.fixture(scope="session")
def played(aws_server: AwsServer) -> Iterator[ScriptedCloud]:
    """The proxy before the AWS of the tests."""
    with scripted_cloud(aws_server) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def job_buckets(s3_server: S3Server) -> S3Server:
    """The buckets of the platform, made once: each takes a volume of the server."""
    for name in BUCKETS.values():
        s3_server.client.create_bucket(Bucket=name)
    return s3_server


@pytest.fixture(scope="session")
def environment_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive that holds no program, only what is looked at: names of packages and an interpreter."""
    return packed(tmp_path_factory.mktemp("environment") / "environment.tar.gz")


@pytest.fixture
def platform(
    aws: AwsServer,
    played: ScriptedCloud,
    job_buckets: S3Server,
    served_lender: "ServedLender",
    environment_archive: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Platform]:
    """The platform as it is after its deployment, with empty buckets."""
    job_buckets.require_alive()
    for name in BUCKETS.values():
        empty_bucket(job_buckets.client, name)
    played.forget()
    played.application_id = deploy(aws)
    keys = {name.upper(): value for name, value in S3Server.admin.items()}
    own = {
        "AWS_ENDPOINT_URL": played.endpoint,
        "GARANT_S3_ENDPOINT": job_buckets.endpoint,
        "GARANT_CLOUD_POLL_SECONDS": "0.1",
        "GARANT_SUPPRESSION_KEY": str(tmp_path / "suppression.key"),
    }
    for name, value in {**keys, **served_lender.variables, **own}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> Said:
        capsys.readouterr()
        code = run(["cloud", *arguments])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    yield Platform(
        played, job_buckets.client, served_lender.lender, served_lender.bundles[0], environment_archive, command
    )
    played.forget()
