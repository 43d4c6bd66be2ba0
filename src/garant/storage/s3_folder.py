"""A folder below a prefix, replaced as a whole as far as a bucket can.

While it changes, the mark ``.garant-writing`` says who writes and which objects are touched. The manifest goes first
and comes last, so a folder with a manifest is whole. What a dead writer left half done is removed by the next one.
"""

import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from garant.exceptions import GarantError, StorageError
from garant.failpoints import failpoint
from garant.storage.s3 import Bucket, S3Object
from garant.storage.writer import STALE_SECONDS, describe, is_dead, is_silent, read_mark, writer_mark

MARK = ".garant-writing"


class S3Folder:
    """What lies below ``prefix/``.

    Parameters
    ----------
    bucket : Bucket
        Where it is.
    prefix : str
        Without a slash at the end; empty for the whole bucket.
    """

    def __init__(self, bucket: Bucket, prefix: str) -> None:
        self.bucket, self.prefix = bucket, f"{prefix}/" if prefix else ""
        self._mark = f"{self.prefix}{MARK}"

    @property
    def where(self) -> str:
        """Name in messages."""
        return self.bucket.where(self.prefix)

    def objects(self) -> list[S3Object]:
        """Objects of the folder, the mark of a writer among them."""
        return self.bucket.objects(self.prefix)

    def whole_objects(self) -> dict[str, S3Object]:
        """Objects by their name inside the folder.

        Raises
        ------
        StorageError
            While somebody writes there, or when a writer died.
        """
        found = self.objects()
        if any(o.key == self._mark for o in found):
            there = self.bucket.read(self._mark)
            who = describe(read_mark(there.content)) if there else "a command that just ended"
            raise StorageError(
                f"{self.where}: is being written ({who}). Wait; if the writer is no more, run its command again."
            )
        return {o.key.removeprefix(self.prefix): o for o in found}

    def settle(self, manifest: str) -> None:
        """Clear up after a dead writer; raise StorageError when a living one is at work."""
        there = self.bucket.read(self._mark)
        if there is None:
            return
        mark = read_mark(there.content)
        if not (is_dead(mark) or is_silent(mark)):
            raise self._occupied(there.content)
        touched = [key for key in mark.get("touched", ()) if isinstance(key, str) and key.startswith(self.prefix)]
        if self.bucket.put_if_unchanged(self._mark, writer_mark(touched=touched), etag=there.etag) is None:
            raise self._occupied(there.content)
        self._clear(touched, manifest)

    def replace(
        self,
        files: Mapping[str, Path],
        gone: Collection[str],
        *,
        manifest: str,
        before: Mapping[str, S3Object],
        beside: Mapping[str, Path],
    ) -> None:
        """Put `files` and remove `gone`, both by their names in the folder; `beside` are keys outside of it.

        Raises
        ------
        StorageError
            When another command writes there, or wrote since `before` was listed; nothing is touched then.
        """
        touched = [f"{self.prefix}{name}" for name in {*files, *gone} - {manifest}]
        text = writer_mark(touched=sorted(touched))
        etag = self.bucket.put_if_absent(self._mark, text)
        if etag is None:
            there = self.bucket.read(self._mark)
            raise self._occupied(there.content if there else b"")
        try:
            failpoint("s3.marked")
            now = {o.key.removeprefix(self.prefix): o for o in self.objects() if o.key != self._mark}
            if now != dict(before):
                touched = []
                raise StorageError(f"{self.where}: another command wrote there meanwhile. Look at what it wrote first.")
            if manifest in before:
                self.bucket.delete([f"{self.prefix}{manifest}"])
            for key, path in sorted(beside.items()):
                self.bucket.put_file(path, key)
            self._send(files, manifest, text, etag)
            self.bucket.delete(f"{self.prefix}{name}" for name in gone if name != manifest)
            failpoint("s3.manifest")
            if manifest in files:
                self.bucket.put_file(files[manifest], f"{self.prefix}{manifest}")
        except GarantError:
            # What cannot be cleared up now is cleared up by the next writer.
            with suppress(GarantError):
                self._clear(touched, manifest)
            raise
        failpoint("s3.unmark")
        self.bucket.delete([self._mark])

    def _send(self, files: Mapping[str, Path], manifest: str, text: bytes, etag: str) -> None:
        """Put the data files; give a sign of life now and then, and stop when another one took over."""
        last = time.monotonic()
        for name in sorted(files):
            if name == manifest:
                continue
            if time.monotonic() - last > STALE_SECONDS / 10:
                text = writer_mark(touched=read_mark(text)["touched"])
                renewed = self.bucket.put_if_unchanged(self._mark, text, etag=etag)
                if renewed is None:
                    raise self._occupied(b"")
                etag, last = renewed, time.monotonic()
            self.bucket.put_file(files[name], f"{self.prefix}{name}")

    def _clear(self, touched: Collection[str], manifest: str) -> None:
        """Remove what is half done; with its manifest there the folder is whole and stays."""
        if self.bucket.read(f"{self.prefix}{manifest}") is None:
            self.bucket.delete(touched)
        self.bucket.delete([self._mark])

    def _occupied(self, mark: bytes) -> StorageError:
        return StorageError(
            f"{self.where}: another command is writing there ({describe(read_mark(mark))}). Wait for it; if it is no "
            f"more, remove the object {self._mark}."
        )
