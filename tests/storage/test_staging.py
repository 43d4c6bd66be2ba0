"""Folders in a bucket, brought here and sent back, against a real server."""

import json
import os
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from garant.exceptions import MissingPartError, StorageError, UsageError
from garant.settings import Settings
from garant.storage import S3Location, atomic_folder, sha256_file, staging, write_json

pytestmark = pytest.mark.xdist_group("s3")

MakeSettings = Callable[[], Settings]

Client = Any
"""Client of boto3, which makes its classes at run time."""

AWKWARD = ("raw/a b+c%20.csv", "raw/é/prêts ☃.csv", "raw/deep/er/x=1&y.csv", "raw/empty.csv")


def fill(client: Client, bucket: str, *keys: str) -> dict[str, bytes]:
    """Put an object under each key; its content is its key, that of an empty one nothing."""
    contents = {key: b"" if "empty" in key else key.encode() for key in keys}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: client.put_object(Bucket=bucket, Key=key, Body=contents[key]), contents))
    return contents


def keys(client: Client, bucket: str) -> list[str]:
    """Keys of a bucket."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return sorted(found["Key"] for page in pages for found in page.get("Contents", ()))


def write_folder(settings: Settings, place: S3Location, content: str, *, replace: bool = False) -> None:
    """Write a folder with two data files and a manifest, as commands do."""
    with staging(settings) as at, at.output(place, manifest="manifest.json") as folder:
        with atomic_folder(folder, replace=replace) as temporary:
            for name in ("a.txt", "sub/b.txt"):
                (temporary / name).parent.mkdir(exist_ok=True)
                (temporary / name).write_text(content)
            (temporary / "manifest.json").write_text(content)
        folder.with_name(f"{folder.name}.side.txt").write_text(content)


def test_every_byte_under_a_prefix_comes_whatever_its_name(
    client: Client, bucket: str, settings: MakeSettings, tmp_path: Path
) -> None:
    contents = fill(client, bucket, *AWKWARD, "rawish/not-below.csv")
    client.put_object(Bucket=bucket, Key="raw/folder-mark/", Body=b"")
    client.put_object(Bucket=bucket, Key="raw/_SUCCESS", Body=b"x")
    with staging(settings()) as at:
        folder = at.fetched(S3Location(bucket, "raw"))
        found = {f"raw/{p.relative_to(folder).as_posix()}": p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        assert found == {key: contents[key] for key in AWKWARD}
        assert at.fetched(S3Location(bucket, "raw")) == folder
        assert folder.is_relative_to(tmp_path / "cache")
        assert all(parent.stat().st_mode & 0o077 == 0 for parent in (folder.parents[1], folder.parents[2]))
    assert not list((tmp_path / "cache" / "staging").iterdir())


def test_a_whole_bucket_with_more_objects_than_one_page_of_a_listing(
    client: Client, bucket: str, settings: MakeSettings
) -> None:
    fill(client, bucket, *(f"part-{n:04}" for n in range(1003)))
    with staging(settings()) as at:
        assert len(list(at.fetched(S3Location(bucket, "")).iterdir())) == 1003


def test_a_local_folder_goes_through_untouched(settings: MakeSettings, tmp_path: Path) -> None:
    with staging(settings()) as at:
        assert at.fetched(tmp_path) == tmp_path
        with at.output(tmp_path / "out", manifest="manifest.json") as folder:
            assert folder == tmp_path / "out"
    assert not list(tmp_path.iterdir())


def test_a_large_file_goes_and_comes_in_one_piece(client: Client, bucket: str, settings: MakeSettings) -> None:
    place, content = S3Location(bucket, "large"), os.urandom(30_000_000)
    with staging(settings()) as at, at.output(place, manifest="manifest.json") as folder:
        folder.mkdir()
        (folder / "part.bin").write_bytes(content)
        write_json(folder / "manifest.json", {})
    assert client.head_object(Bucket=bucket, Key="large/part.bin")["ETag"].strip('"').endswith("-4")
    with staging(settings()) as at:
        assert (at.fetched(place) / "part.bin").read_bytes() == content


def test_a_folder_is_sent_whole_its_siblings_beside_it_and_no_mark_stays(
    client: Client, bucket: str, settings: MakeSettings
) -> None:
    write_folder(settings(), S3Location(bucket, "out/curated"), "one")
    assert keys(client, bucket) == [
        "out/curated.side.txt",
        "out/curated/a.txt",
        "out/curated/manifest.json",
        "out/curated/sub/b.txt",
    ]


def test_replacing_a_folder_removes_what_is_no_more_and_touches_no_neighbour(
    client: Client, bucket: str, settings: MakeSettings
) -> None:
    fill(client, bucket, "curated/manifest.json", "curated/old.txt", "curated2/x", "curated/.hidden")
    place = S3Location(bucket, "curated")
    with pytest.raises(StorageError, match=f"s3://{bucket}/curated: exists already and is not empty"):
        write_folder(settings(), place, "new")
    assert "curated/old.txt" in keys(client, bucket)
    write_folder(settings(), place, "new", replace=True)
    left = ["curated.side.txt", "curated/.hidden", "curated/a.txt", "curated/manifest.json", "curated/sub/b.txt"]
    assert keys(client, bucket) == [*left, "curated2/x"]


def test_a_command_that_fails_sends_nothing(client: Client, bucket: str, settings: MakeSettings) -> None:
    def fail() -> None:
        with staging(settings()) as at, at.output(S3Location(bucket, "out"), manifest="manifest.json") as folder:
            folder.mkdir()
            (folder / "a.txt").write_text("half")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()
    assert keys(client, bucket) == []


def test_of_two_commands_that_write_one_folder_the_second_to_send_says_so(
    client: Client, bucket: str, settings: MakeSettings
) -> None:
    place = S3Location(bucket, "out")

    def write_while_another_writes() -> None:
        with staging(settings()) as at, at.output(place, manifest="manifest.json") as folder:
            folder.mkdir()
            (folder / "mine.txt").write_text("mine")
            folder.with_name("out.side.txt").write_text("mine")
            write_folder(settings(), place, "theirs")

    with pytest.raises(StorageError, match="another command wrote there meanwhile"):
        write_while_another_writes()
    assert keys(client, bucket) == ["out.side.txt", "out/a.txt", "out/manifest.json", "out/sub/b.txt"]
    assert client.get_object(Bucket=bucket, Key="out.side.txt")["Body"].read() == b"theirs"


def test_an_error_names_the_place_that_was_typed_and_not_the_scratch_folder(
    client: Client, bucket: str, settings: MakeSettings
) -> None:
    fill(client, bucket, "raw/a.csv")

    def fail() -> None:
        with staging(settings()) as at:
            raise UsageError(f"{at.fetched(S3Location(bucket, 'raw')) / 'a.csv'}: is wrong.")

    with pytest.raises(UsageError) as caught:
        fail()
    assert str(caught.value) == f"s3://{bucket}/raw/a.csv: is wrong."


@pytest.mark.parametrize(
    ("objects", "prefix", "why"),
    [
        ((), "raw", "holds nothing"),
        (("raw",), "raw", "holds nothing"),
        (("raw/a", "raw/a/b"), "raw", "cannot be a file"),
    ],
)
def test_what_is_no_folder_is_refused(
    client: Client, bucket: str, settings: MakeSettings, objects: tuple[str, ...], prefix: str, why: str
) -> None:
    fill(client, bucket, *objects)
    with pytest.raises(StorageError, match=why), staging(settings()) as at:
        at.fetched(S3Location(bucket, prefix))


def test_a_file_that_is_not_what_the_manifest_says_is_refused(
    client: Client, bucket: str, settings: MakeSettings, tmp_path: Path
) -> None:
    (tmp_path / "part.txt").write_text("right")
    manifest = {"files": {"part.txt": {"sha256": sha256_file(tmp_path / "part.txt")}}}
    client.put_object(Bucket=bucket, Key="curated/manifest.json", Body=json.dumps(manifest).encode())
    client.put_object(Bucket=bucket, Key="curated/part.txt", Body=b"right")
    with staging(settings()) as at:
        at.fetched(S3Location(bucket, "curated"))
    client.put_object(Bucket=bucket, Key="curated/part.txt", Body=b"wrong")
    with (
        pytest.raises(StorageError, match=f"s3://{bucket}/curated/part.txt: is not the file"),
        staging(settings()) as at,
    ):
        at.fetched(S3Location(bucket, "curated"))


def test_a_disk_that_is_too_small_is_known_before_the_first_byte(
    client: Client, bucket: str, settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(client, bucket, "raw/a.csv")
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: type("Usage", (), {"free": 1})())
    with (
        pytest.raises(StorageError, match=r"holds 0\.0 GB, 0\.0 GB are free.*GARANT_CACHE_FOLDER"),
        staging(settings()) as at,
    ):
        at.fetched(S3Location(bucket, "raw"))


def test_a_disk_that_fills_up_on_the_way_is_said_with_the_folder_to_move(
    client: Client, bucket: str, settings: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is imported under the limit would be kept compiled by half.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    client.put_object(Bucket=bucket, Key="raw/a.csv", Body=b"x" * 30_000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # No file may grow beyond that size: writing then fails as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with (
            pytest.raises(StorageError, match=rf"s3://{bucket}/raw: cannot be brought here .*staged below .*/cache "),
            staging(settings()) as at,
        ):
            at.fetched(S3Location(bucket, "raw"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list((tmp_path / "cache" / "staging").iterdir())


def test_a_cache_that_cannot_be_written_is_said_with_its_setting(
    client: Client, bucket: str, settings: MakeSettings, tmp_path: Path
) -> None:
    fill(client, bucket, "raw/a.csv")
    (tmp_path / "cache").write_text("a file")
    with (
        pytest.raises(StorageError, match=r"staging: cannot be written \(Not a directory\)\. Set GARANT_CACHE_FOLDER"),
        staging(settings()) as at,
    ):
        at.fetched(S3Location(bucket, "raw"))


def test_a_folder_to_be_written_shows_what_is_there_and_holds_its_manifest_alone(
    client: Client, bucket: str, settings: MakeSettings
) -> None:
    fill(client, bucket, "out/manifest.json", "out/a.txt", "out/.hidden")
    with staging(settings()) as at, at.output(S3Location(bucket, "out"), manifest="manifest.json") as folder:
        found = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert found == {"manifest.json": b"out/manifest.json", "a.txt": b""}
    # Nothing was done to it, so nothing is done to the bucket.
    assert client.get_object(Bucket=bucket, Key="out/a.txt")["Body"].read() == b"out/a.txt"


def test_an_output_needs_a_name_of_its_own(bucket: str, settings: MakeSettings) -> None:
    with (
        pytest.raises(UsageError, match="names a whole bucket"),
        staging(settings()) as at,
        at.output(S3Location(bucket, ""), manifest="manifest.json"),
    ):
        pytest.fail("the long work was started")


def test_one_file_replaces_another_only_on_request(
    client: Client, bucket: str, settings: MakeSettings, tmp_path: Path
) -> None:
    (tmp_path / "tables.toml").write_text("new")
    place = S3Location(bucket, "raw/tables.toml")
    client.put_object(Bucket=bucket, Key="raw/tables.toml", Body=b"old")
    with pytest.raises(StorageError, match="exists already"), staging(settings()) as at:
        at.send(tmp_path / "tables.toml", place)
    with staging(settings()) as at:
        at.send(tmp_path / "tables.toml", place, replace=True)
    assert client.get_object(Bucket=bucket, Key="raw/tables.toml")["Body"].read() == b"new"


def test_runs_in_a_bucket_are_found_from_their_prefix_and_from_an_attempt(bucket: str, settings: MakeSettings) -> None:
    root = S3Location(bucket, "bank/2026/runs")
    with staging(settings()) as at:
        runs = at.runs(root)
        done = runs.commit(runs.start("abc"), {})
        assert isinstance(done.place, S3Location)
        found = [at.runs_around(place) for place in (root, done.place)]
        assert [around.current().run_id for around in found if around is not None] == ["abc", "abc"]
        for elsewhere in ("bank/2026/runs/run_id=abc", "attempt=1", "raw"):
            assert at.runs_around(S3Location(bucket, elsewhere)) is None


def test_without_the_extra_the_error_says_what_to_install(
    settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "garant.storage.s3", None)
    with pytest.raises(MissingPartError, match=r"pip install 'garant\[aws\]'"), staging(settings()) as at:
        at.fetched(S3Location("lender", "raw"))
