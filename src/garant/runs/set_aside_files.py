"""Quarantine and orphans in a run, and what is read of a data folder when people on the suppression list are in it."""

import shutil
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.engines.protocol import BATCH_ROWS
from garant.runs.personal_rows import (
    CREDIT,
    KEY,
    RAW,
    People,
    clients_in,
    credits_of,
    numbers_in,
    rows_of,
    write_without,
)
from garant.runs.suppression import Suppression
from garant.settings import Settings
from garant.storage.durable import reserved_folder
from garant.storage.parquet import write_parquet
from garant.tables.accepted import AcceptedTables
from garant.tables.quarantine import SUMMARY

KINDS = ("quarantine", "orphans")


@contextmanager
def left_out(
    accepted: AcceptedTables, hidden: Suppression, settings: Settings
) -> Generator[tuple[AcceptedTables, int]]:
    """Yield `accepted` as if nobody on the list were in it, and how many clients were left out.

    Rows of child tables stay: without their application no feature is made of them. What had to be written anew lies in
    the cache as long as the block runs.
    """
    files = {kind: sorted((accepted.folder / kind).glob("*.parquet")) for kind in KINDS}
    looked_at = [*accepted.files["application"], *files["quarantine"], *files["orphans"]]
    clients = hidden.among(client for file in looked_at for client in clients_in(file)) if hidden.names else frozenset()
    if not clients:
        yield accepted, 0
        return
    theirs = People(clients)
    bureau = [*accepted.files.get("bureau", ()), *(f for kind in KINDS for f in files[kind] if f.stem == "bureau")]
    people = People(clients, frozenset().union(*(credits_of(rows_of(file, theirs)) for file in bureau)))
    settings.cache_folder.mkdir(parents=True, exist_ok=True)
    with reserved_folder(settings.cache_folder.resolve(), "left-out") as scratch:
        read = {
            table: tuple(
                _without(part, scratch / table / part.name, people if table == "application" else None)
                for part in parts
            )
            for table, parts in accepted.files.items()
        }
        for kind in KINDS:
            for file in files[kind]:
                _without(file, scratch / kind / file.name, people)
        if (accepted.folder / SUMMARY).exists():
            _without(accepted.folder / SUMMARY, scratch / SUMMARY, None)
        yield replace(accepted, folder=scratch, files=read), len(clients)


def _without(file: Path, target: Path, people: People | None) -> Path:
    """Write `file` without the rows of `people`; with nobody to leave out, lead there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if people is None:
        target.symlink_to(file.resolve())
    elif not write_without(file, target, people) and target.parent.name in KINDS:
        target.unlink()
    return target


def copy_set_aside(accepted: AcceptedTables, folder: Path) -> tuple[int, int]:
    """Copy quarantine and orphans of `accepted` into a run; return how many rows are in each.

    A broken row of ``bureau_balance`` gets the client who has its credit, so that it can be found when that person
    asks to be erased.
    """
    for kind in KINDS:
        if (accepted.folder / kind).is_dir():
            shutil.copytree(accepted.folder / kind, folder / kind)
    balance = folder / "quarantine" / "bureau_balance.parquet"
    if balance.exists() and "bureau" in accepted.files:
        _name_owners(balance, accepted.files["bureau"])
    n_quarantined, n_orphans = (
        sum(pq.read_metadata(file).num_rows for file in (folder / kind).glob("*.parquet")) for kind in KINDS
    )
    return n_quarantined, n_orphans


def _name_owners(quarantine: Path, bureau: Iterable[Path]) -> None:
    """Write the client of each broken row whose raw text holds the number of an accepted credit."""
    with pq.ParquetFile(quarantine) as stored:
        schema = stored.schema_arrow
        texts = stored.read(columns=[RAW]).column(RAW).to_pylist()
        numbers = frozenset(credits_of(pa.table({RAW: texts})))
        owners: dict[int, int] = {}
        for part in bureau:
            rows = pq.read_table(part, columns=[CREDIT, KEY])
            found = rows.filter(pc.is_in(rows.column(CREDIT), value_set=pa.array(sorted(numbers), pa.int64())))
            owners |= dict(zip(found.column(CREDIT).to_pylist(), found.column(KEY).to_pylist(), strict=True))

        def named() -> Iterable[pa.RecordBatch]:
            place = schema.names.index(KEY)
            for batch in stored.iter_batches(batch_size=BATCH_ROWS):
                known = zip(batch.column(KEY).to_pylist(), batch.column(RAW).to_pylist(), strict=True)
                clients = [_owner(text, owners) if client is None else client for client, text in known]
                yield batch.set_column(place, schema.field(KEY), pa.array(clients, pa.int64()))

        write_parquet(quarantine, named(), schema)


def _owner(text: str, owners: dict[int, int]) -> int | None:
    return next((owners[number] for number in numbers_in(text) if number in owners), None)
