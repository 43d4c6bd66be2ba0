"""What the driver of a job prints, as EMR brings it to the bucket of logs: whole files, again and again."""

import gzip
import zlib
from dataclasses import dataclass, field
from typing import Final, Literal

from garant.cloud.platform import Batch, Store
from garant.storage.s3 import Bucket

Stream = Literal["stdout", "stderr"]

LAST_LINES: Final = 20
"""Lines of stderr that explain a failure; before them Spark's own fill pages."""


def log_key(store: Store, batch: Batch, job_id: str, stream: Stream) -> str:
    """Key of a file of the driver, as EMR lays out the place of logs."""
    place = store.job_logs / f"applications/{batch.application_id}/jobs/{job_id}/SPARK_DRIVER/{stream}.gz"
    return place.prefix


@dataclass(slots=True)
class DriverLog:
    """What a driver printed so far, line by line, each given out once.

    Parameters
    ----------
    bucket : Bucket
        Of logs.
    key : str
        The file.
    """

    bucket: Bucket
    key: str
    _etag: str = ""
    _shown: int = field(default=0)

    def new_lines(self) -> list[str]:
        """Lines that came since the last call."""
        there = self.bucket.read(self.key)
        if there is None or there.etag == self._etag:
            return []
        lines = _text(there.content).splitlines()
        self._etag, fresh = there.etag, lines[self._shown :]
        self._shown = len(lines)
        return fresh


def last_lines(bucket: Bucket, key: str, *, most: int = LAST_LINES) -> list[str]:
    """End of a file; nothing where there is none."""
    there = bucket.read(key)
    return _text(there.content).splitlines()[-most:] if there is not None else []


def _text(content: bytes) -> str:
    """Text of a file that may still grow: what is whole of it counts."""
    try:
        return gzip.decompress(content).decode("utf-8", "replace")
    except EOFError:
        whole = zlib.decompressobj(wbits=31).decompress(content).decode("utf-8", "replace")
        return whole[: whole.rfind("\n") + 1]
    except OSError:
        return ""
