"""One bucket, through boto3: what is read is whole, what is written carries a checksum, attempts are bounded.

Only imported when a location is in S3: boto3 is an extra.
"""

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError, ResponseStreamingError

from garant.exceptions import StorageError
from garant.failpoints import failpoint
from garant.settings import Settings
from garant.storage.aws_session import aws_session
from garant.storage.region import allowed_region, check_bucket_region, is_aws, region_in
from garant.storage.s3_errors import (
    Action,
    condition_failed,
    explained,
    is_absent,
    is_broken_off,
    is_conflict,
    is_unknown,
)

Answer = TypeVar("Answer")

_CHUNK_BYTES: Final = 1 << 20
_MOST_DELETED_AT_ONCE: Final = 1000
_LONGEST_WAIT_SECONDS: Final = 5.0
_READ_TIMEOUT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class S3Object:
    """One object as a listing or an answer showed it."""

    key: str
    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class S3Document:
    """Content of a small object, and which version of it this was."""

    content: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class S3Version:
    """One version of an object, or the mark of a deletion; the latest one is what a reader sees."""

    key: str
    version: str
    is_latest: bool
    is_deletion: bool


class Bucket:
    """A bucket in an allowed region.

    Parameters
    ----------
    name : str
        Name of the bucket.
    settings : Settings
        Regions, address, attempts.

    Raises
    ------
    UsageError
        When the region is unknown or refused, before any connection is opened.
    StorageError
        When the bucket itself lies in a refused region.
    """

    def __init__(self, name: str, settings: Settings) -> None:
        self.name = name
        self._attempts = settings.s3_attempts
        with self._explaining("look at", ""):
            session = aws_session()
            region = allowed_region(settings, configured=session.region_name)
            self._client: Any = session.client("s3", **_client_options(settings, region))
        if is_aws(settings):
            self._check_region(settings)

    def _check_region(self, settings: Settings) -> None:
        with self._explaining("look at", ""):
            try:
                answer = self._client.head_bucket(Bucket=self.name)
            except ClientError as error:
                if region_in(error.response) is None:
                    raise
                # Refused, but it says where it is: what these credentials may do is told by what needs it.
                answer = error.response
        try:
            check_bucket_region(self.name, region_in(answer), settings)
        except StorageError:
            self.close()
            raise

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def where(self, key: str) -> str:
        """Name of an object in messages."""
        return f"s3://{self.name}/{key}".removesuffix("/")

    def objects(self, prefix: str) -> list[S3Object]:
        """Every object whose key starts with `prefix`, in the order of the keys."""
        with self._explaining("list", prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
            return [S3Object(o["Key"], o["Size"], o["ETag"]) for page in pages for o in page.get("Contents", ())]

    def read(self, key: str) -> S3Document | None:
        """Return a small object; None when there is none."""
        with self._explaining("read", key):
            try:
                return self._again(lambda: self._read(key))
            except ClientError as error:
                if is_absent(error):
                    return None
                raise

    def _read(self, key: str) -> S3Document:
        answer = self._client.get_object(Bucket=self.name, Key=key)
        return S3Document(b"".join(_body(answer)), answer["ETag"])

    def get(self, found: S3Object, path: Path) -> None:
        """Fetch exactly the object that was listed, whole; one that changed since is refused."""
        with self._explaining("read", found.key):
            size = self._again(lambda: self._fetch(found, path))
        if size != found.size:
            raise StorageError(f"{self.where(found.key)}: {size} bytes came, {found.size} were listed. Run it again.")

    def _fetch(self, found: S3Object, path: Path) -> int:
        # From the start each time: a body that was put together from two answers would escape the checksum.
        answer = self._client.get_object(Bucket=self.name, Key=found.key, IfMatch=found.etag)
        with path.open("wb") as stream:
            for chunk in _body(answer):
                stream.write(chunk)
            return stream.tell()

    def put_file(self, path: Path, key: str) -> None:
        """Write a file of any size, in parts when it is large."""
        failpoint("s3.put")
        with self._explaining("write", key), path.open("rb") as stream:
            self._client.upload_fileobj(stream, self.name, key, Config=TransferConfig(max_concurrency=4))

    def put(self, key: str, content: bytes) -> None:
        """Write a small object, whatever was there."""
        with self._explaining("write", key):
            self._client.put_object(Bucket=self.name, Key=key, Body=content)

    def put_if_absent(self, key: str, content: bytes) -> str | None:
        """Write a small object unless one is there; of several writers at once exactly one gets its ETag."""
        return self._put_if(key, content, IfNoneMatch="*")

    def put_if_unchanged(self, key: str, content: bytes, *, etag: str) -> str | None:
        """Replace a small object unless somebody else did; None then."""
        return self._put_if(key, content, IfMatch=etag)

    def _put_if(self, key: str, content: bytes, **condition: str) -> str | None:
        with self._explaining("write", key):
            try:
                answer = self._again(
                    lambda: self._client.put_object(Bucket=self.name, Key=key, Body=content, **condition)
                )
            except ClientError as error:
                if not (condition_failed(error) or is_absent(error)):
                    raise
                # Our own write may be what stands there: its answer was lost and the library sent it again.
                there = self.read(key)
                return there.etag if there is not None and there.content == content else None
            return answer["ETag"]

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; those that are not there are no error."""
        listed = [{"Key": key} for key in sorted(keys)]
        for start in range(0, len(listed), _MOST_DELETED_AT_ONCE):
            self._delete_some(listed[start : start + _MOST_DELETED_AT_ONCE])

    def _delete_some(self, listed: Sequence[Mapping[str, str]], *, action: Action = "delete") -> None:
        with self._explaining(action, listed[0]["Key"]):
            request = {"Objects": listed, "Quiet": True}
            answer = self._client.delete_objects(Bucket=self.name, Delete=request)
            for refused in answer.get("Errors", ()):
                raise ClientError({"Error": refused}, "DeleteObjects")

    def copy(self, key: str, target: str) -> None:
        """Copy an object inside the bucket, without fetching it."""
        failpoint("s3.put")
        with self._explaining("write", target):
            self._client.copy({"Bucket": self.name, "Key": key}, self.name, target)

    def versions(self, prefix: str) -> list[S3Version] | None:
        """Every version of every object whose key starts with `prefix`; None where the server does not tell."""
        with self._explaining("list the versions of", prefix):
            try:
                pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self.name, Prefix=prefix)
                return [
                    S3Version(found["Key"], found["VersionId"], found["IsLatest"], kind == "DeleteMarkers")
                    for page in pages
                    for kind in ("Versions", "DeleteMarkers")
                    for found in page.get(kind, ())
                ]
            except ClientError as error:
                if is_unknown(error):
                    return None
                raise

    def delete_versions(self, versions: Iterable[S3Version]) -> None:
        """Remove versions for good, marks of deletions too."""
        listed = [{"Key": found.key, "VersionId": found.version} for found in versions]
        for start in range(0, len(listed), _MOST_DELETED_AT_ONCE):
            self._delete_some(listed[start : start + _MOST_DELETED_AT_ONCE], action="delete versions of")

    def _again(self, request: Callable[[], Answer]) -> Answer:
        """Repeat what the library does not: a body that broke off, and two conditional writes that met."""
        for attempt in range(1, self._attempts):
            try:
                return request()
            except BotoCoreError as error:
                if not is_broken_off(error):
                    raise
            except ClientError as error:
                if not is_conflict(error):
                    raise
            time.sleep(min(0.1 * 2**attempt, _LONGEST_WAIT_SECONDS))
        return request()

    @contextmanager
    def _explaining(self, action: Action, key: str) -> Generator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise explained(error, action=action, where=self.where(key), attempts=self._attempts) from error


def _body(answer: Mapping[str, Any]) -> Iterator[bytes]:
    """Chunks of a body; one that stops coming has broken off like one that is cut."""
    try:
        yield from answer["Body"].iter_chunks(_CHUNK_BYTES)
    except ReadTimeoutError as error:
        raise ResponseStreamingError(error=error) from error


def _client_options(settings: Settings, region: str) -> dict[str, Any]:
    """Return options of the client: an address only from the settings, retries as often as they say."""
    config = Config(
        connect_timeout=10,
        read_timeout=_READ_TIMEOUT_SECONDS,
        ignore_configured_endpoint_urls=True,
        retries={"mode": "standard", "total_max_attempts": settings.s3_attempts},
        s3={"addressing_style": "auto" if is_aws(settings) else "path"},
    )
    return {"config": config, "endpoint_url": settings.s3_endpoint, "region_name": region}
