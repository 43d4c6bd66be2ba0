"""What may be typed for a folder."""

from pathlib import Path

import pytest

from garant.exceptions import UsageError
from garant.storage import S3Location, parse_local, parse_location


@pytest.mark.parametrize(
    ("typed", "bucket", "prefix"),
    [
        ("s3://lender", "lender", ""),
        ("s3://lender/", "lender", ""),
        ("s3://lender/raw", "lender", "raw"),
        ("s3://lender/raw/2026 é+%20/", "lender", "raw/2026 é+%20"),
    ],
)
def test_a_bucket_and_a_prefix_are_understood(typed: str, bucket: str, prefix: str) -> None:
    found = parse_location(typed)
    assert found == S3Location(bucket, prefix)
    assert str(found) == typed.removesuffix("/")


@pytest.mark.parametrize("typed", ["data", "/data/raw", "./s3", "C:data", "."])
def test_anything_without_a_scheme_is_a_local_path(typed: str) -> None:
    assert parse_location(typed) == Path(typed)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("gs://bucket/x", "not gs"),
        ("https://bucket.s3.amazonaws.com/x", "not https"),
        ("S3://bucket/x", "not S3"),
        ("s3:/bucket/x", "not s3"),
        ("s3://", "names no bucket"),
        ("s3:///x", "names no bucket"),
        ("s3://Bucket/x", "names no bucket"),
        ("s3://key:secret@bucket/x", "names no bucket"),
        ("s3://bucket/a//b", "no empty part"),
        ("s3://bucket/../x", "no empty part"),
    ],
)
def test_anything_else_is_refused_with_the_reason(typed: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        parse_location(typed)


@pytest.mark.parametrize("typed", ["s3://key:hush@bucket/x", "https://bucket.example/x?X-Amz-Signature=hush"])
def test_a_secret_in_what_was_typed_is_not_repeated(typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_location(typed)
    assert "hush" not in str(caught.value)


def test_names_behave_like_those_of_paths() -> None:
    model = S3Location("lender", "models/a")
    assert str(model / "bundle.json") == "s3://lender/models/a/bundle.json"
    assert str(model.with_name("a.oof.parquet")) == "s3://lender/models/a.oof.parquet"
    assert str(S3Location("lender", "") / "a") == "s3://lender/a"
    assert S3Location("lender", "a").with_name("b") == S3Location("lender", "b")


def test_where_only_a_local_path_will_do_a_bucket_is_refused() -> None:
    assert parse_local("x") == Path("x")
    with pytest.raises(UsageError, match="only a local path"):
        parse_local("s3://lender/x")
