"""The parts that an app serves, opened together, and how a new bundle takes the place of the first."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from garant.api.live import Parts
from garant.api.machine_tokens import MachineTokens
from garant.api.swap import Swapper, bundle_place
from garant.decisions.api_keys import ApiKeys
from garant.exceptions import BundleTablesError
from garant.runs.deciding.decider import Decider
from garant.runs.deciding.opening import open_decider, open_service
from garant.settings import Settings


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
        Whether others reach the service: then no signature of a development key is trusted, and no key is made.
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
    bundle, local = bundle_place(place), not exposed
    with open_service(settings, bundle=bundle, data=data, run=run, workers=workers, local=local) as service:
        first = service.decider

        def load(folder: Path) -> Decider:
            decider = open_decider(folder, settings, local=local, config=None if data is None else first.config)
            if data is not None and set(decider.content.tables) != set(first.content.tables):
                decider.close()
                raise BundleTablesError("The new bundle was trained with other tables than the data that are served.")
            return decider

        yield Parts(
            service=service,
            keys=ApiKeys(service.store),
            store=service.store,
            swapper=Swapper(place, load),
            tokens=MachineTokens.of(settings),
        )
