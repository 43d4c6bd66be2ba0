"""How work that may run on another machine reaches files: on a disk that all see, or through a bucket.

The driver speaks of local paths alone. Where workers do not see its disk, some of its folders are mounted: they stand
for a place in a bucket, and whoever works on one of their files fetches it, or sends it, instead. Nothing but `Reach`
knows which of the two it is.
"""

import os
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from garant.exceptions import MissingPartError, StorageError
from garant.settings import Settings
from garant.storage.documents import Json, sha256_file
from garant.storage.location import Location, S3Location
from garant.storage.scratch import scratch_folder

if TYPE_CHECKING:
    from garant.storage.s3 import Bucket


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder of the driver that stands for a place in a bucket.

    Parameters
    ----------
    folder : Path
        Name by which the driver and tasks speak of it; a worker finds nothing there.
    place : S3Location
        Where its files are.
    digests : mapping of str to str
        sha256 of files that were there before, by their name in the folder; what is fetched is held to it.
    """

    folder: Path
    place: S3Location
    digests: Mapping[str, str] = field(default_factory=dict[str, str])

    def name(self, path: Path) -> str | None:
        """Name of the file `path` in the folder; None when it lies elsewhere."""
        return path.relative_to(self.folder).as_posix() if path.is_relative_to(self.folder) else None


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, as whoever wrote it knows it.

    Parameters
    ----------
    path : Path
        Name by which the driver speaks of it.
    rows, bytes : int
        What it holds and its size.
    sha256 : str
        Digest of its bytes.
    """

    path: Path
    rows: int
    bytes: int
    sha256: str

    @property
    def entry(self) -> dict[str, Json]:
        """What a manifest says of it: rows are those of Parquet files, which state them."""
        entry: dict[str, Json] = {"bytes": self.bytes, "sha256": self.sha256}
        return {**entry, "rows": self.rows} if self.path.suffix == ".parquet" else entry


@dataclass(frozen=True, slots=True)
class Reach:
    """Decides how a file is reached: plain data that travels to workers.

    Parameters
    ----------
    mounts : tuple of Mount
        Folders that stand for places in buckets; all other paths are on a disk that every worker sees.
    settings : Settings or None
        Region, address and attempts of S3; credentials are those of the machine that asks.
    base : Path
        Folder that the driver runs in: a worker runs in another one, where a relative path leads elsewhere.
    """

    mounts: tuple[Mount, ...] = ()
    settings: Settings | None = None
    base: Path = field(default_factory=Path.cwd)

    def place(self, path: Path) -> Location:
        """Where the file `path` of the driver lies for everybody."""
        for mount in self.mounts:
            if (name := mount.name(path)) is not None:
                return mount.place / name
        return self.base / path

    @contextmanager
    def reading(self, path: Path) -> Generator[Path]:
        """Yield a local file with the content of `path`, by its own name; what was fetched is removed afterwards.

        Raises
        ------
        StorageError
            When there is no such object, or it cannot be fetched.
        """
        place = self.place(path)
        if isinstance(place, Path):
            yield place
            return
        with self._bucket(place) as bucket, worker_scratch() as scratch:
            found = next((o for o in bucket.objects(place.prefix) if o.key == place.prefix), None)
            if found is None:
                raise StorageError(f"{place}: is not there. Run the command again.")
            local = scratch / path.name
            bucket.get(found, local)
            expected = self._digest(path)
            if expected is not None and sha256_file(local) != expected:
                raise StorageError(f"{place}: was changed while the command ran. Run it again.")
            yield local

    def write(self, path: Path, write: Callable[[Path], int]) -> Written:
        """Have the file `path` written whole, where it belongs.

        Parameters
        ----------
        path : Path
            Name by which the driver speaks of it.
        write : callable
            Writes a local file, durably, and returns its number of rows.
        """
        place = self.place(path)
        if isinstance(place, Path):
            rows = write(place)
            return Written(path, rows, place.stat().st_size, sha256_file(place))
        with self._bucket(place) as bucket, worker_scratch() as scratch:
            local = scratch / path.name
            rows = write(local)
            written = Written(path, rows, local.stat().st_size, sha256_file(local))
            # One put, or one upload in parts that is completed at its end: a killed task leaves no half object.
            bucket.put_file(local, place.prefix)
        return written

    def _digest(self, path: Path) -> str | None:
        known = ((mount.name(path), mount.digests) for mount in self.mounts)
        return next((digests.get(name) for name, digests in known if name is not None), None)

    @contextmanager
    def _bucket(self, place: S3Location) -> "Generator[Bucket]":
        try:
            from garant.storage.s3 import Bucket  # noqa: PLC0415 - boto3 is an extra
        except ModuleNotFoundError as error:
            raise MissingPartError(f"{place}: S3 needs boto3. Run: pip install 'garant[aws]'") from error
        if self.settings is None:
            raise StorageError(f"{place}: the settings of S3 did not reach this worker.")
        with closing(Bucket(place.bucket, self.settings)) as bucket:
            yield bucket


@contextmanager
def worker_scratch() -> Generator[Path]:
    """Yield a folder of this worker's own that nobody else may read; it goes when the block ends.

    On a cluster it lies where Spark keeps this executor's blocks, which Spark removes when the executor is gone: a
    worker that is killed leaves no personal data behind.
    """
    parent = os.environ.get("SPARK_LOCAL_DIRS", "").split(",")[0]
    with scratch_folder("task", parent=Path(parent) if parent and Path(parent).is_dir() else None) as folder:
        yield folder
