"""Which keys of a bucket can be files of a folder."""

import pytest

from garant.exceptions import StorageError
from garant.storage.layout import check_layout, is_folder, is_hidden
from garant.storage.s3 import S3Object


@pytest.mark.parametrize("name", ["x" * 300, "é" * 128, "a/", "a//b", "a\0b", "/a"])
def test_a_key_that_cannot_be_a_file_is_refused_with_its_name(name: str) -> None:
    with pytest.raises(StorageError) as caught:
        check_layout({name: S3Object(f"raw/{name}", 1, "etag")})
    assert repr(f"raw/{name}") in str(caught.value)


def test_dots_cannot_lead_out_of_the_folder() -> None:
    assert is_hidden("../../etc/passwd")
    assert is_hidden("a/../../b")
    assert is_hidden(".garant-writing")
    assert not is_hidden("a/b.c")


def test_only_an_empty_object_with_a_slash_at_its_end_is_the_mark_of_a_folder() -> None:
    assert is_folder(S3Object("raw/", 0, "etag"))
    assert not is_folder(S3Object("raw/", 1, "etag"))
    assert not is_folder(S3Object("raw/empty.csv", 0, "etag"))
