"""The set-up script as a person runs it: a real `.venv`, with a pip, apt-get and sudo that only write down calls."""

import importlib.util
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

LIBGOMP_LINE = "sudo apt-get update && sudo apt-get install -y libgomp1"


@pytest.fixture(scope="module")
def script(project: Path) -> ModuleType:
    """The set-up script as a module."""
    spec = importlib.util.spec_from_file_location("set_up", project / "tools" / "set_up.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["set_up"] = module
    spec.loader.exec_module(module)
    return module


# ---------------------------------------------------------------- packages


@dataclass(frozen=True)
class Checkout:
    """A folder like a fresh clone, in whose .venv pip is a script that writes down what it is asked for."""

    root: Path

    def set_up(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, self.root / "tools" / "set_up.py", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def pip_calls(self) -> list[str]:
        log = self.root / "pip.log"
        return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def checkout(project: Path, tmp_path: Path) -> Checkout:
    root = tmp_path / "garant"
    for name in ("tools/set_up.py", "pyproject.toml", "src/garant/__init__.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project / name, root / name)
    (root / "requirements").mkdir()
    (root / "requirements" / "demo.txt").write_text("numpy==2.0.0\n")
    (root / "requirements" / "all.txt").write_text("numpy==2.0.0\npytest==9.0.0\n")
    venv.create(root / ".venv", symlinks=True, with_pip=False)
    scheme = {"base": str(root / ".venv"), "platbase": str(root / ".venv")}
    pip = Path(sysconfig.get_path("purelib", scheme="venv", vars=scheme)) / "pip"
    pip.mkdir()
    (pip / "__main__.py").write_text(
        "import sys\n"
        "from pathlib import Path\n"
        f"root = Path({str(root)!r})\n"
        "with (root / 'pip.log').open('a') as log:\n"
        "    print(*sys.argv[1:], file=log)\n"
        "if (root / 'broken').exists():\n"
        "    sys.exit((root / 'broken').read_text())\n"
    )
    return Checkout(root)


def test_a_second_run_installs_nothing(checkout: Checkout) -> None:
    first = checkout.set_up("demo")
    calls = checkout.pip_calls()
    second = checkout.set_up("demo")

    assert first.returncode == second.returncode == 0, first.stdout + first.stderr
    assert any("--require-hashes" in call and "requirements/demo.txt" in call for call in calls)
    assert any("--editable ." in call and "--no-index" in call for call in calls)
    assert checkout.pip_calls() == calls
    assert second.stdout.splitlines() == [
        f"setup: ready (Python {sys.version.split()[0]} in .venv, requirements/demo.txt)"
    ]


def test_everything_includes_the_demo_and_nothing_is_ever_removed(checkout: Checkout) -> None:
    checkout.set_up("demo")
    checkout.set_up("all")
    calls = checkout.pip_calls()
    checkout.set_up("demo")

    assert checkout.pip_calls() == calls
    assert not [call for call in calls if not call.startswith("install ")]


def test_a_changed_lock_is_installed_again_and_only_the_lock(checkout: Checkout) -> None:
    checkout.set_up("demo")
    before = len(checkout.pip_calls())
    (checkout.root / "requirements" / "demo.txt").write_text("numpy==2.0.1\n")
    checkout.set_up("demo")

    assert ["requirements/demo.txt" in call for call in checkout.pip_calls()[before:]] == [True]


def test_an_interrupted_install_is_not_taken_for_done(checkout: Checkout) -> None:
    (checkout.root / "broken").write_text("no route to the index")
    failed = checkout.set_up("demo")
    (checkout.root / "broken").unlink()
    again = checkout.set_up("demo")

    assert failed.returncode == 2
    assert "no route to the index" in failed.stderr
    assert "setup: a step failed" in failed.stdout
    assert again.returncode == 0
    assert sum("requirements/demo.txt" in call for call in checkout.pip_calls()) == 2


def test_a_folder_that_was_moved_gets_a_new_environment(checkout: Checkout, script: ModuleType) -> None:
    checkout.set_up("demo")
    moved = checkout.root.rename(checkout.root.with_name("elsewhere"))

    assert script.Environment(moved).version() is None


def test_an_unknown_level_is_misuse(checkout: Checkout) -> None:
    answer = checkout.set_up("everything")

    assert answer.returncode == 2
    assert "demo|all" in answer.stdout


# ---------------------------------------------------------------- system packages


@pytest.fixture
def stubs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An otherwise empty PATH; a test puts programs there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def put(folder: Path, name: str, body: str) -> None:
    """Write a program."""
    (folder / name).write_text(f"#!/bin/sh\n{body}\n")
    (folder / name).chmod(0o755)


def libgomp(script: ModuleType, marker: Path) -> object:
    """The system package, present once the marker exists."""
    return script.SystemPackage("libgomp1", "LightGBM needs it", marker.exists)


def test_without_rights_the_line_to_run_is_said(script: ModuleType, stubs: Path, tmp_path: Path) -> None:
    put(stubs, "apt-get", f"touch {tmp_path}/called")
    put(stubs, "sudo", "echo a password is required >&2; exit 1")

    with pytest.raises(script.SetUpError, match="missing: libgomp1") as refusal:
        script.ensure(libgomp(script, tmp_path / "there"), is_root=False)

    assert LIBGOMP_LINE in str(refusal.value)
    assert not (tmp_path / "called").exists()


def test_a_system_without_apt_is_told_what_is_missing(script: ModuleType, stubs: Path, tmp_path: Path) -> None:
    assert not list(stubs.iterdir())
    with pytest.raises(script.SetUpError, match="missing: libgomp1"):
        script.ensure(libgomp(script, tmp_path / "there"), is_root=True)


@pytest.mark.parametrize("is_root", [True, False])
def test_missing_package_lists_are_fetched_and_the_install_repeated(
    script: ModuleType, stubs: Path, tmp_path: Path, *, is_root: bool
) -> None:
    log, lists, there = tmp_path / "log", tmp_path / "lists", tmp_path / "there"
    put(
        stubs,
        "apt-get",
        f'echo "$@" >> {log}\n[ "$1" = update ] && {{ : > {lists}; exit 0; }}\n[ -e {lists} ] || exit 100\n: > {there}',
    )
    put(stubs, "sudo", f'echo sudo "$2" >> {log}; shift; [ "$1" = true ] || exec "$@"')

    script.ensure(libgomp(script, there), is_root=is_root)

    called = [" ".join(line.split()[:2]) for line in log.read_text().splitlines()]
    assert [line for line in called if "sudo" not in line] == ["install -y", "update", "install -y"]
    assert called.count("sudo apt-get") == (0 if is_root else 3)


def test_everything_that_is_missing_is_said_in_one_line_to_run(script: ModuleType, stubs: Path, tmp_path: Path) -> None:
    assert not list(stubs.iterdir())
    fonts = script.SystemPackage("fonts-dejavu-core", "letters need it", (tmp_path / "there").exists)

    with pytest.raises(script.SetUpError, match="sudo apt-get install -y libgomp1 fonts-dejavu-core"):
        script.ensure(libgomp(script, tmp_path / "there"), fonts, is_root=False)


def test_a_failing_apt_is_quoted_with_the_line_to_run(script: ModuleType, stubs: Path, tmp_path: Path) -> None:
    put(stubs, "apt-get", "echo 'E: Could not resolve the mirror' >&2; exit 100")

    with pytest.raises(script.SetUpError, match="E: Could not resolve the mirror") as refusal:
        script.ensure(libgomp(script, tmp_path / "there"), is_root=True)

    assert LIBGOMP_LINE in str(refusal.value)


def test_the_exit_code_of_a_refusal_is_two(
    script: ModuleType, stubs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(script, "LIBGOMP", libgomp(script, tmp_path / "there"))
    monkeypatch.setattr(script, "ROOT", tmp_path)
    assert not list(stubs.iterdir())

    assert script.main(["demo"]) == 2
    assert capsys.readouterr().out.startswith("setup: missing: libgomp1")


def test_present_means_that_the_library_loads(script: ModuleType) -> None:
    # The tests run after a set-up, whose LightGBM links to it.
    assert script.has_libgomp()
