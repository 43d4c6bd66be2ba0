"""An account of AWS for the tests of `garant cloud`."""

import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import botocore.loaders
import pytest

from aws_server import AwsServer, started_aws_server
from cloud_world import World
from garant.cloud.account import Account, open_account
from garant.settings import load_settings
from npx_stand_in import NpxStandIn
from worker_groups import keep_together


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one worker have the server."""
    keep_together(items, Path(__file__).parent, "aws", fixtures=["aws_server"])


@pytest.fixture(scope="session", autouse=True)
def _descriptions_are_read_once() -> Iterator[None]:
    """Let all sessions of a process share what boto3 reads of its services: half of what a short command does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", cache(botocore.loaders.create_loader))
        yield


@pytest.fixture(scope="session")
def aws_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    """One server for all tests of a process that need one."""
    folder = tmp_path_factory.mktemp("aws")
    with started_aws_server(folder) as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def aws(aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch) -> AwsServer:
    """An empty account, and an environment that leads there and nowhere else."""
    aws_server.forget()
    for name in [name for name in os.environ if name.startswith(("AWS_", "GARANT_"))]:
        monkeypatch.delenv(name)
    for name, value in aws_server.variables().items():
        monkeypatch.setenv(name, value)
    return aws_server


@pytest.fixture
def npx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NpxStandIn:
    """A stand-in for AWS CDK, first on PATH."""
    stand_in = NpxStandIn(tmp_path / "npx")
    monkeypatch.setenv("PATH", os.pathsep.join([str(stand_in.folder), os.environ["PATH"]]))
    return stand_in


@pytest.fixture
def world(aws: AwsServer) -> World:
    """What a test puts into the empty account."""
    return World(aws)


@pytest.fixture(scope="session")
def _first_account(aws_server: AwsServer) -> Account:
    """Open an account once: its clients are made from large descriptions of services."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("AWS_", "GARANT_"))]:
            patch.delenv(name)
        for name, value in aws_server.variables().items():
            patch.setenv(name, value)
        return open_account(load_settings())


@pytest.fixture
def account(_first_account: Account, aws: AwsServer) -> Account:
    """The account as garant sees it, empty."""
    assert aws.endpoint
    return _first_account
