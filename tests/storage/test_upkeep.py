"""Runs that are rewritten, swept and listed, on a disk and in a bucket that keeps versions."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from garant.exceptions import RunError, StorageError
from garant.settings import Settings, load_settings
from garant.storage import Location, Run, S3Location, manifest_digest, sha256_file, staging
from garant.storage.local_upkeep import LEFT
from garant.storage.s3_upkeep import ABANDONED_SECONDS
from garant.storage.upkeep import RunUpkeep
from garant.storage.writer import writer_mark

MakeSettings = Callable[[], Settings]

Client = Any
"""Client of boto3, which makes its classes at run time."""

SCRIPT = """
import sys
from garant.settings import load_settings
from garant.storage import *

place = parse_location(sys.argv[2])
with staging(load_settings()) as at:
    if sys.argv[1] == "write":
        runs = at.runs(place)
        run = runs.start("abc")
        (run.folder / "a.txt").write_text("ann, bob")
        (run.folder / "b.txt").write_text("all")
        runs.commit(run, {"rows": 2})
    elif sys.argv[1] == "rewrite":
        runs = at.upkeep(place)
        old = runs.committed("abc")
        if old.manifest["rows"] == 2:
            new = runs.start("abc", after=old.attempt)
            (new.folder / "a.txt").write_text("bob")
            runs.supersede(old, new, {**old.manifest, "rows": 1}, kept=["b.txt"])
        runs.settle("abc")
"""

LOCAL_POINTS = ["storage.attempt", "storage.commit", "storage.superseded", "storage.repointed", "storage.removed"]
S3_POINTS = [
    "s3.commit",
    "s3.superseded",
    *(
        pytest.param(point, marks=pytest.mark.faults)
        for point in ("s3.attempt", "s3.put:1", "s3.put:2", "s3.repointed", "s3.removed")
    ),
]


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of runs in one kind of store, and what a test sees of it by itself."""

    out: Location
    contents: Callable[[], dict[str, bytes]]
    """Everything that a reader could find, old versions included, but marks of writers."""

    def script(self, what: str, point: str = "") -> int:
        """Write or rewrite the run in a process of its own, which dies at a failpoint if one is named."""
        variables = {**os.environ, **({"GARANT_FAILPOINT": point} if point else {})}
        return subprocess.run(
            [sys.executable, "-c", SCRIPT, what, str(self.out)], env=variables, check=False
        ).returncode

    @contextmanager
    def upkeep(self) -> Generator[RunUpkeep]:
        """The folder, opened."""
        with staging(load_settings()) as at:
            yield at.upkeep(self.out)


def local_store(folder: Path) -> Store:
    def contents() -> dict[str, bytes]:
        files = (file for file in folder.rglob("*") if file.is_file() and ".partial" not in str(file))
        return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}

    folder.mkdir()
    return Store(folder, contents)


def s3_store(client: Client, bucket: str) -> Store:
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    def contents() -> dict[str, bytes]:
        answer = client.list_object_versions(Bucket=bucket, Prefix="runs/")
        found: dict[str, bytes] = {}
        for version in answer.get("Versions", ()):
            name = version["Key"].removeprefix("runs/") + ("" if version["IsLatest"] else f"@{version['VersionId']}")
            of = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
            if not version["Key"].endswith("/.writer"):
                found[name] = client.get_object(**of)["Body"].read()
        return found

    return Store(S3Location(bucket, "runs"), contents)


@pytest.fixture(params=["local", pytest.param("s3", marks=pytest.mark.xdist_group("s3"))])
def store(request: pytest.FixtureRequest, settings: MakeSettings, tmp_path: Path) -> Store:
    """An empty folder of runs on a disk, or in a bucket that keeps versions."""
    settings()
    if request.param == "local":
        return local_store(tmp_path / "runs")
    return s3_store(request.getfixturevalue("client"), request.getfixturevalue("bucket"))


def write(runs: RunUpkeep, text: str = "ann, bob", run_id: str = "abc") -> Run:
    """Commit a run of two files."""
    run = runs.start(run_id)
    (run.folder / "a.txt").write_text(text)
    (run.folder / "b.txt").write_text("all")
    return runs.commit(run, {"rows": 2})


def same(run: Run | None) -> tuple[str, int, dict[str, Any]]:
    """What tells one attempt from another, wherever its files are on this machine."""
    assert run is not None
    return run.run_id, run.attempt, dict(run.manifest)


def rewrite(runs: RunUpkeep, old: Run, text: str) -> Run | None:
    """Commit another attempt whose first file is another."""
    new = runs.start(old.run_id, after=old.attempt)
    (new.folder / "a.txt").write_text(text)
    return runs.supersede(old, new, {**old.manifest, "rows": 1}, kept=["b.txt"])


# ---------------------------------------------------------------- rewriting


def test_a_rewritten_run_replaces_the_old_one_and_nothing_of_it_is_left(store: Store) -> None:
    with store.upkeep() as runs:
        old = write(runs)
        new = rewrite(runs, old, "bob")
        assert new is not None
        assert same(runs.current()) == same(old)
        removed, tells_versions = runs.settle("abc")
        assert tells_versions
        assert [attempt.is_removed for attempt in removed] == [True]
        found = runs.current()
        assert same(found) == same(new)
        assert (found.attempt, found.manifest["supersedes"], found.manifest["rows"]) == (2, [1], 1)
        assert found.manifest["files"]["b.txt"] == old.manifest["files"]["b.txt"]
        for name, said in found.manifest["files"].items():
            assert sha256_file(runs.file(found, name)) == said["sha256"]
    texts = store.contents()
    assert {name for name in texts if "attempt=" in name} == {
        f"run_id=abc/attempt=2/{name}" for name in ("a.txt", "b.txt", "manifest.json")
    }
    assert not [name for name, text in texts.items() if b"ann" in text]


def test_a_second_rewriting_remembers_all_attempts_before(store: Store) -> None:
    with store.upkeep() as runs:
        second = rewrite(runs, write(runs), "bob")
        assert second is not None
        third = rewrite(runs, second, "")
        assert third is not None
        assert third.manifest["supersedes"] == [1, 2]
        runs.settle("abc")
        assert [run.attempt for run in runs.all_committed()] == [3]
        assert runs.sweep() == []


def test_the_attempt_is_no_part_of_the_digest_of_a_manifest(store: Store) -> None:
    with store.upkeep() as runs:
        run = write(runs)
        assert manifest_digest({**run.manifest, "supersedes": [1]}) == manifest_digest(run.manifest)
        assert manifest_digest({**run.manifest, "rows": 3}) != manifest_digest(run.manifest)


def test_of_two_that_rewrite_one_attempt_the_second_is_told_and_leaves_nothing(store: Store) -> None:
    with store.upkeep() as runs:
        old = write(runs)
        first = rewrite(runs, old, "bob")
        assert rewrite(runs, old, "ann") is None
        runs.settle("abc")
        assert same(runs.committed("abc")) == same(first)
    assert not [name for name, text in store.contents().items() if b"ann" in text]


def test_whoever_takes_out_one_after_the_other_at_once_takes_out_all(store: Store) -> None:
    names = ["ann", "bob", "cleo", "dan"]
    with store.upkeep() as runs:
        write(runs, ", ".join(names))

    def take_out(name: str) -> None:
        with store.upkeep() as mine:
            while True:
                old = mine.committed("abc")
                assert old is not None
                try:
                    left = [each for each in mine.file(old, "a.txt").read_text().split(", ") if each != name]
                    if rewrite(mine, old, ", ".join(left)) is not None:
                        mine.settle("abc")
                        return
                except (OSError, StorageError):
                    continue  # its files went while they were taken over

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(take_out, names[:3]))
    with store.upkeep() as runs:
        found = runs.current()
        assert runs.file(found, "a.txt").read_text() == "dan"
        assert same(runs.committed("abc")) == same(found)


def test_what_the_loser_of_a_race_sent_is_gone_too_although_its_number_is_used_again(store: Store) -> None:
    with store.upkeep() as runs, store.upkeep() as other:
        first, second = (each.start("abc") for each in (runs, other))
        for run in (first, second):
            (run.folder / "a.txt").write_text("ann, bob")
            (run.folder / "b.txt").write_text("all")
        old = runs.commit(first, {"rows": 2})
        assert other.commit(second, {"rows": 2}).attempt == old.attempt
        new = rewrite(runs, old, "bob")
        assert new is not None
        assert new.attempt == second.attempt
        runs.settle("abc")
    assert not [name for name, text in store.contents().items() if b"ann" in text]


def test_a_pointer_to_another_run_stays_there(store: Store) -> None:
    with store.upkeep() as runs:
        old, other = write(runs), write(runs, run_id="xyz")
        rewrite(runs, old, "bob")
        runs.settle("abc")
        assert same(runs.current()) == same(other)


def test_a_reader_with_a_pointer_of_before_is_led_to_the_successor(store: Store) -> None:
    with store.upkeep() as runs:
        old = write(runs)
        new = rewrite(runs, old, "bob")
        assert new is not None
        runs.settle("abc")
        # What a reader knows who read the pointer just before it moved.
        runs.point_to(old)
        assert same(runs.current()) == same(new)


def test_a_pointer_that_stands_there_is_not_written_again(store: Store) -> None:
    with store.upkeep() as runs:
        run = write(runs)
        before = store.contents()
        stamps = {p: p.stat().st_mtime_ns for p in store.out.rglob("*")} if isinstance(store.out, Path) else None
        runs.point_to(run)
        assert store.contents() == before
        if isinstance(store.out, Path):
            assert stamps == {p: p.stat().st_mtime_ns for p in store.out.rglob("*")}


def check_one_state(store: Store) -> None:
    """Whoever follows the pointer finds every file as its manifest says: all of before or all of after."""
    with store.upkeep() as runs:
        found = runs.current()
        texts = {name: runs.file(found, name).read_text() for name in found.manifest["files"]}
        assert texts == {"a.txt": "ann, bob" if found.manifest["rows"] == 2 else "bob", "b.txt": "all"}
        for name, said in found.manifest["files"].items():
            assert sha256_file(runs.file(found, name)) == said["sha256"]


def kill_while_rewriting(store: Store, point: str) -> None:
    assert store.script("write") == 0
    assert store.script("rewrite", point) == -signal.SIGKILL
    check_one_state(store)
    assert store.script("rewrite") == 0
    check_one_state(store)
    with store.upkeep() as runs:
        assert runs.current().manifest["rows"] == 1
        runs.sweep()
    texts = store.contents()
    assert not [name for name, text in texts.items() if b"ann" in text]
    assert sum(name.endswith("/a.txt") for name in texts) == 1


@pytest.mark.parametrize("point", LOCAL_POINTS)
def test_a_rewriting_killed_on_a_disk_leaves_one_state_and_the_next_call_finishes(
    settings: MakeSettings, tmp_path: Path, point: str
) -> None:
    settings()
    kill_while_rewriting(local_store(tmp_path / "runs"), point)


@pytest.mark.xdist_group("s3")
@pytest.mark.parametrize("point", S3_POINTS)
def test_a_rewriting_killed_in_a_bucket_leaves_one_state_and_the_next_call_finishes(
    client: Client, bucket: str, settings: MakeSettings, point: str
) -> None:
    settings()
    kill_while_rewriting(s3_store(client, bucket), point)


# ---------------------------------------------------------------- sweeping


def test_the_attempt_of_a_dead_writer_is_swept_and_that_of_a_living_one_is_left(store: Store) -> None:
    point = "storage.commit" if isinstance(store.out, Path) else "s3.commit"
    assert store.script("write", point) == -signal.SIGKILL
    with store.upkeep() as runs, store.upkeep() as other:
        living = other.start("xyz")
        (living.folder / "a.txt").write_text("mine")
        swept = runs.sweep()
        assert [(str(a.place), a.is_removed) for a in swept] == [
            (f"{store.out}/run_id=abc/attempt=1", True),
            (f"{store.out}/run_id=xyz/attempt=1", False),
        ]
        assert ("its writer lives" in swept[1].why) or swept[1].why == LEFT
        assert store.contents() == ({"run_id=xyz/attempt=1/a.txt": b"mine"} if isinstance(store.out, Path) else {})
        assert other.commit(living, {}).attempt == living.attempt
        assert runs.sweep() == []


def test_a_committed_run_is_never_swept(store: Store) -> None:
    with store.upkeep() as runs:
        run = write(runs)
        before = store.contents()
        assert runs.sweep() == []
        assert store.contents() == before
        assert list(map(same, runs.all_committed())) == [same(run)]


def test_what_a_killed_writer_left_beside_a_committed_run_is_swept(store: Store) -> None:
    with store.upkeep() as runs:
        write(runs)
    point = "storage.commit" if isinstance(store.out, Path) else "s3.commit"
    assert store.script("rewrite", point) == -signal.SIGKILL
    with store.upkeep() as runs:
        assert [a.is_removed for a in runs.sweep()] == [True]
        assert [run.attempt for run in runs.all_committed()] == [1]
    assert not [name for name in store.contents() if "attempt=2" in name]


def test_a_folder_that_is_not_there_is_said(settings: MakeSettings, tmp_path: Path) -> None:
    with staging(settings()) as at, pytest.raises(RunError, match="is no folder"):
        at.upkeep(tmp_path / "nothing")


# ---------------------------------------------------------------- only in a bucket


@pytest.mark.xdist_group("s3")
def test_a_writer_elsewhere_is_left_for_a_day(client: Client, bucket: str, settings: MakeSettings) -> None:
    settings()
    store = s3_store(client, bucket)
    for number, age in ((1, 60.0), (2, ABANDONED_SECONDS + 60)):
        mark = writer_mark(host="elsewhere", since=time.time() - age)
        client.put_object(Bucket=bucket, Key=f"runs/run_id=abc/attempt={number}/.writer", Body=mark)
        client.put_object(Bucket=bucket, Key=f"runs/run_id=abc/attempt={number}/a.txt", Body=b"ann")
    with store.upkeep() as runs:
        assert [a.is_removed for a in runs.sweep()] == [False, True]
    assert list(store.contents()) == ["run_id=abc/attempt=1/a.txt"]


@pytest.mark.xdist_group("s3")
def test_a_writer_that_was_swept_away_cannot_commit(client: Client, bucket: str, settings: MakeSettings) -> None:
    settings()
    store = s3_store(client, bucket)
    with store.upkeep() as runs:
        run = runs.start("abc")
        (run.folder / "a.txt").write_text("ann")
        client.delete_object(Bucket=bucket, Key="runs/run_id=abc/attempt=1/.writer")
        with pytest.raises(StorageError, match="was swept while it was written"):
            runs.commit(run, {})
        assert runs.committed("abc") is None


@pytest.mark.xdist_group("s3")
def test_a_store_that_does_not_tell_versions_says_so_and_its_objects_go(
    client: Client, bucket: str, settings: MakeSettings, play: Callable[..., None]
) -> None:
    settings()
    out = S3Location(bucket, "runs")
    with staging(load_settings()) as at:
        runs = at.upkeep(out)
        old = write(runs)
        rewrite(runs, old, "bob")
        play("GET", "?versions", "unknown")
        removed, tells_versions = runs.settle("abc")
    assert not tells_versions
    assert [attempt.is_removed for attempt in removed] == [True]
    keys = {found["Key"] for found in client.list_objects_v2(Bucket=bucket)["Contents"]}
    assert not [key for key in keys if "attempt=1" in key]


@pytest.mark.xdist_group("s3")
def test_versions_that_may_not_be_seen_are_an_error_that_names_the_permission(
    bucket: str, settings: MakeSettings, play: Callable[..., None]
) -> None:
    settings()
    with staging(load_settings()) as at:
        runs = at.upkeep(S3Location(bucket, "runs"))
        rewrite(runs, write(runs), "bob")
        play("GET", "?versions", "denied")
        with pytest.raises(StorageError, match="s3:ListBucketVersions"):
            runs.settle("abc")
