"""What every test may use: the project's folder, real samples, an S3 server, quiet threads."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import boto3
import hypothesis
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from spark_cluster import Cluster

if "PYTEST_XDIST_WORKER" in os.environ:
    # Workers share the cores: OpenMP threads of one that wait actively would slow the other down several times.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# The same examples in every run, so that a failure belongs to the change at hand; no deadline, because machines differ.
hypothesis.settings.register_profile("garant", deadline=None, derandomize=True)
hypothesis.settings.load_profile("garant")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def project() -> Path:
    """Folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real samples beside the project: they may not be shipped, so whoever lacks them skips."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("real samples are absent (expected in ../shared/data beside the project)")
    return folder


@pytest.fixture(scope="session")
def spark_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Cluster"]:
    """A real cluster of two workers for all tests of the group ``spark``; its processes die with the tests."""
    from garant.engines.spark.java import java_home
    from spark_cluster import started_cluster

    folder = tmp_path_factory.mktemp("cluster") / "spark"
    # As a role gives them to the machines of a cluster.
    keys = {name.upper(): value for name, value in S3Server.admin.items()} | {"AWS_EC2_METADATA_DISABLED": "true"}
    with started_cluster(folder, java_home=java_home(os.environ), variables=keys) as cluster:
        yield cluster


@dataclass(frozen=True, slots=True)
class S3Server:
    """A real S3 server on loopback, with an administrator and somebody who may only read the bucket ``pca``."""

    endpoint: str
    client: Any
    """Client of the administrator, for what a test prepares or looks at by itself."""
    admin: ClassVar = {"aws_access_key_id": "ADMINKEY", "aws_secret_access_key": "hush-admin"}
    reader: ClassVar = {"aws_access_key_id": "READERKEY", "aws_secret_access_key": "hush-reader"}


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """One server for all tests of the group ``s3``; killed at the end, since its data are thrown away anyway."""
    folder = tmp_path_factory.mktemp("s3")
    identities = [
        {"name": "admin", "credentials": [_credentials(S3Server.admin)], "actions": ["Admin"]},
        {"name": "reader", "credentials": [_credentials(S3Server.reader)], "actions": ["Read:pca", "List:pca"]},
    ]
    (folder / "identities.json").write_text(json.dumps({"identities": identities}))
    roles = ("s3", "master", "volume", "filer", "admin")
    names = [name for role in roles for name in (f"{role}.port", f"{role}.port.grpc")]
    ports = dict(zip(names, _free_ports(len(names)), strict=True))
    command = [
        Path(sys.executable).with_name("weed"),
        "mini",
        f"-dir={folder}",
        *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.config={folder / 'identities.json'}"),
        *(f"-{name}={port}" for name, port in ports.items()),
        *("-s3.port.iceberg=0", "-s3.port.lance=0", "-webdav=false", "-admin.ui=false"),
    ]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            endpoint = f"http://127.0.0.1:{ports['s3.port']}"
            with closing(_client(endpoint)) as client:
                _wait_for(client, process, folder / "log")
                yield S3Server(endpoint, client)
        finally:
            process.kill()
            process.wait()
    shutil.rmtree(folder, ignore_errors=True)


def _credentials(keys: dict[str, str]) -> dict[str, str]:
    return {"accessKey": keys["aws_access_key_id"], "secretKey": keys["aws_secret_access_key"]}


def _free_ports(n: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(n)]
        for found in sockets:
            found.bind(("127.0.0.1", 0))
        return [found.getsockname()[1] for found in sockets]


def _client(endpoint: str) -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 2})
    return boto3.client("s3", endpoint_url=endpoint, region_name="eu-west-3", config=config, **S3Server.admin)


def _wait_for(client: Any, process: subprocess.Popen[bytes], log: Path) -> None:  # noqa: ANN401
    """Return when buckets can be made; the bucket ``pca`` is."""
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            client.create_bucket(Bucket="pca")
        except (BotoCoreError, ClientError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the S3 server did not start: {log.read_text()[-2000:]}")


@pytest.fixture
def s3(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> S3Server:
    """The server, with an environment that leads there and nowhere else."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    keys = {name.upper(): value for name, value in S3Server.admin.items()}
    places = {"AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    more = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "eu-west-3", "NO_PROXY": "127.0.0.1"}
    own = {"GARANT_S3_ENDPOINT": s3_server.endpoint, "GARANT_S3_ATTEMPTS": "3"}
    for name, value in {**keys, **places, **more, **own}.items():
        monkeypatch.setenv(name, value)
    return s3_server


@pytest.fixture
def bucket(s3: S3Server) -> Iterator[str]:
    """A new bucket, removed afterwards: each takes a volume, and the server has one for each free GB of the disk."""
    name = f"lender-{secrets.token_hex(6)}"
    s3.client.create_bucket(Bucket=name)
    yield name
    for page in s3.client.get_paginator("list_object_versions").paginate(Bucket=name):
        found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        if found:
            listed = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in found]
            s3.client.delete_objects(Bucket=name, Delete={"Objects": listed, "Quiet": True})
    s3.client.delete_bucket(Bucket=name)


@pytest.fixture(scope="session", autouse=True)
def _own_keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys of the session: no test makes or reads those of the person who runs it."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("key")
        patch.setenv("GARANT_DEVELOPMENT_KEY", str(folder / "development.key"))
        patch.setenv("GARANT_SUPPRESSION_KEY", str(folder / "suppression.key"))
        yield


@pytest.fixture(scope="session")
def spark_session() -> Iterator[Any]:
    """Session of Spark on two cores of this machine, the one of all tests in this process; Java must be there."""
    from garant.engines.spark.session import SparkOptions, open_session

    with pytest.MonkeyPatch.context() as patch:
        # Code that runs for seconds is not worth Java's second compiler: 40 % less CPU for a matrix of few clients.
        patch.setenv("SPARK_SUBMIT_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        session, _ = open_session(SparkOptions(master="local[2]"))
    yield session
    session.stop()
