"""Build the environment archive that a job on EMR unpacks: an interpreter, the locked packages, garant, and no PySpark.

    python3.11 tools/environment_archive.py --wheel garant-0.1.0-py3-none-any.whl --out build/environment

Run it where the workers are alike: on Amazon Linux 2023, with a Python of the release (`environment.yml` does so in a
container). What it writes is addressed by the digest of the archive, so an upload never replaces another one:

    OUT/<sha256>/garant-environment.tar.gz   unpacked by spark.archives=…#environment
    OUT/<sha256>/manifest.json               release of EMR, Python, machine, versions of packages, digests

The same lock, wheel, Python and machine give the same bytes: members are sorted, without owner and time, and compiled
modules carry no time either. Before anything is written the archive is unpacked elsewhere and its interpreter started.
Standard library only. Exit code 2 means that no archive was made, and says why.
"""

from __future__ import annotations

import argparse
import csv
import ctypes
import gzip
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
LOCK: Final = ROOT / "requirements" / "job.txt"
ARCHIVE: Final = "garant-environment.tar.gz"
LIBGOMP: Final = "libgomp.so.1"
# Entries of pyvenv.cfg; the rest names where and how the environment was made.
KEPT: Final = {"home", "include-system-site-packages", "version"}
# EMR brings these itself; a second copy would hide the one that fits its cluster.
FOREIGN: Final = {"py4j", "pyspark"}
# What a job cannot do without, where it is installed: these load libraries of the system, and fail only when imported.
IMPORTED: Final = ("boto3", "duckdb", "lightgbm", "llvmlite", "numba", "numpy", "pandas", "pyarrow", "scipy", "sklearn")

# LightGBM's wheel needs the OpenMP runtime of the system. Where a worker has none, the one of the archive is loaded
# before anybody asks: the loader of the system then takes it for the same.
LOADER: Final = '''"""The OpenMP runtime of the archive, for a worker that has none."""

import ctypes
import pathlib
import sys


def load(name: str = "libgomp.so.1") -> str:
    """Load it from the system, else from the archive; return which."""
    try:
        ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
    except OSError:
        ctypes.CDLL(str(pathlib.Path(sys.prefix, "lib", "libgomp.so.1")), mode=ctypes.RTLD_GLOBAL)
        return "archive"
    return "system"
'''

# What the unpacked interpreter is asked; it answers with what it found.
QUESTIONS: Final = """
import ctypes, importlib, importlib.metadata, importlib.util, json, platform, sys
for name in sys.argv[1:]:
    if importlib.util.find_spec(name):
        importlib.import_module(name)
from garant.cloud.releases import EMR_RELEASE
import garant, garant_libgomp
print(json.dumps({
    "garant": garant.__version__,
    "libgomp": garant_libgomp.load(),
    "machine": platform.machine(),
    "packages": {found.name.lower().replace("_", "-"): found.version for found in importlib.metadata.distributions()},
    "prefix": sys.prefix,
    "python": platform.python_version(),
    "pythons": EMR_RELEASE.pythons,
    "release": EMR_RELEASE.label,
    "spark": EMR_RELEASE.spark,
}))
"""


class ArchiveError(Exception):
    """Why there is no archive."""


# ---------------------------------------------------------------- an environment that can be moved


def install(folder: Path, *, lock: Path, wheel: Path) -> None:
    """Make the environment: an interpreter that is a file of its own, the locked packages, garant.

    A link in place of the interpreter would lead to where a worker may have nothing.
    """
    run(sys.executable, "-m", "venv", "--copies", "--without-pip", folder)
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install"]
    pip += ["--quiet", "--disable-pip-version-check", "--no-input", "--no-compile", "--no-deps", "--only-binary=:all:"]
    run(*pip, "--require-hashes", "-r", lock)
    run(*pip, "--no-index", wheel)


def make_movable(folder: Path) -> None:
    """Take away what names the folder it was built in: scripts, their records, the command that made it."""
    interpreters = re.compile(r"python(3(\.\d+)?)?")
    for file in (folder / "bin").iterdir():
        if not interpreters.fullmatch(file.name):
            file.unlink()
    told = (folder / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    kept = [
        line for line in told if line.partition("=")[0].strip() in {"home", "include-system-site-packages", "version"}
    ]
    (folder / "pyvenv.cfg").write_text("\n".join(kept) + "\n", encoding="utf-8")
    for record in site_packages(folder).glob("*.dist-info/RECORD"):
        (record.parent / "direct_url.json").unlink(missing_ok=True)
        with record.open(encoding="utf-8", newline="") as lines:
            rows = [row for row in csv.reader(lines) if row and (record.parents[1] / row[0]).exists()]
        with record.open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines, lineterminator="\n").writerows(rows)


def add_libgomp(folder: Path) -> None:
    """Put the OpenMP runtime of this machine beside the packages, and what loads it where there is none.

    Raises
    ------
    ArchiveError
        When this machine has none.
    """
    try:
        library = ctypes.CDLL(LIBGOMP)
    except OSError as error:
        raise ArchiveError(f"{LIBGOMP} is missing, LightGBM needs it. Run: dnf install -y libgomp") from error
    mapped = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    # Its real name has more digits after the SONAME.
    found = next(line.split()[-1] for line in mapped if Path(line.split()[-1]).name.startswith(LIBGOMP))
    del library
    shutil.copyfile(found, folder / "lib" / LIBGOMP)
    (site_packages(folder) / "garant_libgomp.py").write_text(LOADER, encoding="utf-8")
    (site_packages(folder) / "garant_libgomp.pth").write_text("import garant_libgomp; garant_libgomp.load()\n", "utf-8")


def compile_modules(folder: Path) -> None:
    """Compile every module to bytes that hold neither time nor place, so that workers need not do it.

    Files that are no Python of this version (samples inside packages) are left as they are.
    """
    options = ("-q", "-q", "-s", str(folder), "-p", "environment", "--invalidation-mode", "unchecked-hash")
    # -B: what is imported on the way must not be kept under the place it is imported from.
    command = [str(folder / "bin" / "python"), "-B", "-m", "compileall", *options, str(folder / "lib")]
    subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "0"}, check=False)


def site_packages(folder: Path) -> Path:
    """Return where packages lie."""
    return next((folder / "lib").glob("python3.*/site-packages"))


def traces(folder: Path) -> list[str]:
    """Return the files that still name the folder they were built in."""
    place = str(folder).encode()
    files = (file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
    return sorted(str(file.relative_to(folder)) for file in files if place in file.read_bytes())


# ---------------------------------------------------------------- the archive


def pack(folder: Path, archive: Path) -> str:
    """Write the archive, the same bytes for the same files; return its sha256."""
    with (
        archive.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=6) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
            tar.add(path, path.relative_to(folder).as_posix(), recursive=False, filter=anonymous)
    return digest_of(archive)


def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Take owner, time and the mask of the builder from a member."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    if not member.issym():
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
    return member


def digest_of(file: Path) -> str:
    """Return the sha256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def look_inside(archive: Path, elsewhere: Path) -> dict[str, object]:
    """Unpack the archive in another place, start its interpreter there and return what it says of itself.

    Raises
    ------
    ArchiveError
        When it does not start, a package does not load, or PySpark is inside.
    """
    with tarfile.open(archive) as tar:
        tar.extractall(elsewhere, filter="data")
    python = elsewhere / "bin" / "python"
    # -I: nothing of the builder's environment helps it.
    answer = subprocess.run([python, "-I", "-c", QUESTIONS, *IMPORTED], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise ArchiveError(f"the unpacked interpreter failed: {answer.stderr.strip().splitlines()[-1:]}")
    told = json.loads(answer.stdout)
    if Path(told.pop("prefix")).resolve() != elsewhere.resolve() or python.is_symlink():
        raise ArchiveError("the unpacked interpreter is not its own: it looks for packages where it was built")
    if foreign := FOREIGN & set(told["packages"]):
        raise ArchiveError(f"{', '.join(sorted(foreign))} must not be inside: EMR brings its own. Look at {LOCK.name}")
    pythons = told.pop("pythons")
    if told["python"].rpartition(".")[0] not in pythons:
        raise ArchiveError(f"Python {told['python']} is none of {told['release']}, which has {', '.join(pythons)}")
    return told


def build(*, lock: Path, wheel: Path, out: Path) -> Path:
    """Build, look inside, and only then write below `out`; return the folder.

    Raises
    ------
    ArchiveError
        When something is missing, or the environment is not one that can be moved.
    """
    with tempfile.TemporaryDirectory(prefix="garant-environment-") as name:
        work = Path(name).resolve()
        folder = work / "build-here" / "environment"
        install(folder, lock=lock, wheel=wheel)
        make_movable(folder)
        add_libgomp(folder)
        compile_modules(folder)
        if found := traces(folder):
            raise ArchiveError(f"files name the folder they were built in: {', '.join(found[:5])}")
        digest = pack(folder, work / ARCHIVE)
        told = look_inside(work / ARCHIVE, work / "unpacked-there")
        manifest = {
            "archive": {"name": ARCHIVE, "sha256": digest, "bytes": (work / ARCHIVE).stat().st_size},
            "lock": {"name": lock.name, "sha256": digest_of(lock)},
            "wheel": {"name": wheel.name, "sha256": digest_of(wheel)},
            "system": system(),
            **told,
        }
        target = out / digest
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(work / ARCHIVE, target / ARCHIVE)
    # Last: what has a manifest is whole.
    (target / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return target


def system() -> str:
    """Return the name of the system that this runs on."""
    return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())


def run(*command: str | Path) -> None:
    """Run a step.

    Raises
    ------
    ArchiveError
        When it fails.
    """
    words = [str(word) for word in command]
    if subprocess.run(words, check=False).returncode != 0:
        raise ArchiveError(f"a step failed and said why: {' '.join(words)}")


def main(arguments: list[str]) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Build the environment archive of a job on EMR.")
    parser.add_argument("--wheel", type=Path, required=True, help="garant, as built from this source")
    parser.add_argument("--lock", type=Path, default=LOCK, help="packages with their hashes")
    parser.add_argument("--out", type=Path, required=True, help="folder; the archive gets one of its own there")
    options = parser.parse_args(arguments)
    try:
        target = build(lock=options.lock, wheel=options.wheel.resolve(), out=options.out)
    except ArchiveError as error:
        print(f"environment: {error}", file=sys.stderr)
        return 2
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
