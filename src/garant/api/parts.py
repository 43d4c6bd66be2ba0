"""Opening what a service is made of: a trusted bundle, the record store, the rules and terms of the lender."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from garant.api.live import Parts
from garant.api.swap import Swapper, bundle_place
from garant.decisions.api_keys import ApiKeys
from garant.decisions.store import RecordStore
from garant.keys import MasterKey
from garant.models.bundle.reading import read_bundle
from garant.models.bundle.trust import Trust
from garant.runs.accept import accepted_tables, require_tables
from garant.runs.deciding.client_store import ClientStore
from garant.runs.deciding.decider import Decider
from garant.runs.deciding.service import DecisionService
from garant.runs.deciding.terms import Terms
from garant.settings import Settings
from garant.tables.config import TablesConfig


def load_decider(folder: Path, settings: Settings, *, exposed: bool, config: TablesConfig | None = None) -> Decider:
    """Read, check and prepare the bundle in `folder`; whoever asks for it closes it.

    Parameters
    ----------
    folder : Path
        Folder of the bundle.
    settings : Settings
        Trusted keys, threads, policy.
    exposed : bool
        Whether others reach the service: then no signature of a development key is trusted.
    config : TablesConfig or None
        What ``tables.toml`` of the data says; what the bundle knows of it when None.

    Raises
    ------
    BundleError
        When it is not trusted, not whole, or not readable.
    """
    trust = Trust.of(settings, development=not exposed)
    return Decider.open(read_bundle(folder, trust), config=config, settings=settings, trust=trust)


def prepared_master_key(settings: Settings, *, exposed: bool) -> MasterKey:
    """Master key of the record store; made where it is missing and nobody but this machine is served.

    Raises
    ------
    KeyFileError
        When it cannot be read, or is missing in a service that others reach.
    """
    path = settings.master_key
    if not exposed and settings.store_url.startswith("sqlite") and not path.exists():
        return MasterKey.new(path)
    return MasterKey.read(path)


@contextmanager
def opened_parts(
    place: Path,
    settings: Settings,
    *,
    exposed: bool,
    data: Path | None = None,
    run: Path | None = None,
    workers: int = 1,
) -> Generator[Parts]:
    """Everything that an app serves, open until the block ends.

    Parameters
    ----------
    place : Path
        Folder of a bundle, or a registry whose champion is served.
    settings : Settings
        Record store, keys, policy, terms.
    exposed : bool
        Whether others reach the service.
    data : Path or None
        Tables of the lender, so that a request may name a client.
    run : Path or None
        Committed run that pages show beside decisions.
    workers : int
        Processes that serve.

    Raises
    ------
    GarantError
        Whatever makes deciding unsafe: nothing is served then.
    """
    terms = Terms.of(settings)
    with ExitStack() as stack:
        accepted = None if data is None else accepted_tables(data, purpose="score", settings=settings)

        def load(folder: Path) -> Decider:
            config = None if accepted is None else accepted.config
            decider = load_decider(folder, settings, exposed=exposed, config=config)
            if accepted is not None:
                require_tables(accepted, decider.content.tables)
            return decider

        first = load(bundle_place(place))
        stack.callback(first.close)
        master = prepared_master_key(settings, exposed=exposed)
        store = stack.enter_context(RecordStore.open(settings.store_url, master, serving=True, workers=workers))
        clients = None
        if accepted is not None:
            memory, threads = settings.memory_limit, settings.threads
            clients = stack.enter_context(ClientStore(accepted, memory_limit=memory, threads=threads))
        service = DecisionService(first, store, policy=first.policy, terms=terms, clients=clients, run=run)
        yield Parts(service=service, keys=ApiKeys(store), store=store, swapper=Swapper(place, load))
