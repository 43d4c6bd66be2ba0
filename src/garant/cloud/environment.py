"""The environment archive of a job: garant and its libraries for the workers, made by CI and named by its content.

It is looked into before it is used: another release of a library may change a byte of a run, and then the job would
make another run than the one that was asked for.
"""

import json
import re
import tarfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import garant
from garant.cloud.platform import Store
from garant.cloud.releases import JOB_PYTHON
from garant.exceptions import UsageError
from garant.settings import Settings
from garant.storage import S3Location, canonical_json, sha256_file
from garant.storage.s3 import Bucket

ARCHIVE: Final = "environment.tar.gz"
ENTRY_POINT: Final = "garant_main.py"
NOTEBOOK_ENTRY_POINT: Final = "garant_notebook.py"
DESCRIPTION: Final = "manifest.json"
"""What an archive holds, as ``tools/environment_archive.py`` writes it; sent last, so that what has it is whole."""

SAME_HERE: Final = ("garant", "lightgbm", "numpy", "pyarrow", "scipy")
"""Packages that must be of the release that plans the job here: another may change a number or a byte of a run."""

NEEDED: Final = (*SAME_HERE, "boto3", "duckdb", "numba")
"""Without one of these the job ends before it has begun, or takes many times as long as planned."""

FORBIDDEN: Final = ("pyspark",)
"""The release of EMR brings its own, which a second one would hide."""

_DISTRIBUTION = re.compile(r"(?:\./)?lib/python(\d+\.\d+)/site-packages/([A-Za-z0-9_.]+)-([^/-]+)\.dist-info/METADATA")
_INTERPRETER = re.compile(r"(?:\./)?bin/python(\d+(\.\d+)?)?")


@dataclass(frozen=True, slots=True)
class Environment:
    """An archive and what is in it.

    Parameters
    ----------
    digest : str
        Sha256 of the archive.
    python : str
        Its Python, as ``3.11``.
    packages : mapping of str to str
        Name → release.
    """

    digest: str
    python: str
    packages: Mapping[str, str]

    def place(self, store: Store) -> S3Location:
        """Where it lies."""
        return store.environments / self.digest

    def require_fit(self) -> None:
        """Refuse an archive that would make another run than this machine plans, or none.

        Raises
        ------
        UsageError
            Names everything that is wrong with it.
        """
        wrong = list(self._faults())
        if wrong:
            raise UsageError(
                f"Environment {self.digest[:12]}: {'; '.join(wrong)}. Take the archive that CI made for garant "
                f"{garant.__version__} (workflow environment), or the garant that it was made for."
            )

    def _faults(self) -> Iterable[str]:
        if self.python != JOB_PYTHON:
            yield f"its Python is {self.python or 'none'}, jobs run {JOB_PYTHON}"
        for name in NEEDED:
            if name not in self.packages:
                yield f"{name} is missing"
        for name in SAME_HERE:
            there, here = self.packages.get(name), _release_here(name)
            if there is not None and there != here:
                yield f"{name} is {there} there and {here} here"
        for name in FORBIDDEN:
            if name in self.packages:
                yield f"{name} is in it, which hides that of EMR"


def read_archive(path: Path) -> Environment:
    """Look into an archive, or into the folder that CI made of it.

    Raises
    ------
    UsageError
        When it is none that can be read, or holds no interpreter.
    """
    path = archive_in(path)
    pythons: set[str] = set()
    packages: dict[str, str] = {}
    has_interpreter = False
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                has_interpreter = has_interpreter or bool(_INTERPRETER.fullmatch(member.name))
                if (found := _DISTRIBUTION.fullmatch(member.name)) is not None:
                    pythons.add(found[1])
                    packages[_normal(found[2])] = found[3]
    except (OSError, tarfile.TarError) as error:
        raise UsageError(f"{path}: is no archive that can be read ({error}).") from error
    if not has_interpreter:
        raise UsageError(f"{path}: holds no bin/python. Give the archive that the workflow environment made.")
    return Environment(sha256_file(path), "+".join(sorted(pythons)), dict(sorted(packages.items())))


def archive_in(path: Path) -> Path:
    """Archive that a path names: the file itself, or the one in a folder that CI made."""
    return path / ARCHIVE if path.is_dir() else path


def send_environment(path: Path, store: Store, settings: Settings) -> tuple[Environment, bool]:
    """Send an archive, and the programs that start garant out of it, unless they lie there already.

    Returns
    -------
    Environment
        What was looked into.
    bool
        Whether anything was sent.
    """
    environment = read_archive(path)
    environment.require_fit()
    description = _description(path, environment)
    place = environment.place(store)
    with closing(Bucket(place.bucket, settings)) as bucket:
        is_new = _described(bucket, place) is None
        if is_new:
            bucket.put_file(archive_in(path), (place / ARCHIVE).prefix)
            bucket.put((place / DESCRIPTION).prefix, description)
        send_programs(bucket, place)
    return environment, is_new


def find_environment(asked: str | None, store: Store, settings: Settings) -> Environment:
    """Environment that lies there already.

    Parameters
    ----------
    asked : str or None
        Its sha256 or how that begins; None for the only one that fits this garant.
    store : Store
        Buckets of the platform.
    settings : Settings
        All about S3.

    Raises
    ------
    UsageError
        When there is none, more than one, or one that does not fit.
    """
    root = store.environments
    with closing(Bucket(root.bucket, settings)) as bucket:
        found = [
            described
            for key in bucket.objects(f"{root.prefix}/")
            if key.key.endswith(f"/{DESCRIPTION}")
            and (described := _described(bucket, S3Location(root.bucket, key.key.rpartition("/")[0]))) is not None
        ]
        if asked is not None:
            found = [one for one in found if one.digest.startswith(asked.lower())]
        else:
            found = [one for one in found if one.packages.get("garant") == garant.__version__]
        if len(found) != 1:
            raise UsageError(_not_one(found, asked, root))
        found[0].require_fit()
        send_programs(bucket, found[0].place(store))
    return found[0]


def send_programs(bucket: Bucket, place: S3Location) -> None:
    """Have the two programs that start garant lie beside the archive: this garant's own, a few lines each."""
    source = Path(garant.__file__).parent
    for name, file in ((ENTRY_POINT, source / "__main__.py"), (NOTEBOOK_ENTRY_POINT, source / "cloud/notebook_job.py")):
        content, key = file.read_bytes(), (place / name).prefix
        there = bucket.read(key)
        if there is None or there.content != content:
            bucket.put(key, content)


def _description(path: Path, environment: Environment) -> bytes:
    """What CI said of the archive, else what was found in it."""
    if path.is_dir() and (path / DESCRIPTION).is_file():
        content = (path / DESCRIPTION).read_bytes()
        said = _read_description(content)
        if said is None or (said.digest, said.python) != (environment.digest, environment.python):
            raise UsageError(
                f"{path / DESCRIPTION}: describes another archive than {ARCHIVE} beside it. Build it again."
            )
        return content
    archive = {"name": ARCHIVE, "sha256": environment.digest}
    said = {"archive": archive, "packages": dict(environment.packages), "python": environment.python}
    return canonical_json(said).encode()


def _described(bucket: Bucket, place: S3Location) -> Environment | None:
    there = bucket.read((place / DESCRIPTION).prefix)
    return _read_description(there.content) if there is not None else None


def _read_description(content: bytes) -> Environment | None:
    try:
        said = json.loads(content)
        packages = {_normal(str(name)): str(release) for name, release in said["packages"].items()}
        python = ".".join(str(said["python"]).split(".")[:2])
        return Environment(str(said["archive"]["sha256"]), python, packages)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _not_one(found: list[Environment], asked: str | None, root: S3Location) -> str:
    which = f"that begins with {asked}" if asked is not None else f"for garant {garant.__version__}"
    if not found:
        return (
            f"{root}: holds no environment {which}. Give the archive that CI made (workflow environment): "
            "--environment FILE. It is sent once."
        )
    listed = ", ".join(one.digest[:12] for one in found)
    return f"{root}: holds {len(found)} environments {which}: {listed}. Say which: --environment {found[0].digest[:12]}"


def _release_here(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
