"""The command line as a whole."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from garant import __version__
from garant.cli.app import NOUNS, VERBS, run

COMMANDS = [[verb] for verb in VERBS] + [[noun, action] for noun, (_, actions) in NOUNS.items() for action in actions]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_that_names_its_parameters(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"Usage: garant {' '.join(command)}")
    assert len(shown.splitlines()) > 5


def test_bare_garant_shows_three_next_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  garant ")]
    assert [line.split()[1] for line in lines] == ["demo", "check", "train"]


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.strip() == __version__


@pytest.mark.parametrize(
    ("typed", "meant"), [(["chek"], "check"), (["feature", "lst"], "feature list"), (["trian"], "train")]
)
def test_a_mistyped_command_suggests_the_near_one(
    typed: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(typed) == 2
    assert f"'{meant}'" in capsys.readouterr().err


def test_a_missing_argument_is_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["score", "DATA"]) == 2
    assert "--bundle" in capsys.readouterr().err


def test_a_word_too_many_is_named_with_where_to_look(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "here"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "garant demo does not know what 'here' is for. What it takes: garant demo --help" in said


def test_an_unforeseen_error_ends_with_four_and_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr("garant.cli.doctor.examine", fail)
    assert run(["doctor"]) == 4
    said = capsys.readouterr().err
    assert "planted" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("asked", [SystemExit(143), KeyboardInterrupt()])
def test_what_fails_because_the_command_was_stopped_is_no_bug(
    asked: BaseException, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spark's Java is gone by then, and whoever closes it fails over that."""

    def fail() -> None:
        try:
            raise asked
        finally:
            raise KeyError("p")

    monkeypatch.setattr("garant.cli.doctor.examine", fail)
    assert run(["doctor"]) == 143
    assert capsys.readouterr().err == ""


def test_help_imports_no_heavy_library() -> None:
    heavy = ["duckdb", "ibis", "lightgbm", "numpy", "pyarrow", "sklearn", "pydantic", "altair", "babel"]
    script = (
        "import sys\nfrom garant.cli.app import run\nrun(['--help'])\n"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m garant feature list | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_a_stopped_command_ends_with_143_and_leaves_no_table_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "garant", "synth", str(tmp_path / "lender"), "--scale", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as running:
        deadline = time.monotonic() + 120
        while not list(tmp_path.rglob("*.partial")) and time.monotonic() < deadline:
            time.sleep(0.1)
        running.terminate()
        assert running.wait(timeout=120) == 143
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
