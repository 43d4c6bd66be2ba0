"""Erasing a person from the record store, and where else they stand."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from garant.decisions.erasure import Erasure
from garant.decisions.store import RecordStore
from garant.exceptions import RecordsError
from garant.runs.accept import accepted_tables
from garant.runs.deciding.client_store import ClientStore
from garant.runs.kept_tables import forget_tables_of
from garant.runs.progress import Progress, silent
from garant.settings import Settings
from garant.tables.sources import Purpose

_SCORE: Purpose = "score"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased, and what the lender must still clean.

    Parameters
    ----------
    clients : tuple of int
        ``SK_ID_CURR`` of the person's applications, as far as they are known.
    files : mapping of str to int
        Raw files with rows of the person, and how many.
    erasure : Erasure or None
        What the record store did; None where nothing is recorded about the person, so that nothing was erased in it.
    """

    clients: tuple[int, ...] = field(repr=False)
    files: Mapping[str, int]
    erasure: Erasure | None

    def forget_cache(self, settings: Settings) -> int:
        """Remove accepted tables of this machine's cache that hold the person; return how many."""
        return forget_tables_of(self.clients, settings) if self.clients else 0

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        done = self.erasure
        return {
            "clients": list(self.clients),
            "tombstone": None if done is None else done.id,
            "at": None if done is None else done.at.isoformat(),
            "decisions": [] if done is None else list(done.decisions),
            "accesses": 0 if done is None else done.accesses,
            "answers": 0 if done is None else done.answers,
            "is_scrubbed": None if done is None else done.is_scrubbed,
            "raw_files": dict(self.files),
        }


def erase_subject(
    subject: str,
    store: RecordStore,
    *,
    reason: str,
    actor: str,
    data: Sequence[Path] = (),
    settings: Settings,
    announce: Callable[[tuple[int, ...]], None],
    progress: Progress = silent,
) -> Erased:
    """Erase a person from the record store, and find the raw files in which they stand.

    Parameters
    ----------
    subject : str
        ``subject_ref`` of the applications, else the text of SK_ID_CURR.
    store : RecordStore
        Where decisions are recorded.
    reason, actor : str
        Why and who, kept in clear.
    data : sequence of Path
        Folders of raw tables.
    settings : Settings
        Cache and limits of reading tables.
    announce : callable
        Told the person's SK_ID_CURR before anything is destroyed.
    progress : Progress
        Told of each table.

    Raises
    ------
    DataError
        When raw tables cannot be read: nothing is erased then.
    StoreError
        When nothing was erased.
    """
    found = store.export(subject)
    known = {made.judgement.client for made in found.decisions if made.judgement is not None}
    if subject.isascii() and subject.isdigit():
        known.add(int(subject))
    clients = tuple(sorted(known))
    # Before the erasure: afterwards nobody could tell which applications were the person's.
    files = Counter[str]()
    for folder in data:
        files.update(_files_with(clients, folder, settings, progress))
    announce(clients)
    # A wrong reference must not look like an erasure that was done, nor leave a tombstone that means nobody.
    is_recorded = bool(found.decisions or found.accesses)
    erasure = store.erase(subject, reason=reason, actor=actor) if is_recorded else None
    return Erased(clients=clients, files=dict(sorted(files.items())), erasure=erasure)


def _files_with(clients: Sequence[int], folder: Path, settings: Settings, progress: Progress) -> Counter[str]:
    """Rows of `clients` by raw file, from the place that every accepted row remembers."""
    found = Counter[str]()
    accepted = accepted_tables(folder, purpose=_SCORE, settings=settings, progress=progress)
    with ClientStore(accepted, memory_limit=settings.memory_limit, threads=settings.threads) as people:
        for client in clients:
            try:
                tables = people.rows(client)
            except RecordsError:
                continue
            for table in tables.values():
                found.update(str(folder / file) for file in table.column("source_file").to_pylist())
    return found
