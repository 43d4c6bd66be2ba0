"""Lines of a driver are given out once each, whatever part of a file has come."""

import gzip
from dataclasses import dataclass, field

import pytest

from garant.cloud.job_logs import DriverLog, last_lines
from garant.storage.s3 import S3Document


@dataclass
class Kept:
    """A bucket of one file."""

    content: bytes | None = None
    reads: list[str] = field(default_factory=list[str])

    def read(self, key: str) -> S3Document | None:
        self.reads.append(key)
        return None if self.content is None else S3Document(self.content, str(hash(self.content)))


def test_lines_are_given_out_as_they_come_and_once() -> None:
    bucket = Kept()
    log = DriverLog(bucket, "stdout.gz")  # pyright: ignore[reportArgumentType] - all that is asked of it
    assert log.new_lines() == []
    for text, fresh in (("a\n", ["a"]), ("a\n", []), ("a\nb\nc\n", ["b", "c"])):
        bucket.content = gzip.compress(text.encode(), mtime=0)
        assert log.new_lines() == fresh


@pytest.mark.parametrize("cut", [12, 40, 90])
def test_a_file_that_is_not_whole_gives_its_whole_lines(cut: int) -> None:
    text = "".join(f"line {n} of {n * n}\n" for n in range(40))
    bucket = Kept(gzip.compress(text.encode(), mtime=0)[:cut])
    log = DriverLog(bucket, "stdout.gz")  # pyright: ignore[reportArgumentType] - all that is asked of it
    lines = log.new_lines()
    assert text.startswith("".join(f"{line}\n" for line in lines))
    bucket.content = gzip.compress(text.encode(), mtime=0)
    assert lines + log.new_lines() == text.splitlines()


def test_what_is_no_archive_gives_nothing() -> None:
    assert last_lines(Kept(b"plain"), "stderr.gz") == []  # pyright: ignore[reportArgumentType] - as above
    assert last_lines(Kept(), "stderr.gz") == []  # pyright: ignore[reportArgumentType] - as above
    kept = Kept(gzip.compress(b"1\n2\n3\n"))
    assert last_lines(kept, "stderr.gz", most=2) == ["2", "3"]  # pyright: ignore[reportArgumentType] - as above
