"""An account of AWS for the tests of `garant cloud`."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from aws_server import AwsServer, started_aws_server
from worker_groups import keep_together


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one worker have the server."""
    keep_together(items, Path(__file__).parent, "aws", fixtures=["aws_server"])


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
