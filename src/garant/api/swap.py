"""A new bundle while the service runs: loaded beside the old one, then taken in one step, or refused.

Requests that began go on with the bundle that they began with: each decision has exactly one.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from garant.api.lasting import keep_what_is_here
from garant.api.metrics import Metrics
from garant.models.bundle.promotion.registry import REGISTRY_FILE, bundle_folder, read_registry
from garant.models.bundle.writing import BUNDLE_FILE
from garant.runs.deciding.decider import Decider
from garant.runs.deciding.service import DecisionService

EVERY_SECONDS = 2.0
"""How often the folder is looked at: one small file is read."""

AGAIN_SECONDS = 30.0
"""When a bundle that was refused is tried again: it may have been a copy that was not complete yet."""

RETIRED_SECONDS = 600.0
"""How long a bundle that was replaced stays open for requests that began with it: a batch may take minutes."""


def bundle_place(place: Path) -> Path:
    """Folder of the bundle that `place` means: itself, or the champion where it is a registry.

    Raises
    ------
    PromotionError
        When it is a registry that cannot be read.
    """
    if not (place / REGISTRY_FILE).exists():
        return place
    digest = read_registry(place).champion
    return place if digest is None else bundle_folder(place, digest)


class Swapper:
    """Looks for a new bundle and lets the service take it.

    Parameters
    ----------
    place : Path
        Folder of a bundle, or a registry whose champion is served.
    load : callable
        Reads, checks and prepares the bundle of a folder; slow.
    every, again : float
        Seconds between two looks, and until a refused bundle is tried again.
    """

    def __init__(
        self,
        place: Path,
        load: Callable[[Path], Decider],
        *,
        every: float = EVERY_SECONDS,
        again: float = AGAIN_SECONDS,
    ) -> None:
        self._place, self._load, self._every, self._again = place, load, every, again
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._refused: tuple[str | None, float] = (None, 0.0)
        self._retired: list[tuple[Decider, float]] = []
        self._taken: Decider | None = None

    def start(self, service: DecisionService, *, log: FilteringBoundLogger, metrics: Metrics) -> None:
        """Look from now on, in a thread."""

        def watch() -> None:
            while not self._ended.wait(self._every):
                self.look(service, log=log, metrics=metrics)
                self._close_retired(time.monotonic() - RETIRED_SECONDS)

        self._ended.clear()
        self._thread = threading.Thread(target=watch, name="bundle", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more; a bundle that is being loaded is not taken."""
        self._ended.set()
        if self._thread:
            self._thread.join()

    def close(self) -> None:
        """Close what was loaded here, when no request is left."""
        self._close_retired(float("inf"))
        if self._taken:
            self._taken.close()
            self._taken = None

    def _close_retired(self, before: float) -> None:
        for decider, _ in [entry for entry in self._retired if entry[1] <= before]:
            decider.close()
        self._retired = [entry for entry in self._retired if entry[1] > before]

    def look(self, service: DecisionService, *, log: FilteringBoundLogger, metrics: Metrics) -> bool:
        """Look once; whether a new bundle was taken."""
        found = ""
        try:
            folder = bundle_place(self._place)
            found = hashlib.sha256((folder / BUNDLE_FILE).read_bytes()).hexdigest()
            if found == service.decider.digest or self._was_refused(found):
                return False
            decider = self._load(folder)
            if self._ended.is_set():
                decider.close()
                return False
            before = service.use(decider)
            # The first one belongs to whoever opened the parts.
            if self._taken is before:
                self._retired.append((before, time.monotonic()))
            self._taken = decider
            keep_what_is_here()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a new bundle, the old one goes on serving
            self._tell_refused(found, error, log, metrics)
            return False
        metrics.swap("done")
        log.info("bundle", result="taken", digest=decider.digest, before=before.digest)
        return True

    def _was_refused(self, digest: str) -> bool:
        refused, since = self._refused
        return digest == refused and time.monotonic() < since + self._again

    def _tell_refused(self, digest: str, error: Exception, log: FilteringBoundLogger, metrics: Metrics) -> None:
        is_known = self._refused[0] == digest
        self._refused = (digest, time.monotonic())
        if not is_known:
            metrics.swap("refused")
        log.warning("bundle", result="refused", digest=digest, error=type(error).__name__, says=str(error)[:500])
