"""The environment archive in small: a real interpreter, one package made here and garant itself, twice, and moved."""

import base64
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from garant.cloud.releases import EMR_RELEASE

pytestmark = pytest.mark.skipif(
    f"3.{sys.version_info.minor}" not in EMR_RELEASE.pythons, reason="the release has no such Python"
)
Names = dict[str, str]


@pytest.fixture(scope="module")
def script(project: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("environment_archive", project / "tools" / "environment_archive.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wheel(folder: Path, name: str, files: Names, *, scripts: str = "") -> Path:
    """A package of some files, as a wheel."""
    info = f"{name}-1.0.dist-info"
    content = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if scripts:
        content[f"{info}/entry_points.txt"] = f"[console_scripts]\n{scripts}\n"
    rows = [f"{path},sha256={_digest(text)},{len(text.encode())}" for path, text in content.items()]
    content[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,"]) + "\n"
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inner, text in content.items():
            archive.writestr(inner, text)
    return path


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


@dataclass(frozen=True)
class Workshop:
    """A lock and a wheel of garant, and the script over them; nothing is fetched."""

    folder: Path
    project: Path
    garant: Path

    def lock(self, *wheels: Path) -> Path:
        path = self.folder / "lock.txt"
        pins = [
            f"{one.name.split('-')[0]}==1.0 --hash=sha256:{hashlib.sha256(one.read_bytes()).hexdigest()}"
            for one in wheels
        ]
        path.write_text("\n".join(pins) + "\n", encoding="utf-8")
        return path

    def build(self, lock: Path, out: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, self.project / "tools" / "environment_archive.py"]
        own = {"PIP_NO_INDEX": "1", "PIP_" + "FIND_LINKS": str(self.folder), "PIP_CONFIG_FILE": os.devnull}
        return subprocess.run(
            [*command, "--wheel", self.garant, "--lock", lock, "--out", self.folder / out],
            env={**os.environ, **own},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def workshop(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    folder = tmp_path_factory.mktemp("workshop")
    # As much of garant as the script asks: a whole one would be compiled four times.
    source = project / "src" / "garant"
    names = ("__init__.py", "exceptions.py", "cloud/__init__.py", "cloud/releases.py")
    files = {f"garant/{name}": (source / name).read_text(encoding="utf-8") for name in names}
    return Workshop(folder, project, wheel(folder, "garant", files))


@pytest.fixture(scope="module")
def built(workshop: Workshop) -> tuple[Path, Path]:
    """Folders of two archives, made one after the other."""
    package = wheel(
        workshop.folder,
        "sample",
        {"sample/__init__.py": "LETTERS = frozenset('abcdef')\n\ndef main(): print('sample')\n"},
        scripts="sample = sample:main",
    )
    lock = workshop.lock(package)
    found: list[Path] = []
    for out in ("first", "second"):
        done = workshop.build(lock, out)
        assert done.returncode == 0, done.stderr
        found.append(Path(done.stdout.strip()))
    return found[0], found[1]


def test_two_builds_have_the_same_bytes_and_are_named_by_them(built: tuple[Path, Path]):
    one, other = (folder / "garant-environment.tar.gz" for folder in built)

    assert one.read_bytes() == other.read_bytes()
    assert built[0].name == built[1].name == hashlib.sha256(one.read_bytes()).hexdigest()


def test_members_are_sorted_and_tell_nothing_of_who_made_them(built: tuple[Path, Path]):
    with tarfile.open(built[0] / "garant-environment.tar.gz") as archive:
        members = archive.getmembers()

    names = [member.name for member in members]
    assert names == sorted(names)
    assert {(m.uid, m.gid, m.uname, m.gname, m.mtime) for m in members} == {(0, 0, "", "", 0)}
    # The interpreter is a file: a link would lead to where a worker may have nothing. No script names a folder.
    assert {m.name for m in members if m.name.startswith("bin/")} == {
        name for m in members if (name := m.name).startswith("bin/python")
    }
    assert all(m.isfile() for m in members if m.name.startswith("bin/"))


def test_the_manifest_says_what_it_is_for_and_what_is_inside(built: tuple[Path, Path]):
    manifest = json.loads((built[0] / "manifest.json").read_text(encoding="utf-8"))

    assert manifest["archive"]["sha256"] == built[0].name
    assert manifest["release"] == EMR_RELEASE.label
    assert manifest["spark"] == EMR_RELEASE.spark
    assert manifest["python"].startswith(f"3.{sys.version_info.minor}.")
    assert manifest["packages"] == {"garant": "1.0", "sample": "1.0"}
    assert manifest["libgomp"] in {"system", "archive"}


@pytest.fixture
def unpacked(built: tuple[Path, Path], tmp_path: Path) -> Callable[..., str]:
    """Where a worker unpacks it; what its interpreter answers to a line of Python."""
    folder = tmp_path / "another place" / "environment"
    with tarfile.open(built[0] / "garant-environment.tar.gz") as archive:
        archive.extractall(folder, filter="data")

    def answer(line: str) -> str:
        command = [folder / "bin" / "python", "-I", "-c", line]
        return subprocess.run(command, env={}, capture_output=True, text=True, check=True).stdout.strip()

    return answer


def test_the_interpreter_finds_its_packages_where_it_is_unpacked(unpacked: Callable[..., str], tmp_path: Path):
    place = unpacked("import sys, sample, garant; print(sys.prefix, sample.__file__, garant.__version__)")

    assert place.count(str(tmp_path / "another place" / "environment")) == 2


def test_modules_are_compiled_without_time_and_place(built: tuple[Path, Path]):
    with tarfile.open(built[0] / "garant-environment.tar.gz") as archive:
        compiled = {
            m.name: read.read() for m in archive if m.name.endswith(".pyc") and (read := archive.extractfile(m))
        }
    name = f"sample/__pycache__/__init__.cpython-3{sys.version_info.minor}.pyc"
    content = compiled[f"lib/python3.{sys.version_info.minor}/site-packages/{name}"]

    # Bit 0: known by a hash and not by a time; bit 1 is not set: it is believed as it is.
    assert content[4:8] == (1).to_bytes(4, "little")
    assert b"environment/lib/python3" in content
    assert not [name for name, content in compiled.items() if b"build-here" in content]


def test_openmp_comes_from_the_archive_where_a_worker_has_none(unpacked: Callable[..., str]):
    assert unpacked("import garant_libgomp; print(garant_libgomp.load('libgomp-absent.so'))") == "archive"


def test_pyspark_inside_is_refused(
    script: ModuleType, tmp_path: Path, built: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
):
    assert {"py4j", "pyspark"} == script.FOREIGN
    # The same look at a package that is inside.
    monkeypatch.setattr(script, "FOREIGN", {"sample"})

    with pytest.raises(script.ArchiveError, match="sample must not be inside: EMR brings its own"):
        script.look_inside(built[0] / "garant-environment.tar.gz", tmp_path / "there")


@pytest.mark.faults
def test_a_package_with_other_bytes_than_the_lock_says_is_refused(workshop: Workshop):
    lock = workshop.lock(wheel(workshop.folder, "altered", {"altered.py": "one = 1\n"}))
    wheel(workshop.folder, "altered", {"altered.py": "one = 2\n"})

    assert workshop.build(lock, "altered").returncode == 2
    assert not (workshop.folder / "altered").exists()


def test_a_file_that_names_the_building_place_is_found(script: ModuleType, tmp_path: Path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "told.txt").write_text(f"made in {tmp_path}\n", encoding="utf-8")

    assert script.traces(tmp_path) == ["lib/told.txt"]


def test_a_python_that_the_release_has_not_is_refused(
    script: ModuleType, tmp_path: Path, built: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(script, "QUESTIONS", script.QUESTIONS.replace("EMR_RELEASE.pythons", "('3.9',)"))

    with pytest.raises(script.ArchiveError, match=f"is none of {EMR_RELEASE.label}, which has 3.9"):
        script.look_inside(built[0] / "garant-environment.tar.gz", tmp_path / "there")
