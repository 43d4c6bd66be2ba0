"""Scoring on a real cluster: with a worker or the driver killed, or without a common disk, the run is the same."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from garant.storage import LocalRuns, manifest_digest, sha256_file
from spark_cluster import Cluster

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]

Server = Any
"""The S3 server, as the fixture gives it."""

PART_ROWS = 40
"""Clients of a part: a small lender has some twenty parts, so that there is work left when somebody dies."""

SCRIPT = f"""
import sys
from garant.runs import matrix
matrix.PART_ROWS = {PART_ROWS}
from garant.cli.app import main
sys.argv[0] = "garant"
main()
"""

SECONDS = 300.0
"""No run takes so long, however busy the machine is."""


@dataclass(frozen=True, slots=True)
class Place:
    """A lender and a model of a dozen features, what the undisturbed run is like, and how to run."""

    folder: Path
    cluster: Cluster

    def start(
        self,
        out: Path | str,
        *,
        engine: str,
        lender: Path | str = "",
        model: Path | str = "",
        cache: Path | None = None,
        before: Sequence[str] = (),
    ) -> "subprocess.Popen[str]":
        """Start scoring into `out`; other places than this one's own may be named, and what the command runs under."""
        variables = {
            "GARANT_CACHE_FOLDER": str(cache or self.folder / "cache"),
            "GARANT_THREADS": "1",
            "GARANT_MEMORY_LIMIT": "1GB",
            "GARANT_SPARK_MASTER": self.cluster.url,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }
        # As a user types them: a worker runs in another folder.
        where = ("score", str(lender or "lender"), "--bundle", str(model or "model"))
        typed = os.path.relpath(out, self.folder) if isinstance(out, Path) else out
        options = ("--out", typed, "--engine", engine, "--output", "json")
        return subprocess.Popen(
            [*before, sys.executable, "-c", SCRIPT, *where, *options],
            env={**os.environ, **variables},
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self, process: "subprocess.Popen[str]") -> str:
        """Wait for a run; return its manifest digest."""
        said, error = process.communicate(timeout=SECONDS)
        assert process.returncode in {0, 1}, error[-3000:]
        return json.loads(said)["manifest_digest"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, spark_cluster: Cluster) -> Place:
    folder = tmp_path_factory.mktemp("killed")
    lender, model = str(folder / "lender"), str(folder / "model")
    for step in (
        ["synth", lender, "--scale", "0.002", "--format", "parquet"],
        ["train", lender, "--bundle", model, "--fast", "--features", "12", "--members", "2", "--no-challenger"],
    ):
        variables = {**os.environ, "GARANT_CACHE_FOLDER": str(folder / "cache"), "GARANT_THREADS": "1"}
        command = [sys.executable, "-m", "garant", *step]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode in {0, 1}, done.stderr
    return Place(folder, spark_cluster)


@pytest.fixture(scope="module")
def undisturbed(place: Place) -> str:
    """Manifest digest of the run on a laptop: that of an undisturbed cluster is the same."""
    return place.finish(place.start(place.folder / "undisturbed", engine="duckdb"))


@pytest.fixture(autouse=True)
def _whole_cluster(place: Place) -> Iterator[None]:
    """Leave as many workers as were found."""
    yield
    place.cluster.replace_dead()


def await_parts(process: "subprocess.Popen[str]", out: Path, pattern: str, n: int = 1) -> None:
    """Return when `n` files of the attempt are there whole."""
    deadline = time.monotonic() + SECONDS
    while len(list(out.glob(f"run_id=*/attempt=*/{pattern}"))) < n:
        assert process.poll() is None, process.communicate()[1][-3000:]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def kill_driver(process: "subprocess.Popen[str]") -> None:
    """``kill -9`` the driver; its JVM notices and goes."""
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    _, alive = psutil.wait_procs(children, timeout=60)
    assert not alive


def check_whole(out: Path, digest: str) -> None:
    """The pointer leads to one committed attempt that is what the manifest says; nothing else is there."""
    run = LocalRuns(out).current()
    assert manifest_digest(run.manifest) == digest
    assert len(list(run.folder.glob("scores/part-0*.parquet"))) > 10
    found = {file.relative_to(run.folder).as_posix() for file in run.folder.rglob("*") if file.is_file()}
    assert found == {*run.manifest["files"], "manifest.json"}
    assert all(sha256_file(run.folder / name) == said["sha256"] for name, said in run.manifest["files"].items())
    assert not [path for path in out.rglob("*") if ".partial" in path.name]
    assert [path.name for path in out.glob("run_id=*/attempt=*")] == [run.folder.name]


@pytest.mark.faults
def test_a_run_whose_worker_is_killed_after_the_first_committed_task_ends_as_if_nothing_had_been(
    place: Place, undisturbed: str, tmp_path: Path
) -> None:
    process = place.start(tmp_path, engine="spark")
    await_parts(process, tmp_path, "matrix/part-*.parquet")
    place.cluster.workers[0].kill()
    assert place.finish(process) == undisturbed
    check_whole(tmp_path, undisturbed)


@pytest.mark.faults
def test_a_run_whose_driver_is_killed_is_made_again_by_the_same_command(
    place: Place, undisturbed: str, tmp_path: Path
) -> None:
    process = place.start(tmp_path, engine="spark")
    await_parts(process, tmp_path, "scores/part-*.parquet")
    kill_driver(process)
    assert not list(tmp_path.glob("current.json"))
    assert place.finish(place.start(tmp_path, engine="spark")) == undisturbed
    check_whole(tmp_path, undisturbed)


@pytest.mark.faults
def test_tables_and_runs_in_a_bucket_need_no_disk_that_workers_share_with_the_driver(
    place: Place, undisturbed: str, tmp_path: Path, s3: Server, bucket: str
) -> None:
    for kind in ("lender", "model"):
        for file in sorted((place.folder / kind).rglob("*")):
            if file.is_file():
                s3.client.upload_file(str(file), bucket, f"{kind}/{file.relative_to(place.folder / kind).as_posix()}")
    # A disk that only the driver and its children see, as if the workers were other machines.
    cache = tmp_path / "cache"
    cache.mkdir()
    alone = ("unshare", "-m", "sh", "-c", f'mount -t tmpfs tmpfs {cache} && exec "$@"', "sh")
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a disk that others do not see")
    places = {kind: f"s3://{bucket}/{kind}" for kind in ("lender", "model")}
    out = f"s3://{bucket}/runs"
    assert place.finish(place.start(out, engine="spark", cache=cache, before=alone, **places)) == undisturbed
    assert not list(cache.iterdir())
    keys = [o["Key"] for o in s3.client.list_objects_v2(Bucket=bucket, Prefix="runs/")["Contents"]]
    manifest = json.loads(s3.client.get_object(Bucket=bucket, Key=_only(keys, "/manifest.json"))["Body"].read())
    folder = _only(keys, "/manifest.json").removesuffix("manifest.json")
    inside = {key.removeprefix(folder) for key in keys if key.startswith(folder)}
    assert inside == {*manifest["files"], "manifest.json", ".writer"}
    left = [path for worker in place.cluster.workers for path in worker.folder.rglob("garant-task-*")]
    assert not left


def _only(keys: list[str], end: str) -> str:
    [found] = [key for key in keys if key.endswith(end)]
    return found


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(10))
def test_whoever_is_killed_at_whatever_moment_the_run_is_the_same(
    place: Place, undisturbed: str, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)  # noqa: S311 - which moment is no secret
    process = place.start(tmp_path, engine="spark")
    await_parts(process, tmp_path, f"{rng.choice(['matrix', 'scores'])}/part-*.parquet", rng.randint(1, 12))
    time.sleep(rng.random())
    victim = rng.choice(["worker", "driver", "python"])
    if process.poll() is None and victim == "driver":
        kill_driver(process)
        process = place.start(tmp_path, engine="spark")
    elif victim == "worker":
        rng.choice(place.cluster.workers).kill()
    elif victim == "python":
        rng.choice(place.cluster.workers).kill_python()
    assert place.finish(process) == undisturbed
    check_whole(tmp_path, undisturbed)
