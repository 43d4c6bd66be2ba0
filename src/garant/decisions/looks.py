"""Who looked at what: recorded before it is shown; while the disk is full kept until there is room."""

import threading
from contextlib import suppress

from garant.decisions.database import Database, Work
from garant.exceptions import StoreError, StoreFullError

MOST = 10_000
"""So many looks wait for room; beyond that nothing is shown any more, since nobody would ever know of it."""

AGAIN_SECONDS = 2.0
"""How often what waits is tried again, also when nobody looks at anything meanwhile."""


class Looks:
    """Records looks at records, from any number of threads.

    Parameters
    ----------
    database : Database
        Where they are recorded.

    Notes
    -----
    Whoever is refused because of a full disk could not be helped either, so reading goes on. What waits is written with
    the next look for which there is room, within seconds of there being some, or when the store is closed; it is lost
    when the process is killed before.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._waiting: list[Work[None]] = []
        self._closed = threading.Event()
        self._trying: threading.Thread | None = None

    def record(self, look: Work[None]) -> None:
        """Record one, with those that wait.

        Parameters
        ----------
        look : callable
            Adds its row to the database.

        Raises
        ------
        StoreError
            When it is neither recorded nor kept.
        """
        self._write(look)

    def close(self) -> None:
        """Record what waits, where there is room."""
        self._closed.set()
        trying = self._trying
        if trying is not None:
            trying.join()
        if self._waiting:
            self._write()

    def _write(self, *new: Work[None]) -> None:
        with self._guard:
            looks, self._waiting = [*self._waiting, *new], []
        try:
            self._database.write(lambda connection: [look(connection) for look in looks])
        except StoreFullError:
            self._put_back(looks[:MOST])
            self._try_again()
            if len(looks) > MOST:
                raise
        except BaseException:
            # Also when it is stopped by hand: looks that were answered already are kept, the new one is refused.
            self._put_back(looks[: len(looks) - len(new)])
            raise

    def _put_back(self, looks: list[Work[None]]) -> None:
        with self._guard:
            self._waiting = [*looks, *self._waiting]

    def _try_again(self) -> None:
        """Have what waits tried from time to time, by one thread, which ends with the last of it."""
        with self._guard:
            if self._trying is None and not self._closed.is_set():
                self._trying = threading.Thread(target=self._try, name="looks", daemon=True)
                self._trying.start()

    def _try(self) -> None:
        while not self._closed.wait(AGAIN_SECONDS):
            # Whatever keeps the store from taking it now may be gone the next time.
            with suppress(StoreError):
                self._write()
            with self._guard:
                if not self._waiting:
                    self._trying = None
                    return
