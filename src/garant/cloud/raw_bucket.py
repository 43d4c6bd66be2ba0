"""The bucket of raw tables: what is sent carries its sha256, which the server checks and tells again.

Only imported when a command sends tables: boto3 is an extra.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from garant.failpoints import failpoint
from garant.storage import sha256_file
from garant.storage.s3 import Bucket
from garant.storage.s3_errors import explained, is_absent

LARGEST_PUT: Final = 5 * 1024**3
"""What one request may carry; beyond it an object goes in parts and has no sha256 of its own."""

_CHUNK: Final = 1 << 20


class RawBucket(Bucket):
    """A bucket whose objects can be held to a sha256 without fetching them.

    Attributes
    ----------
    on_sent : callable
        Told of each file that was sent.
    """

    on_sent: Callable[[Path], None] = staticmethod(lambda _path: None)

    def put_file(self, path: Path, key: str) -> None:
        """Write a file; the server refuses it unless it has the sha256 that the file had here."""
        if path.stat().st_size > LARGEST_PUT:
            super().put_file(path, key)
        else:
            failpoint("s3.put")
            digest = base64.b64encode(bytes.fromhex(sha256_file(path))).decode()
            with self._explaining("write", key), path.open("rb") as stream:
                self._client.put_object(Bucket=self.name, Key=key, Body=stream, ChecksumSHA256=digest)
        self.on_sent(path)

    def sha256_of(self, key: str) -> str | None:
        """Sha256 of an object, as the server tells it, else of what it gives out; None when there is no object."""
        try:
            head = self._client.head_object(Bucket=self.name, Key=key, ChecksumMode="ENABLED")
            return _told(head) or self._read_through(key)
        except ClientError as error:
            if is_absent(error):
                return None
            raise self._said(error, key) from error
        except BotoCoreError as error:
            raise self._said(error, key) from error

    def _read_through(self, key: str) -> str:
        digest = hashlib.sha256()
        body: Any = self._client.get_object(Bucket=self.name, Key=key)["Body"]
        for chunk in body.iter_chunks(_CHUNK):
            digest.update(chunk)
        return digest.hexdigest()

    def _said(self, error: BotoCoreError | ClientError, key: str) -> Exception:
        return explained(error, action="read", where=self.where(key), attempts=self._attempts)


def _told(head: dict[str, Any]) -> str | None:
    """Sha256 that the server states of the whole object; a digest of parts does not count."""
    said = str(head.get("ChecksumSHA256") or "")
    if head.get("ChecksumType") == "COMPOSITE" or "-" in said:
        return None
    try:
        return base64.b64decode(said, validate=True).hex() if said else None
    except binascii.Error:
        return None
