"""Raw tables go to their bucket once; what is refused is refused before a byte leaves."""

import json
import shutil
import socket
from pathlib import Path

import pytest

from garant.exceptions import StorageError
from garant.settings import load_settings
from garant.tables.manifest import MANIFEST_NAME
from job_platform import BUCKETS, Platform


@pytest.fixture
def lender(platform: Platform, tmp_path: Path) -> Path:
    """A copy of the lender that a test may change."""
    return Path(shutil.copytree(platform.lender, tmp_path / "lender"))


def test_the_tables_are_sent_once_then_only_what_differs(platform: Platform, lender: Path) -> None:
    first = platform.garant("upload", str(lender), "--output", "json")
    assert first.code == 0, first.err
    assert {row["sent"] for row in first.json} == {"yes"}
    assert {row["table"] for row in first.json} == {
        *("application", "bureau", "bureau_balance", "previous_application", "POS_CASH_balance"),
        *("installments_payments", "credit_card_balance"),
    }
    sent = {f"initial/{row['file']}" for row in first.json}
    assert platform.keys("raw") == sent | {f"initial/{MANIFEST_NAME}", "initial/tables.toml"}
    manifest = json.loads(platform.read("raw", f"initial/{MANIFEST_NAME}"))
    assert {name: entry["sha256"] for name, entry in manifest["files"].items()} == {
        row["file"]: row["sha256"] for row in first.json
    }
    assert MANIFEST_NAME not in {path.name for path in lender.iterdir()}, "the user's folder is left as it was"

    again = platform.garant("upload", str(lender), "--output", "json")
    assert {row["sent"] for row in again.json} == {"was there"}

    # As many bytes as before: only the digest tells.
    [damaged] = [row["file"] for row in first.json if row["table"] == "bureau"]
    content = platform.read("raw", f"initial/{damaged}")
    platform.s3.put_object(Bucket=BUCKETS["raw"], Key=f"initial/{damaged}", Body=content[:-1] + b"\0")
    mended = platform.garant("upload", str(lender), "--output", "json")
    assert [row["file"] for row in mended.json if row["sent"] == "yes"] == [damaged]
    assert platform.read("raw", f"initial/{damaged}") == content


def test_a_table_that_is_left_out_later_goes_and_what_nobody_uploaded_is_refused(
    platform: Platform, lender: Path
) -> None:
    assert platform.garant("upload", str(lender)).code == 0
    [file] = [path for path in lender.iterdir() if path.name.startswith("credit_card_balance")]
    file.unlink()
    said = platform.garant("upload", str(lender), "--without", "credit_card_balance")
    assert said.code == 0, said.err
    assert f"removed: {file.name}" in said.out
    assert f"initial/{file.name}" not in platform.keys("raw")

    platform.s3.put_object(Bucket=BUCKETS["raw"], Key="initial/strange.csv", Body=b"SK_ID_CURR\n1\n")
    refused = platform.garant("upload", str(lender), "--without", "credit_card_balance")
    assert refused.code == 3
    assert "strange.csv" in refused.err


def test_tables_that_a_check_refuses_are_not_sent(platform: Platform, lender: Path) -> None:
    [file] = [path for path in lender.iterdir() if path.name.startswith("bureau.")]
    file.write_bytes(b"no table")
    said = platform.garant("upload", str(lender))
    assert said.code == 3
    assert platform.keys("raw") == set()


def test_what_does_not_arrive_as_it_was_checked_is_told(
    platform: Platform, lender: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from garant.cloud.raw_bucket import RawBucket

    put = RawBucket.put_file

    def late(self: RawBucket, path: Path, key: str) -> None:
        """The file changes between its check and its way."""
        if path.name.startswith("bureau."):
            path.write_bytes(path.read_bytes()[:-1] + b"\0")
        put(self, path, key)

    monkeypatch.setattr(RawBucket, "put_file", late)
    said = platform.garant("upload", str(lender))
    assert said.code == 3
    assert "not what was checked here" in said.err


@pytest.mark.parametrize("region", ["eu-west-2", "eu-central-2", "us-east-1"])
def test_a_region_outside_the_union_is_refused_before_any_connection(
    platform: Platform, lender: Path, region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0.05)
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        monkeypatch.setenv("GARANT_S3_ENDPOINT", address)
        said = platform.garant("upload", str(lender), "--region", region)
        assert said.code == 2
        assert f"Region {region} is outside the European Union" in said.err
        with pytest.raises(TimeoutError):
            silent.accept()


def test_a_bucket_that_lies_elsewhere_gets_no_table(
    platform: Platform, lender: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """moto says where a bucket lies, as AWS does; the address is made to pass for one of AWS."""
    london = platform.cloud.aws.client("s3", region="eu-west-2")
    london.create_bucket(Bucket=BUCKETS["raw"], CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    monkeypatch.setattr("garant.storage.s3.is_aws", lambda _settings: True)
    monkeypatch.setattr("garant.storage.region.is_aws", lambda _settings: False)
    settings = load_settings().model_copy(update={"s3_endpoint": platform.cloud.aws.endpoint})

    from garant.cloud.account import open_account
    from garant.cloud.platform import find_store
    from garant.cloud.upload import upload_tables

    monkeypatch.setattr("garant.storage.s3._client_options", _by_path(monkeypatch))
    with pytest.raises(StorageError, match="lies in region eu-west-2"):
        upload_tables(lender, find_store(open_account(settings)), settings=settings)
    assert "Contents" not in london.list_objects_v2(Bucket=BUCKETS["raw"])


def _by_path(monkeypatch: pytest.MonkeyPatch) -> object:
    """Have the bucket named in the path, since there is no name server for it here."""
    from garant.storage import s3

    made = s3._client_options

    def options(*arguments: object) -> dict[str, object]:
        with monkeypatch.context() as patch:
            patch.setattr(s3, "is_aws", lambda _settings: False)
            return made(*arguments)  # pyright: ignore[reportArgumentType] - as they come

    return options
