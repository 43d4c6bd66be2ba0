"""What a user may type for a folder: a local path, or ``s3://bucket/prefix``."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from garant.exceptions import UsageError

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):/")


@dataclass(frozen=True, slots=True)
class S3Location:
    """Everything below a prefix of a bucket; behaves like a path as far as names go.

    Parameters
    ----------
    bucket : str
        Name of the bucket.
    prefix : str
        Without a slash at either end; empty for the bucket itself.
    """

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".removesuffix("/")

    def __truediv__(self, name: str) -> Self:
        return type(self)(self.bucket, f"{self.prefix}/{name}".lstrip("/"))

    @property
    def name(self) -> str:
        """Last part of the prefix; empty for the bucket itself."""
        return self.prefix.rpartition("/")[2]

    def with_name(self, name: str) -> Self:
        """The same with another last part."""
        return type(self)(self.bucket, f"{self.prefix.rpartition('/')[0]}/{name}".lstrip("/"))


Location = Path | S3Location


def parse_location(text: str) -> Location:
    """Understand what was typed for a folder.

    Raises
    ------
    UsageError
        Another scheme than ``s3``, no valid name of a bucket, or a prefix that is no plain path.
    """
    scheme = _SCHEME.match(text)
    if scheme is None:
        return Path(text)
    if not text.startswith("s3://"):
        raise UsageError(f"{_shown(text)}: garant reads local folders and s3://bucket/prefix, not {scheme[1]}.")
    bucket, _, prefix = text.removeprefix("s3://").partition("/")
    if not _BUCKET.fullmatch(bucket):
        raise UsageError(f"{_shown(text)}: names no bucket as they may be called. Write s3://bucket/prefix.")
    prefix = prefix.removesuffix("/")
    if prefix and any(part in {"", ".", ".."} for part in prefix.split("/")):
        raise UsageError(f"{text}: a prefix holds no empty part, '.' or '..'. Write s3://bucket/prefix.")
    return S3Location(bucket, prefix)


def parse_local(text: str) -> Path:
    """Understand what was typed for a path that can only be local.

    Raises
    ------
    UsageError
        When it is no local path.
    """
    place = parse_location(text)
    if isinstance(place, S3Location):
        raise UsageError(f"{text}: only a local path can be used here.")
    return place


def _shown(text: str) -> str:
    """What was typed without what may be a secret: user and password before the host, everything after ``?``."""
    return re.sub(r"//[^/]*@", "//…@", text).partition("?")[0]
