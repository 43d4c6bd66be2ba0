"""Accepted tables that the cache of this machine keeps, and which of them hold rows of given people."""

import shutil
from collections.abc import Collection

from garant.runs.personal_rows import clients_in
from garant.settings import Settings


def forget_tables_of(clients: Collection[int], settings: Settings) -> int:
    """Remove the kept accepted tables in which one of `clients` stands; return how many folders that were."""
    wanted, n_removed = frozenset(clients), 0
    for folder in sorted((settings.cache_folder / "accepted").glob("[!.]*")):
        files = sorted(folder.rglob("*.parquet"))
        try:
            if any(not wanted.isdisjoint(clients_in(file)) for file in files):
                shutil.rmtree(folder)
                n_removed += 1
        except FileNotFoundError:
            # Another command has cleared it away meanwhile; what is still there was not looked through.
            if folder.exists():
                raise
    return n_removed
