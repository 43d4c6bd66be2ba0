"""Everything that a decision service needs, put together and closed again: for the API, pages and ``garant decide``."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from garant.decisions.store import RecordStore
from garant.exceptions import UsageError
from garant.models.bundle.reading import read_bundle
from garant.models.bundle.trust import Trust
from garant.reports.client_letter import load_lender
from garant.runs.accept import tables_for_bundle
from garant.runs.deciding.client_store import ClientStore
from garant.runs.deciding.decider import Decider
from garant.runs.deciding.service import DecisionService
from garant.runs.deciding.sorted_clients import SortedClients
from garant.runs.deciding.terms import Terms
from garant.runs.progress import Progress, silent
from garant.runs.record_store import master_key
from garant.settings import Settings
from garant.tables.config import TablesConfig


@contextmanager
def open_service(  # noqa: PLR0913 - what a command may ask for
    settings: Settings,
    *,
    bundle: Path,
    data: Path | None = None,
    run: Path | None = None,
    store_url: str | None = None,
    serving: bool = True,
    workers: int = 1,
    local: bool = True,
    one_request: bool = False,
    progress: Progress = silent,
) -> Generator[DecisionService]:
    """Open a service and close it with everything that it holds.

    Parameters
    ----------
    settings : Settings
        Terms, policy, keys, record store.
    bundle : Path
        Folder of the bundle.
    data : Path or None
        Accepted or raw tables whose clients may be named instead of sending their records.
    run : Path or None
        Committed run that pages show.
    store_url : str or None
        Record store, instead of that of the settings.
    serving : bool
        Whether this process answers requests of others; on SQLite one alone may.
    workers : int
        How many processes answer.
    local : bool
        Whether nobody but this machine asks: only then is the signature of a development key enough, and a master key
        made, together with a new store.
    one_request : bool
        Whether one request is answered and everything closed again: nothing is then prepared that only many repay.
    progress : Progress
        Told of each table that is read.

    Raises
    ------
    UsageError
        When decisions are to be automated without a legal basis, `run` is no folder, or the letter file is wrong.
    KeyFileError
        When the master key is missing or cannot be used.
    BundleError
        When the bundle cannot be verified, or the data hold other tables or columns.
    StoreError
        When the record store cannot be used, or could lose what was acknowledged.
    DataError
        When the data are refused.
    """
    terms = Terms.of(settings)
    if run is not None and not run.is_dir():
        raise UsageError(f"{run}: is no folder of a run. Give what `garant score --out` printed.")
    lender = load_lender(settings.letter_file)
    # Before anything slow: a service that cannot record never gets as far as a model.
    master = master_key(settings, store_url=store_url, may_make=local)
    with ExitStack() as stack:
        url = store_url or settings.store_url
        store = stack.enter_context(RecordStore.open(url, master, serving=serving, workers=workers))
        trust = Trust.of(settings, development=local)
        read = read_bundle(bundle, trust)
        clients, config = None, None
        if data is not None:
            accepted = tables_for_bundle(data, read.content.tables, without=(), settings=settings, progress=progress)
            config = accepted.config
            clients = stack.enter_context(
                ClientStore(accepted, memory_limit=settings.memory_limit, threads=settings.threads)
                if one_request
                else SortedClients(accepted, settings)
            )
        decider = stack.enter_context(Decider.open(read, config=config, settings=settings, trust=trust))
        service = DecisionService(decider, store, terms=terms, clients=clients, run=run, lender=lender)
        stack.callback(service.close)
        yield service


def open_decider(
    bundle: Path, settings: Settings, *, local: bool = True, config: TablesConfig | None = None
) -> Decider:
    """Read, verify and prepare another bundle for `DecisionService.use`; to be closed by who opens it.

    Parameters
    ----------
    bundle : Path
        Folder of the bundle.
    settings : Settings
        Trusted keys, policy, memory and threads.
    local : bool
        As for `open_service`.
    config : TablesConfig or None
        That of the data folder, where the service has one.

    Raises
    ------
    BundleError
        When the bundle cannot be verified or was trained with other columns.
    """
    trust = Trust.of(settings, development=local)
    return Decider.open(read_bundle(bundle, trust), config=config, settings=settings, trust=trust)
