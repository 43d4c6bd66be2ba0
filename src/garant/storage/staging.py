"""Folders that lie in a bucket, brought to this machine and sent back: the rest of garant sees local paths.

Every byte is fetched once, into a folder that only the user can read and that is removed in the end. A local path goes
through unchanged.
"""

import shutil
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from garant.exceptions import GarantError, MissingPartError, OccupiedError, StorageError, UsageError
from garant.settings import Settings
from garant.storage.durable import check_writable, reserved_folder
from garant.storage.layout import check_digests, check_layout, files, is_folder, is_hidden, version
from garant.storage.local_upkeep import LocalUpkeep
from garant.storage.location import Location, S3Location
from garant.storage.runs import POINTER, LocalRuns, Runs, local_runs_around
from garant.storage.upkeep import RunUpkeep

if TYPE_CHECKING:
    from garant.storage.s3 import Bucket, S3Object
    from garant.storage.s3_folder import S3Folder

Progress = Callable[[str, int, int], None]
"""Told the step's text, how much of it is done and the total."""

_AT_ONCE = 4


@contextmanager
def staging(settings: Settings, *, progress: Progress = lambda _step, _done, _total: None) -> Generator["Staging"]:
    """Open access to folders wherever they lie; messages of errors name them as the user did.

    Parameters
    ----------
    settings : Settings
        Where the cache is, and all about S3.
    progress : callable
        Told of the bytes that come.
    """
    with ExitStack() as stack:
        stage = Staging(settings, stack, progress)
        try:
            yield stage
        except GarantError as error:
            stage.name_as_typed(error)
            raise


class Staging:
    """What `staging` gives."""

    def __init__(self, settings: Settings, stack: ExitStack, progress: Progress) -> None:
        self._settings, self._stack, self._progress = settings, stack, progress
        self._scratch: Path | None = None
        self._buckets: dict[str, Bucket] = {}
        self._fetched: dict[S3Location, Path] = {}
        self._typed: dict[Path, S3Location] = {}

    def fetched(self, place: Location) -> Path:
        """Local folder with all that lies in `place`; names that start with a dot or ``_`` are left out.

        Raises
        ------
        StorageError
            When there is nothing, something cannot be read, or the disk is too small.
        """
        if isinstance(place, Path):
            return place
        if place not in self._fetched:
            self._fetched[place] = self._fetch(place)
        return self._fetched[place]

    @contextmanager
    def output(self, place: Location, *, manifest: str) -> Generator[Path]:
        """Yield the local folder to write for `place`; what was done to it is done to the bucket when the block ends.

        In the bucket's case the folder shows the names that are there, all but `manifest` without content. A file that
        is written beside the folder goes beside the prefix.

        Parameters
        ----------
        place : Location
            Folder to write.
        manifest : str
            File without which the folder counts for nothing: it is sent last.
        """
        if isinstance(place, Path):
            check_writable(place)
            yield place
            return
        if not place.prefix:
            raise UsageError(f"{place}: names a whole bucket. Add a prefix: {place}/NAME.")
        folder = self._folder(place)
        folder.settle(manifest)
        before = folder.whole_objects()
        local = self._new_folder(place) / place.name
        self._typed[local] = place
        skeleton = self._lay_out(folder, before, local, manifest)
        yield local
        self._send_back(folder, local, manifest, before, skeleton)

    def runs_around(self, place: Location) -> Runs | None:
        """Runs that `place` holds, or one of whose attempts it is, for reading; None where it is neither."""
        if isinstance(place, Path):
            return local_runs_around(place)
        *above, last = place.prefix.split("/")
        root = S3Location(place.bucket, "/".join(above[:-1])) if last.startswith("attempt=") and above else place
        return self.runs(root) if self._bucket(root).read((root / POINTER).prefix) is not None else None

    def runs(self, place: Location) -> Runs:
        """Folder of runs."""
        if isinstance(place, Path):
            return LocalRuns(place)
        bucket = self._bucket(place)
        from garant.storage.s3_runs import S3Runs  # noqa: PLC0415 - boto3 is an extra

        return S3Runs(bucket, place, self._folder_for_attempt, self._origin)

    def upkeep(self, place: Location) -> RunUpkeep:
        """Folder of runs to look after.

        Raises
        ------
        RunError
            When there is no such folder.
        """
        if isinstance(place, Path):
            return LocalUpkeep(place)
        bucket = self._bucket(place)
        from garant.storage.s3_upkeep import S3Upkeep  # noqa: PLC0415 - boto3 is an extra

        return S3Upkeep(bucket, place, self._folder_for_attempt, self._origin)

    def send(self, file: Path, place: Location, *, replace: bool = False) -> None:
        """Put one local file at `place`; a local `place` is taken to be `file` itself.

        Raises
        ------
        StorageError
            When something is there already and `replace` is false.
        """
        if isinstance(place, Path):
            return
        bucket = self._bucket(place)
        if replace:
            bucket.put_file(file, place.prefix)
        elif bucket.put_if_absent(place.prefix, file.read_bytes()) is None:
            raise OccupiedError(f"{place}: exists already.")

    def name_as_typed(self, error: GarantError) -> None:
        """Put the names that the user typed in place of scratch folders, in all texts of `error`."""
        if not self._typed:
            return
        scratch = any(str(self._scratch) in str(text) for text in error.args)

        def named(text: object) -> object:
            for local in sorted(self._typed, key=lambda path: -len(str(path))):
                text = text.replace(str(local), str(self._typed[local])) if isinstance(text, str) else text
            return text

        error.args = tuple(map(named, error.args))
        for name, value in vars(error).items():
            setattr(error, name, named(value))
        if scratch and isinstance(error.__cause__, OSError):
            error.args = (f"{error} It was staged below {self._settings.cache_folder} (GARANT_CACHE_FOLDER).",)

    # ---------------------------------------------------------------- from the bucket

    def _fetch(self, place: S3Location) -> Path:
        objects = self._folder(place).whole_objects()
        wanted = {name: found for name, found in objects.items() if not is_hidden(name) and not is_folder(found)}
        if not wanted:
            raise StorageError(f"{place}: holds nothing. Check the bucket and the prefix.")
        check_layout(wanted)
        local = self._new_folder(place) / (place.name or place.bucket)
        self._typed[local] = place
        self._check_space(place, sum(found.size for found in wanted.values()))
        try:
            self._bring(place, wanted, local)
            check_digests(local)
        except OSError as error:
            raise StorageError(f"{local}: cannot be brought here ({error.strerror or error}).") from error
        return local

    def _bring(self, place: S3Location, wanted: Mapping[str, "S3Object"], local: Path) -> None:
        bucket, total, done = self._bucket(place), sum(found.size for found in wanted.values()), 0

        def bring(name: str) -> int:
            path = local / name
            path.parent.mkdir(parents=True, exist_ok=True)
            bucket.get(wanted[name], path)
            return wanted[name].size

        pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="garant-s3")
        try:
            for size in pool.map(bring, wanted):
                done += size
                self._progress(f"fetch {place}", done, total)
        finally:
            pool.shutdown(cancel_futures=True)

    def _check_space(self, place: S3Location, needed: int) -> None:
        free = shutil.disk_usage(self._scratch_folder()).free
        if needed > free:
            raise StorageError(
                f"{place}: holds {needed / 1e9:.1f} GB, {free / 1e9:.1f} GB are free in {self._settings.cache_folder}. "
                "Free space, or set GARANT_CACHE_FOLDER to a larger disk."
            )

    # ---------------------------------------------------------------- to the bucket

    def _lay_out(
        self, folder: "S3Folder", objects: Mapping[str, "S3Object"], local: Path, manifest: str
    ) -> dict[str, tuple[int, int]]:
        """Make an empty file for each object and the manifest whole; return which files these are."""
        shown = {name: found for name, found in objects.items() if not is_hidden(name) and not is_folder(found)}
        check_layout(shown)
        for name, found in shown.items():
            path = local / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if name == manifest:
                folder.bucket.get(found, path)
            else:
                path.touch()
        return {name: version(local / name) for name in shown}

    def _send_back(
        self,
        folder: "S3Folder",
        local: Path,
        manifest: str,
        before: Mapping[str, "S3Object"],
        skeleton: Mapping[str, tuple[int, int]],
    ) -> None:
        found = {path.relative_to(local).as_posix(): path for path in files(local)}
        changed = {name: path for name, path in found.items() if skeleton.get(name) != version(path)}
        gone = [name for name in skeleton if name not in found]
        parent = folder.prefix.removesuffix("/").rpartition("/")[0]
        beside = {
            f"{parent}/{path.relative_to(local.parent).as_posix()}".lstrip("/"): path
            for path in files(local.parent)
            if local not in path.parents
        }
        if changed or gone or beside:
            folder.replace(changed, gone, manifest=manifest, before=before, beside=beside)

    # ---------------------------------------------------------------- places

    def _folder(self, place: S3Location) -> "S3Folder":
        bucket = self._bucket(place)
        from garant.storage.s3_folder import S3Folder  # noqa: PLC0415 - boto3 is an extra

        return S3Folder(bucket, place.prefix)

    def _bucket(self, place: S3Location) -> "Bucket":
        if place.bucket not in self._buckets:
            try:
                from garant.storage.s3 import Bucket  # noqa: PLC0415 - boto3 is an extra
            except ModuleNotFoundError as error:
                raise MissingPartError(f"{place}: S3 needs boto3. Run: pip install 'garant[aws]'") from error
            self._buckets[place.bucket] = self._stack.enter_context(closing(Bucket(place.bucket, self._settings)))
        return self._buckets[place.bucket]

    def _origin(self, folder: Path) -> S3Location | None:
        """Place from which `folder` was fetched."""
        return next((place for place, local in self._fetched.items() if local == folder), None)

    def _folder_for_attempt(self, place: S3Location) -> Path:
        folder = self._new_folder(place) / place.name
        folder.mkdir()
        self._typed[folder] = place
        return folder

    def _new_folder(self, place: S3Location) -> Path:
        folder = self._scratch_folder() / f"{len(self._typed)}-{place.bucket}"
        folder.mkdir()
        return folder

    def _scratch_folder(self) -> Path:
        if self._scratch is None:
            parent = self._settings.cache_folder / "staging"
            try:
                # What lies here is personal data: nobody but the user may read it.
                parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                parent.chmod(0o700)
                self._scratch = self._stack.enter_context(reserved_folder(parent.resolve(), "staging"))
            except OSError as error:
                message = f"{parent}: cannot be written ({error.strerror or error}). Set GARANT_CACHE_FOLDER."
                raise StorageError(message) from error
        return self._scratch
