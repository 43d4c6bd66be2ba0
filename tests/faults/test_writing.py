"""Commands that write, killed at every durable step: whole or not there, and the next run gives the same bytes."""

import ctypes
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from decision_service import ServedLender
from garant.models.bundle.reading import read_bundle
from garant.models.bundle.trust import Trust
from garant.settings import Settings
from garant.storage import LocalRuns, sha256_file
from garant.tables.accepted import is_accepted, open_accepted

pytestmark = pytest.mark.xdist_group("faults")

SCALE = "0.003"

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2

COMMANDS = {
    "check": ("check", "{lender}", "--out", "{out}/accepted", "--report", "{out}/check.html"),
    "train": ("train", "{lender}", "--bundle", "{out}/model", "--fast", "--no-challenger"),
    "score": ("score", "{lender}", "--bundle", "{model}", "--out", "{out}/runs", "--format", "csv"),
}


class Place:
    """A lender and a model that are there, and how a command is run on them into a folder."""

    def __init__(self, folder: Path, served: ServedLender) -> None:
        self.folder, self.lender, self.model = folder, folder / "lender", served.bundles[0]
        self._variables = {**served.variables, "GARANT_CACHE_FOLDER": str(folder / "cache")}

    @property
    def trust(self) -> Trust:
        """Trust in the key that signs its models."""
        return Trust.of(Settings(development_key=Path(self._variables["GARANT_DEVELOPMENT_KEY"])))

    def arguments(self, name: str, out: Path) -> list[str]:
        """Arguments of a command that writes into `out`."""
        return [word.format(lender=self.lender, model=self.model, out=out) for word in COMMANDS[name]]

    def run(
        self, arguments: list[str], *, before: Callable[[], object] | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run `garant`, whose cache is this place's own."""
        if before is not None:
            # Python keeps a compiled module without a look at how much of it was written: a limit would leave half.
            environment["PYTHONDONTWRITEBYTECODE"] = "1"
        return subprocess.run(
            [sys.executable, "-m", "garant", *arguments],
            env=self.variables(**environment),
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=before,
        )

    def variables(self, **environment: str) -> dict[str, str]:
        """Environment of its commands."""
        return {**os.environ, **self._variables, **environment}


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory, served_lender: ServedLender) -> Place:
    """A lender, accepted once so that the cache is warm, and a model."""
    made = Place(tmp_path_factory.mktemp("faults"), served_lender)
    for step in (
        ["synth", str(made.lender), "--scale", SCALE, "--format", "csv"],
        ["check", str(made.lender), "--for", "score"],
        ["check", str(made.lender)],
    ):
        done = made.run(step)
        assert done.returncode in {0, 1}, done.stderr
    return made


def contents(out: Path) -> dict[str, str]:
    """Digest of every file that stands under a final name; what a dead writer left hidden does not count."""
    return {
        name: sha256_file(path)
        for path in sorted(out.rglob("*"))
        if path.is_file() and ".partial" not in (name := path.relative_to(out).as_posix())
    }


class Undisturbed(dict[str, tuple[dict[str, str], list[str]]]):
    """What a command writes when nothing happens, and the failpoints that it passes with the number of the pass."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place

    def __missing__(self, name: str) -> tuple[dict[str, str], list[str]]:
        """Run it when it is first asked for."""
        place = self._place
        out, log = place.folder / f"undisturbed-{name}", place.folder / f"{name}.log"
        done = place.run(place.arguments(name, out), GARANT_FAILPOINT_LOG=str(log))
        assert done.returncode in {0, 1}, done.stderr
        passes: Counter[str] = Counter()
        points: list[str] = []
        for point in log.read_text().split():
            passes[point] += 1
            points.append(f"{point}:{passes[point]}")
        self[name] = contents(out), points
        return self[name]


@pytest.fixture(scope="session")
def undisturbed(place: Place) -> Undisturbed:
    """What each command writes when nothing happens."""
    return Undisturbed(place)


def check_whole(place: Place, out: Path) -> None:
    """Whatever a reader would look at is whole or not there."""
    if (out / "accepted").exists():
        assert is_accepted(out / "accepted")
        open_accepted(out / "accepted", verify=True)
    if (out / "model").exists():
        read_bundle(out / "model", place.trust)
        assert (out / "model" / "validation.html").exists()
    if (out / "runs" / "current.json").exists():
        run = LocalRuns(out / "runs").current()
        for file, said in run.manifest["files"].items():
            assert sha256_file(run.folder / file) == said["sha256"]


def kill_and_repeat(place: Place, name: str, point: str, expected: dict[str, str], out: Path) -> None:
    """Kill a command at a point, look at what is there, and run it again."""
    arguments = place.arguments(name, out)
    killed = place.run(arguments, GARANT_FAILPOINT=point)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    check_whole(place, out)
    again = place.run([*arguments, "--overwrite"] if name == "train" else arguments)
    assert again.returncode in {0, 1}, again.stderr
    assert contents(out) == expected


STEPS = (("check", "storage.folder_renamed"), ("score", "storage.commit"))
"""Two points that each stand for a kind of step; the others, and `train`, are killed at by `make faults`."""

BUT_FOR_TRAIN = [pytest.param(name, marks=pytest.mark.faults if name == "train" else ()) for name in COMMANDS]
"""What takes a training each time is left to `make faults`."""


@pytest.mark.parametrize(("name", "point"), STEPS)
def test_a_command_killed_while_writing_leaves_nothing_half_done_and_repeats_with_the_same_bytes(
    place: Place, undisturbed: Undisturbed, tmp_path: Path, name: str, point: str
) -> None:
    expected, points = undisturbed[name]
    assert f"{point}:1" in points
    kill_and_repeat(place, name, point, expected, tmp_path / "out")


@pytest.mark.faults
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_killed_at_any_pass_of_any_point_leaves_nothing_half_done(
    place: Place, undisturbed: Undisturbed, tmp_path: Path, name: str
) -> None:
    expected, points = undisturbed[name]
    assert len(points) > 1
    for number, point in enumerate(points):
        kill_and_repeat(place, name, point, expected, tmp_path / f"out-{number}")


def test_an_older_output_survives_the_death_of_its_successor(
    place: Place, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    expected, _ = undisturbed["check"]
    arguments = place.arguments("check", tmp_path / "out")
    assert place.run(arguments).returncode == 1
    assert place.run(arguments, GARANT_FAILPOINT="storage.rename_folder").returncode == -signal.SIGKILL
    assert contents(tmp_path / "out") == expected
    check_whole(place, tmp_path / "out")


# ---------------------------------------------------------------- a full disk


def limit_files(n_bytes: int) -> Callable[[], None]:
    """No file may grow beyond a size: writing then fails as on a full disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))


@pytest.mark.parametrize("name", BUT_FOR_TRAIN)
@pytest.mark.parametrize("n_bytes", [20_000, pytest.param(0, marks=pytest.mark.faults)])
def test_a_disk_that_is_full_gives_one_error_with_the_path_and_no_output(
    place: Place, undisturbed: Undisturbed, tmp_path: Path, name: str, n_bytes: int
) -> None:
    out = tmp_path / "out"
    done = place.run(place.arguments(name, out), before=limit_files(n_bytes))
    assert done.returncode == 3, done.stderr
    assert done.stderr.count("\n") == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert not {"current.json", "bundle.json", "accepted", "COMMITTED"} & {path.name for path in out.rglob("*")}
    expected, _ = undisturbed[name]
    assert place.run(place.arguments(name, out)).returncode in {0, 1}
    assert contents(out) == expected


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 kB; only root can make one."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk; the limit on file sizes is tested for everybody")
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mount.returncode:
        pytest.skip(f"this machine lets nobody mount: {mount.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("name", ["check", *(pytest.param(n, marks=pytest.mark.faults) for n in ("train", "score"))])
def test_a_small_disk_that_fills_up_is_left_as_it_was(place: Place, small_disk: Path, name: str) -> None:
    (small_disk / "filler").write_bytes(b"x" * 200_000)
    done = place.run(place.arguments(name, small_disk / "out"))
    assert done.returncode == 3, done.stderr
    assert "No space left" in done.stderr
    assert done.stderr.count("\n") == 1
    left = {path.name for path in small_disk.rglob("*") if path.is_file()}
    assert not left - {"filler", "check.html"} or not {"current.json", "bundle.json", "manifest.json"} & left


# ---------------------------------------------------------------- no permission


def without_the_rights_of_root() -> None:
    """Root may write anywhere: give up the two capabilities that say so; they are gone after the next exec."""
    if os.geteuid() == 0:
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_folder_without_permission_is_named_before_the_long_work(place: Place, tmp_path: Path, name: str) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    probe = ["sh", "-c", f"test -w {locked}"]
    if not subprocess.run(probe, check=False, preexec_fn=without_the_rights_of_root).returncode:
        pytest.skip("root cannot give up its rights here")
    # Reading the raw tables would be the long work: with a cache of its own it would have to be done.
    cache = tmp_path / "cache"
    variables = {"GARANT_CACHE_FOLDER": str(cache)}
    done = place.run(place.arguments(name, locked), before=without_the_rights_of_root, **variables)
    assert done.returncode == 3, done.stderr
    assert str(locked) in done.stderr
    assert "cannot be written" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(locked.iterdir())
    assert not list(cache.rglob("*.parquet"))


# ---------------------------------------------------------------- being stopped, and a reader that leaves


def test_a_command_that_is_told_to_stop_ends_with_143_and_leaves_nothing(place: Place, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "garant", *place.arguments("check", out)]
    variables = place.variables(GARANT_CACHE_FOLDER=str(tmp_path / "cache"))
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while process.poll() is None and not list(out.glob(".accepted.*.partial/application")):
            time.sleep(0.01)
        process.terminate()
        _, said = process.communicate()
    assert process.returncode == 143, said
    assert b"Traceback" not in said
    assert not list(out.iterdir())


def test_a_reader_that_leaves_gets_no_traceback(place: Place, tmp_path: Path) -> None:
    command = " ".join([sys.executable, "-m", "garant", *place.arguments("check", tmp_path / "out")])
    done = subprocess.run(["sh", "-c", f"{command} 2>{tmp_path / 'err'} | head -c 1"], capture_output=True, check=False)
    assert done.returncode == 0
    assert (tmp_path / "err").read_text() == ""
    check_whole(place, tmp_path / "out")


# ---------------------------------------------------------------- two at once


def whoever_won(found: dict[str, str]) -> list[tuple[str, str]]:
    """Contents but for the number of the attempt that won, which the marker and the pointer hold."""
    numbered = ("COMMITTED", "current.json")
    return sorted(
        (re.sub(r"attempt=\d+", "attempt", name), "" if name.endswith(numbered) else digest)
        for name, digest in found.items()
    )


@pytest.mark.parametrize("name", BUT_FOR_TRAIN)
def test_two_commands_that_write_the_same_at_once_leave_one_whole_output(
    place: Place, undisturbed: Undisturbed, tmp_path: Path, name: str
) -> None:
    expected, _ = undisturbed[name]
    out = tmp_path / "out"
    command = [sys.executable, "-m", "garant", *place.arguments(name, out)]
    # A cache of their own: both read the raw tables at once as well.
    variables = place.variables(GARANT_CACHE_FOLDER=str(tmp_path / "cache"))
    pair = [
        subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [(process.communicate(), process.returncode) for process in pair]
    assert min(code for _, code in said) in {0, 1}, said
    for (text, error), code in said:
        if code not in {0, 1}:
            assert code in {2, 3}, error
            assert any(word in error for word in ("meanwhile", "exists already", "already")), error
            assert not text
    assert whoever_won(contents(out)) == whoever_won(expected)
    check_whole(place, out)
