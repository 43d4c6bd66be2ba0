"""The real pages with a real model, a real record store and the clients of a lender, on a server of this process."""

import fcntl
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pyarrow.dataset as ds
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from api_world import BRANCHES, served_app
from dashboard_world import NewPages, Pages, csrf_of
from garant.api.app import create_app
from garant.api.live import ApiOptions, Parts
from garant.api.logs import open_log
from garant.dashboard.app import pages
from garant.dashboard.parts import DashboardOptions
from garant.decisions.access import Role
from garant.decisions.api_keys import ApiKeys
from garant.decisions.store import RecordStore
from garant.keys import MasterKey
from garant.projection.components import Extent
from garant.runs.accept import tables_for_bundle
from garant.runs.deciding.decider import Decider
from garant.runs.deciding.opening import open_decider
from garant.runs.deciding.service import DecisionService
from garant.runs.deciding.sorted_clients import SortedClients
from garant.runs.deciding.terms import Terms
from garant.runs.pca.options import PcaOptions
from garant.runs.pca.run import pca
from garant.runs.score import ScoreOptions, score
from garant.runs.train import train
from garant.runs.train_options import TrainOptions
from garant.settings import Settings
from garant.tables.accepted import AcceptedTables
from garant.tables.synthetic import generate

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the pages with one worker: one model, one browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("dashboard"))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of what all workers look at: whoever comes first makes it, the others wait for that and take it."""
    own = tmp_path_factory.getbasetemp()
    # Workers of one run have folders side by side.
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "dashboard"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            _make(folder)
            (folder / "made").touch()
    return folder


def _make(folder: Path) -> None:
    """A small lender, a quick model, a run of its scores, and beside that one of its components."""
    settings, data, model, runs = _settings(folder), folder / "data", folder / "model", folder / "scored" / "runs"
    generate(data, scale=0.01, seed=11, file_format="csv")
    train(data, model, options=TrainOptions(fast=True, members=2), settings=settings)
    score(data, model, runs, options=ScoreOptions(), settings=settings)
    pca(runs, runs.parent / "pca", options=PcaOptions(extent=Extent(number=3)), settings=settings)


def _settings(folder: Path) -> Settings:
    return Settings(cache_folder=folder / "cache", development_key=folder / "development.key", threads=1)


@pytest.fixture(scope="session")
def settings(made: Path) -> Settings:
    """Settings with a cache and a key that workers share, and one thread."""
    return _settings(made)


@pytest.fixture(scope="session")
def lender(made: Path) -> Path:
    """Raw tables of a small lender."""
    return made / "data"


@pytest.fixture(scope="session")
def bundle(made: Path) -> Path:
    """Folder of a quick model of the lender."""
    return made / "model"


@pytest.fixture(scope="session")
def decider(bundle: Path, settings: Settings) -> Iterator[Decider]:
    """What judges by this model."""
    with open_decider(bundle, settings) as opened:
        yield opened


@pytest.fixture(scope="session")
def accepted(lender: Path, decider: Decider, settings: Settings) -> AcceptedTables:
    """Accepted tables of the lender."""
    return tables_for_bundle(lender, decider.content.tables, without=(), settings=settings)


@pytest.fixture(scope="session")
def clients(accepted: AcceptedTables, settings: Settings) -> Iterator[SortedClients]:
    """The lender's clients by id."""
    with SortedClients(accepted, settings) as opened:
        yield opened


@pytest.fixture(scope="session")
def submit() -> Callable[..., httpx.Response]:
    """Send a form to `action` as the page at `path` would."""

    def send(browser: httpx.Client, path: str, action: str, **fields: str) -> httpx.Response:
        shown = browser.get(path)
        assert shown.status_code == 200, shown.text
        return browser.post(action, data={"csrf": csrf_of(shown.text), **fields})

    return send


@pytest.fixture(scope="session")
def new_pages(decider: Decider, clients: SortedClients, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewPages]:
    """Make a service with pages and a record store of its own."""
    with ExitStack() as stack:

        def make(
            *, terms: Terms | None = None, run: Path | None = None, options: DashboardOptions | None = None
        ) -> Pages:
            folder = tmp_path_factory.mktemp("pages")
            master = MasterKey.new(folder / "master.key")
            store = stack.enter_context(RecordStore.open(f"sqlite:///{folder / 'records.db'}", master, serving=True))
            service = DecisionService(decider, store, terms=terms or Terms(), clients=clients, run=run)
            keys = ApiKeys(store)
            made = {
                (role, branch): keys.create("test", role, branch, datetime.now(UTC) + timedelta(hours=5))
                for role in Role
                for branch in BRANCHES
            }
            log = io.StringIO()
            parts = Parts(service=service, keys=keys, store=store)
            shown = pages(options or DashboardOptions(local_login=True, is_secure=False))
            app = create_app(lambda: nullcontext(parts), ApiOptions(rate=100_000), log=open_log(log), pages=shown)
            return Pages(
                app=app,
                client=stack.enter_context(served_app(app)),
                parts=parts,
                log=log,
                texts={who: text for who, (_, text) in made.items()},
                ids={who: key.id for who, (key, _) in made.items()},
            )

        yield make


@pytest.fixture(scope="session")
def world(new_pages: NewPages) -> Pages:
    """A service with pages that tests share."""
    return new_pages()


@pytest.fixture(scope="session")
def people(accepted: AcceptedTables, world: Pages) -> dict[str, int]:
    """A client for each outcome: ``accept``, ``refer``, ``refuse``."""
    ids = ds.dataset([str(path) for path in accepted.files["application"]]).to_table(columns=["SK_ID_CURR"])
    found: dict[str, int] = {}
    for client in ids["SK_ID_CURR"].to_pylist():
        outcome = world.post("/v1/decisions/preview", {"client": client}).json()["outcome"]
        found.setdefault(outcome, client)
        if len(found) == 3:
            return found
    raise AssertionError(f"the lender has nobody for some outcome: {found}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, for one module: while it is open no test of this process may run an event loop of its own."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser, world: Pages) -> Iterator[BrowserContext]:
    """A browser window that nobody is logged in with."""
    context = chromium.new_context(base_url=str(world.client.base_url))
    yield context
    context.close()


@pytest.fixture(scope="session")
def scored_run(made: Path) -> Path:
    """Folder with a committed run of the lender's scores; beside it one of its components."""
    return made / "scored" / "runs"


@pytest.fixture(scope="session")
def watched(new_pages: NewPages, scored_run: Path) -> Pages:
    """A service with pages that has a run."""
    return new_pages(run=scored_run)
