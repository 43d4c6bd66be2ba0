"""What every test may use: the project's folder, real samples, an S3 server, quiet threads."""

import gc
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from garant.cli.app import GARBAGE_AFTER
from s3_server import S3Server, started_s3_server
from worker_groups import keep_modules_together

if TYPE_CHECKING:
    from decision_service import ServedLender
    from postgres_server import PostgresServer
    from spark_cluster import Cluster

if "PYTEST_XDIST_WORKER" in os.environ:
    # Workers share the cores: OpenMP threads of one that wait actively would slow the other down several times.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# Where Python may not keep what it compiled, each of the many commands that tests start compiles garant anew: up to two
# seconds of processor time, more than most of them work.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# As in a command; of a worker's time Python would else spend a fifth on looking for garbage among what stays.
gc.set_threshold(GARBAGE_AFTER)

# The same examples in every run, so that a failure belongs to the change at hand; no deadline, because machines differ.
hypothesis.settings.register_profile("garant", deadline=None, derandomize=True)
hypothesis.settings.load_profile("garant")

ROOT = Path(__file__).resolve().parents[1]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one worker make what the tests of a module share."""
    keep_modules_together(items)


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


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """One server for all tests of a process that need one."""
    folder = tmp_path_factory.mktemp("s3")
    with started_s3_server(folder) as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def s3(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> S3Server:
    """The server, with an environment that leads there and nowhere else."""
    s3_server.require_alive()
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


@pytest.fixture(scope="session")
def postgres() -> Iterator["PostgresServer"]:
    """A real PostgreSQL for all tests of the group ``postgres``; each makes a database of its own."""
    from postgres_server import started_postgres

    with started_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def served_lender(tmp_path_factory: pytest.TempPathFactory) -> "ServedLender":
    """A small lender with two models, for services that are started, killed and asked."""
    from decision_service import served_lender

    own = tmp_path_factory.getbasetemp()
    # Workers of one run have folders side by side.
    return served_lender((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "served")


@pytest.fixture(scope="session", autouse=True)
def _own_keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys of the session: no test makes or reads those of the person who runs it."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("key")
        patch.setenv("GARANT_DEVELOPMENT_KEY", str(folder / "development.key"))
        patch.setenv("GARANT_SUPPRESSION_KEY", str(folder / "suppression.key"))
        patch.setenv("GARANT_MASTER_KEY", str(folder / "master.key"))
        patch.setenv("GARANT_STORE_URL", f"sqlite:///{folder / 'records.db'}")
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
