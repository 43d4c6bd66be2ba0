"""What happens when S3 is slow, refuses, cuts, loses or changes what is being read or written."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from garant.exceptions import GarantError, StorageError, UsageError
from garant.settings import Settings
from garant.storage import S3Location, staging, write_json

pytestmark = pytest.mark.xdist_group("s3")

ATTEMPTS = 3
"""What the environment of the tests sets."""

MakeSettings = Callable[[], Settings]

Client = Any
"""Client of boto3, which makes its classes at run time."""

Proxy = Any
"""The proxy that plays faults, as the fixture gives it."""

Server = Any
"""The running server, as the fixture gives it."""


@pytest.fixture
def raw(client: Client, bucket: str) -> S3Location:
    """A folder of one object with 300,000 random bytes."""
    client.put_object(Bucket=bucket, Key="raw/a.csv", Body=os.urandom(300_000))
    return S3Location(bucket, "raw")


def fetched(settings: Settings, place: S3Location) -> bytes:
    """Content of the one object."""
    with staging(settings) as at:
        return (at.fetched(place) / "a.csv").read_bytes()


def refused(settings: Settings, place: S3Location) -> GarantError:
    """Error of fetching."""
    with pytest.raises(GarantError) as caught:
        fetched(settings, place)
    return caught.value


@pytest.mark.parametrize("what", ["slow down", "cut", "reset"])
def test_a_fault_that_passes_is_survived_with_every_byte(
    client: Client, raw: S3Location, proxy: Proxy, play: Callable[..., None], settings: MakeSettings, what: str
) -> None:
    play("GET", "raw/a.csv", what, ATTEMPTS - 1)
    content = client.get_object(Bucket=raw.bucket, Key="raw/a.csv")["Body"].read()
    assert fetched(settings(), raw) == content
    assert proxy.count("GET", "raw/a.csv") == ATTEMPTS


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("slow down", r"too busy \(SlowDown, 3 attempts\).*GARANT_S3_ATTEMPTS"),
        ("cut", r"cut short or damaged 3 times"),
        ("reset", r"no answer after 3 attempts"),
    ],
)
def test_a_fault_that_stays_ends_after_bounded_attempts_with_one_error_that_names_the_object(
    raw: S3Location, proxy: Proxy, play: Callable[..., None], settings: MakeSettings, what: str, why: str
) -> None:
    play("GET", "raw/a.csv", what)
    error = refused(settings(), raw)
    assert str(error).startswith(f"s3://{raw.bucket}/raw/a.csv: ")
    assert re.search(why, str(error))
    assert error.exit_code == 3
    assert proxy.count("GET", "raw/a.csv") == ATTEMPTS


@pytest.mark.parametrize(("path", "permission"), [("list-type=2", "s3:ListBucket"), ("raw/a.csv", "s3:GetObject")])
def test_denied_access_is_asked_once_and_names_the_permission(
    raw: S3Location, proxy: Proxy, play: Callable[..., None], settings: MakeSettings, path: str, permission: str
) -> None:
    play("GET", path, "denied")
    assert f"Allow {permission}" in str(refused(settings(), raw))
    assert proxy.count("GET", path) == 1


def test_somebody_who_may_only_read_is_told_what_is_missing(
    s3: Server, client: Client, settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.put_object(Bucket="pca", Key="raw/a.csv", Body=b"1")
    for name, value in s3.reader.items():
        monkeypatch.setenv(name.upper(), value)
    assert fetched(settings(), S3Location("pca", "raw")) == b"1"
    with (
        pytest.raises(StorageError, match=r"access denied to write it\. Allow s3:PutObject"),
        staging(settings()) as at,
    ):
        at.runs(S3Location("pca", "runs")).start("abc")


def test_an_object_that_vanishes_after_the_listing_is_named(
    client: Client, raw: S3Location, play: Callable[..., None], settings: MakeSettings
) -> None:
    play("GET", "raw/a.csv", "pass", 1, lambda: client.delete_object(Bucket=raw.bucket, Key="raw/a.csv"))
    assert "raw/a.csv: vanished between listing and reading" in str(refused(settings(), raw))


def test_an_object_that_is_overwritten_after_the_listing_is_not_taken(
    client: Client, raw: S3Location, play: Callable[..., None], settings: MakeSettings
) -> None:
    other = os.urandom(300_000)
    play("GET", "raw/a.csv", "pass", 1, lambda: client.put_object(Bucket=raw.bucket, Key="raw/a.csv", Body=other))
    assert "raw/a.csv: changed while it was in use here" in str(refused(settings(), raw))


def test_an_object_that_is_overwritten_while_it_is_fetched_again_is_not_taken(
    client: Client, raw: S3Location, play: Callable[..., None], settings: MakeSettings
) -> None:
    play("GET", "raw/a.csv", "cut", 1)
    play("GET", "raw/a.csv", "pass", 1, lambda: client.put_object(Bucket=raw.bucket, Key="raw/a.csv", Body=b"1"))
    assert "changed" in str(refused(settings(), raw))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "hush-wrong"}, "does not accept the credentials"),
        ({"AWS_ACCESS_KEY_ID": "HUSH-NOBODY"}, "does not accept the credentials"),
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "no usable credentials"),
        ({"AWS_PROFILE": "nobody"}, "no usable credentials"),
        ({"GARANT_S3_ENDPOINT": "http://127.0.0.1:9"}, "no answer after 3 attempts"),
    ],
)
def test_a_server_that_cannot_be_used_is_said_in_one_line_without_any_secret(
    raw: S3Location, settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, change: dict[str, str], why: str
) -> None:
    for name, value in change.items():
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name)
    text = str(refused(settings(), raw))
    assert why in text
    assert "hush" not in text.lower()
    assert "ADMINKEY" not in text
    assert "\n" not in text


def test_a_bucket_that_is_not_there(s3: Server, settings: MakeSettings) -> None:  # noqa: ARG001 - sets the environment
    error = refused(settings(), S3Location("nobody-has-this", "raw"))
    assert "there is no such bucket" in str(error)
    assert not isinstance(error, UsageError)


def test_a_lost_answer_to_the_marker_does_not_make_the_writer_believe_that_it_lost(
    bucket: str, play: Callable[..., None], settings: MakeSettings
) -> None:
    play("PUT", "COMMITTED", "lost", 1)
    with staging(settings()) as at:
        runs = at.runs(S3Location(bucket, "runs"))
        run = runs.start("abc")
        (run.folder / "a.txt").write_text("1")
        assert runs.commit(run, {}).attempt == run.attempt
        assert runs.current().manifest["files"]["a.txt"]["bytes"] == 1


@pytest.mark.parametrize("path", ["out/a.txt", "out/manifest.json"])
def test_a_folder_that_could_not_be_sent_wholly_is_not_there_at_all(
    client: Client, bucket: str, play: Callable[..., None], settings: MakeSettings, path: str
) -> None:
    def write() -> None:
        with staging(settings()) as at, at.output(S3Location(bucket, "out"), manifest="manifest.json") as folder:
            folder.mkdir()
            (folder / "a.txt").write_text("1")
            (folder / "b.txt").write_text("2")
            write_json(folder / "manifest.json", {})

    play("PUT", path, "slow down", ATTEMPTS)
    with pytest.raises(StorageError, match=f"s3://{bucket}/{path}: the server is too busy"):
        write()
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    write()
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 3


def test_a_scratch_disk_that_is_full_is_said_with_what_to_set(
    raw: S3Location, settings: MakeSettings, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file where the cache should be")
    assert "GARANT_CACHE_FOLDER" in str(refused(settings(), raw))
