"""Runs and folders in a bucket: the first writer wins, and what a killed one leaves is never taken for whole."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from garant.exceptions import RunError, StorageError
from garant.settings import Settings
from garant.storage import Run, S3Location, atomic_folder, staging, write_json
from garant.storage.writer import STALE_SECONDS, writer_mark

pytestmark = pytest.mark.xdist_group("s3")

MakeSettings = Callable[[], Settings]

Client = Any
"""Client of boto3, which makes its classes at run time."""

Proxy = Any
"""The proxy that plays faults, as the fixture gives it."""

RUN_POINTS = ["s3.attempt", "s3.put", "s3.manifest", "s3.commit", "s3.pointer"]
FOLDER_POINTS = ["s3.marked", "s3.put:1", "s3.put:2", "s3.put:3", "s3.manifest", "s3.unmark"]

SCRIPT = """
import sys
from garant.settings import load_settings
from garant.storage import *

place = parse_location(sys.argv[2])
with staging(load_settings()) as at:
    if sys.argv[1] == "run":
        runs = at.runs(place)
        run = runs.start("abc")
        (run.folder / "a.txt").write_text("1")
        runs.commit(run, {"rows": 1})
    else:
        with at.output(place, manifest="manifest.json") as folder:
            with atomic_folder(folder, replace=True) as temporary:
                for name in ("a.txt", "b.txt", "manifest.json"):
                    (temporary / name).write_text("new")
            folder.with_name(folder.name + ".side.txt").write_text("new")
"""


def kill_script(what: str, place: str, tmp_path: Path, point: str) -> None:
    """Run the script as another process would, and see it die at the failpoint."""
    variables = {**os.environ, "GARANT_CACHE_FOLDER": str(tmp_path / "other"), "GARANT_FAILPOINT": point}
    done = subprocess.run([sys.executable, "-c", SCRIPT, what, place], env=variables, check=False)
    assert done.returncode == -signal.SIGKILL


def write_run(settings: Settings, place: S3Location, text: str) -> Run:
    """Write and commit a run of one file, as a command does."""
    with staging(settings) as at:
        runs = at.runs(place)
        done = runs.committed("abc")
        if done is not None:
            runs.point_to(done)
            return done
        run = runs.start("abc")
        (run.folder / "a.txt").write_text(text)
        return runs.commit(run, {"rows": 1})


def replace_folder(settings: Settings, place: S3Location) -> None:
    """Write the folder of the script."""
    with staging(settings) as at, at.output(place, manifest="manifest.json") as folder:
        with atomic_folder(folder, replace=True) as temporary:
            for name in ("a.txt", "b.txt", "manifest.json"):
                (temporary / name).write_text("new")
        folder.with_name(f"{folder.name}.side.txt").write_text("new")


@pytest.fixture
def contents(client: Client, bucket: str) -> Callable[[], dict[str, bytes]]:
    """Every object of the bucket but the marks of writers, which name a process."""

    def read() -> dict[str, bytes]:
        names = [found["Key"] for found in client.list_objects_v2(Bucket=bucket).get("Contents", ())]
        return {
            name: client.get_object(Bucket=bucket, Key=name)["Body"].read()
            for name in names
            if not name.endswith("/.writer")
        }

    return read


def test_a_reader_finds_a_run_through_the_pointer_and_never_lists(
    bucket: str, proxy: Proxy, settings: MakeSettings
) -> None:
    place = S3Location(bucket, "runs")
    with staging(settings()) as at:
        with pytest.raises(RunError, match=f"s3://{bucket}/runs: holds no committed run"):
            at.runs(place).current()
        assert at.runs(place).committed("abc") is None
    written = write_run(settings(), place, "one")
    proxy.requests.clear()
    with staging(settings()) as at:
        found = at.runs(place).current()
    assert (found.place, found.manifest["rows"]) == (written.place, 1)
    assert str(found.place) == f"s3://{bucket}/runs/run_id=abc/attempt=1"
    assert not proxy.count("GET", "list-type")


def test_of_many_writers_at_once_one_wins_and_all_say_so(
    client: Client, bucket: str, settings: MakeSettings, contents: Callable[[], dict[str, bytes]]
) -> None:
    ready = settings()
    with ThreadPoolExecutor(4) as pool:
        winners = set(pool.map(lambda n: write_run(ready, S3Location(bucket, "runs"), str(n)).attempt, range(4)))
    assert len(winners) == 1
    found = contents()
    attempt = f"runs/run_id=abc/attempt={winners.pop()}"
    assert set(found) == {
        "runs/current.json",
        "runs/run_id=abc/COMMITTED",
        f"{attempt}/a.txt",
        f"{attempt}/manifest.json",
    }
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == len(found) + 1


@pytest.mark.parametrize("point", RUN_POINTS)
def test_a_run_whose_writer_was_killed_is_not_there_or_whole_and_the_next_try_gives_the_same(
    bucket: str, settings: MakeSettings, contents: Callable[[], dict[str, bytes]], tmp_path: Path, point: str
) -> None:
    kill_script("run", f"s3://{bucket}/runs", tmp_path, point)
    left = contents()
    assert "runs/current.json" not in left
    assert ("runs/run_id=abc/COMMITTED" in left) == (point == "s3.pointer")
    if "runs/run_id=abc/COMMITTED" in left:
        assert {"runs/run_id=abc/attempt=1/a.txt", "runs/run_id=abc/attempt=1/manifest.json"} <= set(left)
    write_run(settings(), S3Location(bucket, "runs"), "1")
    again = {name: text for name, text in contents().items() if name.startswith("runs/")}
    write_run(settings(), S3Location(bucket, "undisturbed"), "1")
    undisturbed = {n: text for n, text in contents().items() if n.startswith("undisturbed/")}
    assert again == {name.replace("undisturbed/", "runs/"): text for name, text in undisturbed.items()}


@pytest.mark.parametrize("point", FOLDER_POINTS)
def test_a_folder_whose_writer_was_killed_has_a_manifest_only_when_whole_and_the_next_try_succeeds(
    client: Client,
    bucket: str,
    settings: MakeSettings,
    contents: Callable[[], dict[str, bytes]],
    tmp_path: Path,
    point: str,
) -> None:
    old = {"out/a.txt": b"old", "out/c.txt": b"old", "out/manifest.json": b"old"}
    for name, text in old.items():
        client.put_object(Bucket=bucket, Key=name, Body=text)
    new = dict.fromkeys(("out.side.txt", "out/a.txt", "out/b.txt", "out/manifest.json"), b"new")
    kill_script("folder", f"s3://{bucket}/out", tmp_path, point)
    left = {name: text for name, text in contents().items() if name != "out/.garant-writing"}
    if "out/manifest.json" in left:
        assert left in (old, new)
    replace_folder(settings(), S3Location(bucket, "out"))
    assert contents() == new


def test_what_a_killed_writer_left_is_refused_by_a_reader(bucket: str, settings: MakeSettings, tmp_path: Path) -> None:
    place = f"s3://{bucket}/out"
    kill_script("folder", place, tmp_path, "s3.put:2")
    with pytest.raises(StorageError, match=f"{place}: is being written"), staging(settings()) as at:
        at.fetched(S3Location(bucket, "out"))


def write_folder(settings: Settings, bucket: str) -> None:
    """Write a folder of a manifest and nothing else."""
    with staging(settings) as at, at.output(S3Location(bucket, "out"), manifest="manifest.json") as folder:
        folder.mkdir(exist_ok=True)
        write_json(folder / "manifest.json", {})


@pytest.mark.parametrize(
    "mark",
    [
        pytest.param(lambda: writer_mark(touched=[]), id="this process"),
        pytest.param(
            lambda: json.dumps({"host": "elsewhere", "pid": 7, "since": time.time()}).encode(), id="elsewhere"
        ),
    ],
)
def test_a_folder_that_somebody_alive_is_writing_is_refused_and_says_who(
    client: Client, bucket: str, settings: MakeSettings, mark: Callable[[], bytes]
) -> None:
    client.put_object(Bucket=bucket, Key="out/.garant-writing", Body=mark())
    with pytest.raises(StorageError, match=r"another command is writing there \(process \d+ on"):
        write_folder(settings(), bucket)
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


@pytest.mark.parametrize(
    "mark",
    [
        {"host": "elsewhere", "pid": 7, "since": time.time() - STALE_SECONDS - 1, "touched": ["out/half.txt"]},
        {"touched": ["out/half.txt"]},
    ],
)
def test_a_writer_elsewhere_that_gave_no_sign_for_an_hour_is_taken_for_dead(
    client: Client, bucket: str, settings: MakeSettings, mark: dict[str, Any]
) -> None:
    client.put_object(Bucket=bucket, Key="out/.garant-writing", Body=json.dumps(mark).encode())
    client.put_object(Bucket=bucket, Key="out/half.txt", Body=b"half")
    write_folder(settings(), bucket)
    assert [found["Key"] for found in client.list_objects_v2(Bucket=bucket)["Contents"]] == ["out/manifest.json"]


def test_a_mark_cannot_make_us_remove_what_lies_elsewhere(client: Client, bucket: str, settings: MakeSettings) -> None:
    mark = {"since": 0, "touched": ["other/precious.txt", "out/half.txt"]}
    client.put_object(Bucket=bucket, Key="out/.garant-writing", Body=json.dumps(mark).encode())
    client.put_object(Bucket=bucket, Key="other/precious.txt", Body=b"1")
    write_folder(settings(), bucket)
    assert client.get_object(Bucket=bucket, Key="other/precious.txt")["Body"].read() == b"1"


def test_the_attempt_of_a_living_writer_is_left_to_it(bucket: str, settings: MakeSettings) -> None:
    place = S3Location(bucket, "runs")
    with staging(settings()) as at, staging(settings()) as other:
        first, second = at.runs(place).start("abc"), other.runs(place).start("abc")
    assert (first.attempt, second.attempt) == (1, 2)
