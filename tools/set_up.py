"""Set up `.venv`: the locked packages, garant itself, and what the system lacks.

    python3 tools/set_up.py demo    what `make demo` needs: requirements/demo.txt
    python3 tools/set_up.py all     what every other target needs: requirements/all.txt

Standard library only, since nothing is installed yet; one line per step. Packages are added, never removed, so both
levels share one `.venv`. What was done is remembered in `.venv/garant-setup.json`, as digests of the files it was done
from: a second run compares them and stops. Exit code 2 means that something must be done by hand, and says what.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).resolve().parents[1]
LEVELS: Final = {"demo": "requirements/demo.txt", "all": "requirements/all.txt"}
# What makes a wheel of pyspark, which has none: must be there before it is asked for, and comes from a lock too.
BUILD: Final = "requirements/build.txt"
# What the editable install is made from: names, entry points and version.
PROJECT_FILES: Final = ("pyproject.toml", "src/garant/__init__.py")


class SetUpError(Exception):
    """Something that only the person at the keyboard can mend."""


# ---------------------------------------------------------------- what the system must provide


@dataclass(frozen=True)
class SystemPackage:
    """A Debian package, why it is needed, and how to see that what it brings is there."""

    name: str
    purpose: str
    is_present: Callable[[], bool]


def has_ensurepip() -> bool:
    """Whether `python -m venv` can put pip into an environment: Debian keeps that part in a package of its own."""
    return importlib.util.find_spec("ensurepip") is not None


def has_libgomp() -> bool:
    """Whether the OpenMP runtime loads that LightGBM's Linux wheel links to."""
    try:
        ctypes.CDLL("libgomp.so.1")
    except OSError:
        return sys.platform != "linux"
    return True


def has_java() -> bool:
    """Whether a Java that Spark supports is on the system, where the product looks for it (garant.engines.spark)."""
    homes = [Path(os.environ.get("JAVA_HOME", "/nowhere")), *Path("/usr/lib/jvm").glob("*")]
    on_path = shutil.which("java")
    if on_path:
        homes.append(Path(os.path.realpath(on_path)).parents[1])
    return sys.platform != "linux" or any(java_release(home) in JAVA_RELEASES for home in homes)


def java_release(home: Path) -> str | None:
    """Return the main number of the Java in a folder, from the file that every one has; None when it is none."""
    try:
        lines = (home / "release").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    said = next((line.partition("=")[2].strip('"') for line in lines if line.startswith("JAVA_VERSION=")), None)
    return said.partition(".")[0] if said and (home / "bin" / "java").exists() else None


JAVA_RELEASES: Final = {"17", "21"}
PYTHON_VENV: Final = SystemPackage(
    f"python{sys.version_info.major}.{sys.version_info.minor}-venv", "python -m venv needs it", has_ensurepip
)
LIBGOMP: Final = SystemPackage("libgomp1", "LightGBM needs it", has_libgomp)
CHROMIUM: Final = SystemPackage("chromium", "pages are tested in it", lambda: shutil.which("chromium") is not None)
POPPLER: Final = SystemPackage(
    "poppler-utils", "printed pages and letters are read with it", lambda: shutil.which("pdftotext") is not None
)
JAVA: Final = SystemPackage("openjdk-17-jre-headless", "Spark needs it", has_java)


def system_packages(level: str) -> tuple[SystemPackage, ...]:
    """Return what a level needs of the system beside Python."""
    return (LIBGOMP, JAVA, CHROMIUM, POPPLER) if level == "all" else (LIBGOMP,)


def apt_get(*, is_root: bool) -> list[str] | None:
    """Return how apt-get may be called: directly as root, through sudo without a password, or not at all (None)."""
    if shutil.which("apt-get") is None:
        return None
    if is_root:
        return ["apt-get"]
    return ["sudo", "-n", "apt-get"] if has_sudo() else None


def has_sudo() -> bool:
    """Whether sudo works without asking for a password."""
    try:
        return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def ensure(*packages: SystemPackage, is_root: bool) -> None:
    """Install the system packages that are missing, all in one go.

    Raises
    ------
    SetUpError
        When apt-get is absent, not allowed, or did not bring them; the message holds the line to run.
    """
    missing = [package for package in packages if not package.is_present()]
    if missing:
        names = " ".join(package.name for package in missing)
        lack = "missing: " + ", ".join(f"{package.name} ({package.purpose})" for package in missing)
        remedy = f"Run: sudo apt-get update && sudo apt-get install -y {names}"
        command = apt_get(is_root=is_root)
        if command is None:
            raise SetUpError(f"{lack}; apt-get may not be used. {remedy}")
        install = [*command, "install", "-y", "--no-install-recommends", *names.split()]
        # A bare image has no package lists: the first try fails at once, and only then the lists are fetched.
        complaint = failure_of(install) and (failure_of([*command, "update"]) or failure_of(install))
        if not all(package.is_present() for package in missing):
            raise SetUpError(f"{lack}; apt-get did not bring them: {complaint or 'it reported success'}. {remedy}")
    for package in packages:
        say(f"{package.name} {'installed by apt' if package in missing else 'present'}")


def failure_of(command: list[str]) -> str:
    """Run an apt command quietly; return the last line of its complaint, or nothing when it succeeds."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    lines = result.stderr.strip().splitlines() or [f"exit code {result.returncode}"]
    return lines[-1] if result.returncode else ""


# ---------------------------------------------------------------- .venv


@dataclass(frozen=True)
class Environment:
    """The environment of one project folder, and its memory of what was installed from which files."""

    root: Path

    @property
    def folder(self) -> Path:
        """Folder of the environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def version(self) -> str | None:
        """Return its Python version; None when it is absent, broken, or made for another place."""
        if self.memory().get("root", str(self.root)) != str(self.root):
            return None
        try:
            result = subprocess.run([self.python, "-V"], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return None
        return result.stdout.split()[-1]

    def memory(self) -> dict[str, str]:
        """Return what was done here: step → digest of the files it was done from."""
        try:
            return json.loads((self.folder / "garant-setup.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def remember(self, **steps: str) -> None:
        """Record steps as done."""
        memory = self.memory() | {"root": str(self.root)} | steps
        (self.folder / "garant-setup.json").write_text(json.dumps(memory, indent=1), encoding="utf-8")

    def digest(self, *files: str) -> str:
        """Return one digest of files of the project."""
        return hashlib.sha256(b"\0".join((self.root / file).read_bytes() for file in files)).hexdigest()

    def has(self, level: str) -> bool:
        """Whether a level is installed from the present lock; everything includes the demo."""
        memory = self.memory()
        return any(memory.get(name) == self.digest(LEVELS[name]) for name in {level, "all"})

    def has_project(self) -> bool:
        """Whether garant itself is installed from the present project file."""
        return self.memory().get("project") == self.digest(*PROJECT_FILES)

    def create(self) -> None:
        """Make an empty environment."""
        run([sys.executable, "-m", "venv", "--clear", str(self.folder)])

    def install_packages(self, level: str) -> None:
        """Install the locked packages, each checked against its hash: wheels, and pyspark, which is made into one."""
        lock = LEVELS[level]
        started = time.monotonic()
        print(f"setup: packages of {lock} ", end="", flush=True)  # seen while it works
        try:
            wheels = ("--require-hashes", "--no-deps", "--only-binary=:all:")
            if level == "all":
                self.pip(*wheels, "-r", BUILD)
            self.pip(*wheels, "--no-binary=pyspark", "--no-build-isolation", "-r", lock)
        finally:
            print(f"({time.monotonic() - started:.0f} s)", flush=True)
        self.remember(**{level: self.digest(lock)})

    def install_project(self) -> None:
        """Install garant editable, with the build tools of the lock: nothing is fetched."""
        self.pip("--no-index", "--no-deps", "--no-build-isolation", "--editable", ".")
        self.remember(project=self.digest(*PROJECT_FILES))
        say("garant, editable")

    def pip(self, *arguments: str) -> None:
        """Run pip install inside the environment, in the project's folder."""
        options = ("--quiet", "--quiet", "--disable-pip-version-check", "--no-input", "--progress-bar=off")
        run([str(self.python), "-m", "pip", "install", *options, *arguments], folder=self.root)


def run(command: list[str], *, folder: Path | None = None) -> None:
    """Run a step whose failure ends the set-up."""
    if subprocess.run(command, cwd=folder, check=False).returncode != 0:
        raise SetUpError(f"a step failed and said why: {' '.join(command)}")


def say(step: str) -> None:
    """Print one line."""
    print(f"setup: {step}", flush=True)


def set_up(environment: Environment, level: str, *, is_root: bool) -> None:
    """Bring the environment to a level, doing only what is not done yet."""
    version = environment.version()
    needed = system_packages(level)
    present = all(package.is_present() for package in needed)
    if version and environment.has(level) and environment.has_project() and present:
        say(f"ready (Python {version} in .venv, {LEVELS[level]})")
        return
    if version is None:
        ensure(PYTHON_VENV, *needed, is_root=is_root)
        environment.create()
        version = environment.version()
    else:
        ensure(*needed, is_root=is_root)
    say(f"Python {version} in .venv")
    if not environment.has(level):
        environment.install_packages(level)
    if not environment.has_project():
        environment.install_project()


def main(arguments: list[str]) -> int:
    """Run the command line; return the exit code."""
    if len(arguments) != 1 or arguments[0] not in LEVELS:
        say(f"which level? python3 tools/set_up.py {'|'.join(LEVELS)}")
        return 2
    with Path(__file__).open() as lock:
        # Two targets started at once must not write to one .venv together.
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            set_up(Environment(ROOT), arguments[0], is_root=os.geteuid() == 0)
        except SetUpError as error:
            say(str(error))
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
