"""Another bundle while requests run: each decision has exactly one, none fails, and a bad bundle changes nothing."""

import io
import shutil
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api_world import NewWorld, World
from garant.api.logs import open_log
from garant.api.metrics import Metrics
from garant.api.swap import Swapper
from garant.models.bundle.promotion.registry import bundle_folder
from garant.models.bundle.reading import read_bundle
from garant.models.bundle.recut import recut
from garant.models.bundle.signature import Signer
from garant.models.bundle.trust import Trust
from garant.models.pricing import pricing
from garant.runs.deciding.decider import Decider
from garant.runs.deciding.opening import open_decider
from garant.settings import Settings
from tables.records.corpus import sound

pytestmark = pytest.mark.xdist_group("api")

Load = Callable[[Path], Decider]


@pytest.fixture(scope="module")
def other(bundle: Path, settings: Settings) -> Path:
    """The same model with another cut-off."""
    trust, out = Trust.of(settings), bundle.parent / "other"
    recut(read_bundle(bundle, trust), pricing(costs="1:4"), out, signer=Signer.of(settings, None), trust=trust)
    return out


@pytest.fixture
def place(bundle: Path, tmp_path: Path) -> Path:
    """Copy of the bundle, to be exchanged."""
    shutil.copytree(bundle, tmp_path / "place")
    return tmp_path / "place"


@pytest.fixture
def load(settings: Settings) -> Load:
    """Loads as a service on this machine does."""
    return lambda folder: open_decider(folder, settings)


def put(bundle: Path, place: Path) -> None:
    """Exchange the bundle at a place by renames, as a deployment does."""
    shutil.copytree(bundle, place.with_name("next"))
    place.rename(place.with_name(f"old-{time.monotonic_ns()}"))
    place.with_name("next").rename(place)


@contextmanager
def asked(world: World, threads: int) -> Generator[list[tuple[int, str, float]]]:
    """Requests for decisions all the time; gives status, digest of the bundle and cut-off of each."""
    told: list[tuple[int, str, float]] = []
    ended = threading.Event()

    def ask() -> None:
        while not ended.is_set():
            answer = world.post("/v1/decisions", sound())
            said = answer.json()
            told.append((answer.status_code, said["digests"]["bundle"], said["cutoff"]))

    running = [threading.Thread(target=ask) for _ in range(threads)]
    for each in running:
        each.start()
    try:
        yield told
    finally:
        ended.set()
        for each in running:
            each.join()


def wait_for(what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline, "it did not happen within a minute"
        time.sleep(0.02)


def test_a_new_bundle_is_taken_between_two_requests_and_none_fails(
    new_world: NewWorld, place: Path, other: Path, load: Load, settings: Settings
) -> None:
    swapper = Swapper(place, load, every=0.1)
    world = new_world(swapper=swapper, rate=100_000)
    cutoffs = {read_bundle(each, Trust.of(settings)) for each in (place, other)}
    expected = {bundle.digest: bundle.content.cutoff for bundle in cutoffs}
    before = world.parts.service.decider.digest
    try:
        with asked(world, 3) as told:
            wait_for(lambda: len(told) > 10)
            put(other, place)
            wait_for(lambda: told[-1][1] != before)
            so_far = len(told)
            wait_for(lambda: len(told) > so_far + 10)
        assert {status for status, _, _ in told} == {201}
        assert {(digest, cutoff) for _, digest, cutoff in told} == set(expected.items())
        # Each thread sees the change once; what began before it may end after it.
        assert [digest for _, digest, _ in told[-3:]] == [next(d for d in expected if d != before)] * 3
        assert 'garant_bundle_swaps_total{result="done"} 1.0' in world.client.get("/metrics").text
    finally:
        swapper.stop()


def spoil_digit(folder: Path) -> None:
    """Change one character of the model."""
    model = folder / "model.txt"
    model.write_text(model.read_text().replace("leaf_value=0.", "leaf_value=1.", 1))


def cut_model(folder: Path) -> None:
    """Cut the model short, which LightGBM answers by ending the process."""
    text = (folder / "model.txt").read_bytes()
    (folder / "model.txt").write_bytes(text[: len(text) // 2])


def unsign(folder: Path) -> None:
    """Take the signature away."""
    (folder / "bundle.sig").unlink()


def empty(folder: Path) -> None:
    """Take everything away."""
    shutil.rmtree(folder)
    folder.mkdir()


def not_json(folder: Path) -> None:
    """Make the description unreadable."""
    (folder / "bundle.json").write_bytes(b"\xff{")


@pytest.mark.parametrize("spoil", [spoil_digit, cut_model, unsign, empty, not_json])
def test_a_bundle_that_cannot_be_trusted_is_refused_and_the_old_one_serves_on(
    world: World, other: Path, place: Path, load: Load, spoil: Callable[[Path], None]
) -> None:
    bad = place.with_name("bad")
    shutil.copytree(other, bad)
    spoil(bad)
    stream, metrics, before = io.StringIO(), Metrics(), world.parts.service.decider
    swapper = Swapper(bad, load, again=0.0)
    assert not swapper.look(world.parts.service, log=open_log(stream), metrics=metrics)
    assert world.parts.service.decider is before
    assert '"result": "refused"' in stream.getvalue()
    assert 'garant_bundle_swaps_total{result="refused"} 1.0' in metrics.text()[0].decode()
    assert world.post("/v1/decisions", sound()).status_code == 201
    shutil.rmtree(bad)
    shutil.copytree(other, bad)
    try:
        assert swapper.look(world.parts.service, log=open_log(stream), metrics=metrics), "a whole copy is taken later"
    finally:
        world.parts.service.use(before)
        swapper.close()


def test_a_refused_bundle_is_not_read_again_all_the_time(world: World, bundle: Path) -> None:
    loads: list[Path] = []

    def fail(folder: Path) -> Decider:
        loads.append(folder)
        raise OSError("no")

    place = bundle.parent / "odd"
    place.mkdir(exist_ok=True)
    (place / "bundle.json").write_text("{}")
    swapper = Swapper(place, fail)
    for _ in range(5):
        swapper.look(world.parts.service, log=open_log(io.StringIO()), metrics=Metrics())
    assert loads == [place]


def test_the_champion_of_a_registry_is_served(bundle: Path) -> None:
    from garant.api.swap import bundle_place

    assert bundle_place(bundle) == bundle
    folder = bundle.parent / "registry"
    folder.mkdir(exist_ok=True)
    (folder / "registry.json").write_text('{"format": 1}')
    assert bundle_place(folder) == folder
    assert bundle_folder(folder, "d").parent == folder / "bundles"
