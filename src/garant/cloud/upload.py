"""The raw tables go to their bucket: checked here first, only what differs is sent, verified there by manifest."""

from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from garant.cloud.findings import Uploaded, keep_findings, manifest_of
from garant.cloud.platform import Store
from garant.cloud.raw_bucket import RawBucket
from garant.exceptions import StorageError, UsageError
from garant.runs.accept import accepted_tables
from garant.runs.progress import Progress, silent
from garant.settings import Settings
from garant.storage import canonical_json, sha256_file
from garant.storage.layout import is_folder
from garant.storage.s3 import Bucket, S3Object
from garant.storage.s3_folder import S3Folder
from garant.tables.accepted import AcceptedTables, is_accepted
from garant.tables.config_file import CONFIG_NAME
from garant.tables.manifest import MANIFEST_NAME, Manifest, read_manifest


@dataclass(frozen=True, slots=True)
class UploadResult:
    """What an upload did.

    Parameters
    ----------
    uploaded : Uploaded
        What lies there now.
    sent, removed : tuple of str
        Names of what was sent and of what was removed; all else was there already.
    accepted : AcceptedTables
        What the check here found.
    """

    uploaded: Uploaded
    sent: tuple[str, ...]
    removed: tuple[str, ...]
    accepted: AcceptedTables


def upload_tables(
    data: Path,
    store: Store,
    *,
    settings: Settings,
    without: Collection[str] = (),
    progress: Progress = silent,
) -> UploadResult:
    """Send the raw tables of `data` to the bucket.

    Parameters
    ----------
    data : Path
        Folder of raw tables.
    store : Store
        Buckets of the platform.
    settings : Settings
        Region, which must be that of the buckets; where accepted tables are kept.
    without : collection of str
        Child tables that are not there.
    progress : Progress
        Told of the check, then of the bytes that went.

    Raises
    ------
    DataError
        When the tables are refused: nothing was sent.
    UsageError
        When a region is refused, or `data` holds accepted tables: nothing was sent.
    StorageError
        When the bucket lies elsewhere, holds what nobody uploaded, or gives out another thing than was sent.
    """
    if is_accepted(data):
        raise UsageError(f"{data} holds accepted tables. Give the raw tables: those are what is kept in the bucket.")
    place = store.initial
    # Opened before the tables are read: a bucket that is refused is told at once.
    with (
        closing(RawBucket(place.bucket, settings)) as bucket,
        closing(Bucket(store.buckets["curated"], settings)) as curated,
    ):
        accepted = accepted_tables(data, purpose="score", without=without, settings=settings, progress=progress)
        manifest = manifest_of(accepted)
        uploaded = Uploaded(manifest, _config_text(data))
        folder = S3Folder(bucket, place.prefix)
        folder.settle(MANIFEST_NAME)
        before = {name: found for name, found in folder.whole_objects().items() if not is_folder(found)}
        with TemporaryDirectory() as scratch:
            wanted = _wanted(data, uploaded, Path(scratch))
            removed = _no_longer_wanted(bucket, folder.prefix, before, wanted)
            sent = {
                name: path
                for name, path in wanted.items()
                if not _is_there(bucket, folder.prefix, before.get(name), path, manifest, name)
            }
            if sent or removed:
                _report_bytes(bucket, sent, progress)
                folder.replace(sent, removed, manifest=MANIFEST_NAME, before=before, beside={})
        verify_uploaded(bucket, folder.prefix, manifest, looked_at=set(wanted) - set(sent))
        keep_findings(curated, store.findings(uploaded.digest).prefix, accepted)
    return UploadResult(uploaded, tuple(sorted(sent)), tuple(sorted(removed)), accepted)


def read_uploaded(bucket: Bucket, prefix: str) -> Uploaded:
    """What lies in the bucket by its own manifest.

    Raises
    ------
    UsageError
        When nothing was uploaded yet.
    StorageError
        While an upload is under way, or after one that died.
    """
    folder = S3Folder(bucket, prefix)
    folder.whole_objects()
    there = bucket.read(f"{folder.prefix}{MANIFEST_NAME}")
    if there is None:
        raise UsageError(f"{folder.where} holds no tables with a manifest. Send them first: garant cloud upload DATA")
    with TemporaryDirectory() as scratch:
        (Path(scratch) / MANIFEST_NAME).write_bytes(there.content)
        manifest = read_manifest(Path(scratch)) or Manifest(files={})
    config = bucket.read(f"{folder.prefix}{CONFIG_NAME}")
    return Uploaded(manifest, config.content.decode("utf-8-sig") if config is not None else "")


def verify_uploaded(bucket: RawBucket, prefix: str, manifest: Manifest, *, looked_at: Collection[str] = ()) -> None:
    """Hold every object to the manifest: its size, and its sha256 unless it was `looked_at` a moment ago.

    Raises
    ------
    StorageError
        Names each object that is not what the manifest says.
    """
    sizes = {found.key.removeprefix(prefix): found.size for found in bucket.objects(prefix)}
    wrong = [
        name
        for name, listed in manifest.files.items()
        if sizes.get(name) != listed.bytes
        or (name not in looked_at and bucket.sha256_of(f"{prefix}{name}") != listed.sha256)
    ]
    if wrong:
        raise StorageError(
            f"{bucket.where(prefix)}: {', '.join(sorted(wrong))} there is not what was checked here. Did the files "
            "change meanwhile? Upload again."
        )


def _wanted(data: Path, uploaded: Uploaded, scratch: Path) -> dict[str, Path]:
    """Local file of everything that shall lie in the bucket, by its name there."""
    listing = scratch / MANIFEST_NAME
    listing.write_text(canonical_json(uploaded.manifest.model_dump(mode="json")), encoding="utf-8")
    wanted = {name: data / name for name in uploaded.manifest.files} | {MANIFEST_NAME: listing}
    return wanted | ({CONFIG_NAME: data / CONFIG_NAME} if uploaded.config else {})


def _config_text(data: Path) -> str:
    path = data / CONFIG_NAME
    return path.read_text(encoding="utf-8-sig") if path.is_file() else ""


def _no_longer_wanted(
    bucket: Bucket, prefix: str, before: Mapping[str, S3Object], wanted: Mapping[str, Path]
) -> list[str]:
    """What an earlier upload left there and this one does not hold; refuse what no upload brought."""
    others = sorted(set(before) - set(wanted))
    if not others:
        return []
    ours = {CONFIG_NAME}
    if MANIFEST_NAME in before:
        ours |= set(read_uploaded(bucket, prefix.removesuffix("/")).manifest.files)
    strange = [name for name in others if name not in ours]
    if strange:
        raise StorageError(
            f"{bucket.where(prefix)}: holds what no upload brought ({', '.join(strange)}). Only tables that were "
            "uploaded may lie there: move it elsewhere."
        )
    return others


def _is_there(
    bucket: RawBucket, prefix: str, found: S3Object | None, path: Path, manifest: Manifest, name: str
) -> bool:
    """Whether the object is the file already."""
    if found is None or found.size != path.stat().st_size:
        return False
    listed = manifest.files.get(name)
    return bucket.sha256_of(f"{prefix}{name}") == (listed.sha256 if listed is not None else sha256_file(path))


def _report_bytes(bucket: RawBucket, files: Mapping[str, Path], progress: Progress) -> None:
    """Have the progress told after each file."""
    total, done = sum(path.stat().st_size for path in files.values()), 0

    def told(path: Path) -> None:
        nonlocal done
        done += path.stat().st_size
        progress("send", done, total)

    bucket.on_sent = told
