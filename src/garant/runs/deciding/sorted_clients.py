"""Accepted tables sorted by client, for a service that is asked for one client after another.

A query over Parquet costs some 50 ms of CPU for the seven tables of one client, whatever is prepared; a slice of a
sorted file that is mapped into memory costs less than a tenth of a millisecond. The copy is made once, beside the
accepted tables that the cache keeps, so that it goes when they go; of tables elsewhere it is made at each start and
removed at its end.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from garant.engines.arrow_schema import arrow_schema
from garant.engines.duckdb import DuckDBEngine
from garant.runs.deciding.client_store import CONTRACT, KEY, accepted_on, children_of, unknown_client
from garant.runs.deciding.id_prefix import MOST, ids_with_prefix
from garant.settings import Settings
from garant.storage import atomic_path
from garant.storage.scratch import scratch_folder
from garant.tables.accepted import AcceptedTables
from garant.tables.unbound import unbound

FOLDER = "by_client"
"""Inside a folder of accepted tables of the cache."""

_SOURCE = ("source_file", "source_line")
_ROWS = 50_000


class SortedClients:
    """The clients of some accepted tables, as `ClientStore` but fast; any number of threads and processes may ask.

    Parameters
    ----------
    accepted : AcceptedTables
        Tables that are there.
    settings : Settings
        Where the cache is, memory and threads for sorting.
    """

    def __init__(self, accepted: AcceptedTables, settings: Settings) -> None:
        self.accepted, self._settings = accepted, settings
        self._open = ExitStack()
        self._tables: dict[str, _Sorted] = {}

    def __enter__(self) -> Self:
        """Sort what is not sorted yet, and map it into memory.

        Raises
        ------
        StorageError
            When the copy cannot be written.
        """
        with ExitStack() as stack:
            kept = self.accepted.folder.parent == self._settings.cache_folder / "accepted"
            folder = self.accepted.folder / FOLDER if kept else stack.enter_context(scratch_folder("by-client"))
            for name in self.accepted.tables:
                path = folder / f"{name}.arrow"
                if not path.exists():
                    self._sort(name, path)
                mapped = stack.enter_context(pa.memory_map(str(path)))
                self._tables[name] = _Sorted.of(pa.ipc.open_file(mapped).read_all(), _key(name))
            self._open = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the files."""
        self._tables.clear()
        self._open.close()

    def rows(self, client: int) -> dict[str, pa.Table]:
        """Accepted rows of a client by table, in the order of the source files, whose names and lines are left out.

        Raises
        ------
        RecordsError
            When no accepted application has this id.
        """
        found = {"application": self._tables["application"].rows([client])}
        if found["application"].num_rows != 1:
            raise unknown_client()
        for name in children_of(self.accepted):
            found[name] = self._tables[name].rows([client])
        if "bureau_balance" in self._tables:
            contracts: list[int] = found["bureau"].column(CONTRACT).to_pylist()
            found["bureau_balance"] = self._tables["bureau_balance"].rows(contracts)
        return found

    def ids(self, prefix: str, *, most: int = MOST) -> list[int]:
        """At most `most` ids of clients that begin with the digits `prefix`, ascending; by binary search."""
        return ids_with_prefix(self._tables["application"].keys, prefix, most=most)

    @property
    def accepted_on(self) -> date:
        """Day on which the tables were accepted, in UTC."""
        return accepted_on(self.accepted)

    def _sort(self, name: str, path: Path) -> None:
        """Write a table sorted by its key; two processes that do it at once write the same."""
        memory, threads = self._settings.memory_limit, self._settings.threads
        schema = self.accepted.config.table_schema(name).arrow
        rows = unbound(name, schema)
        ordered = rows.order_by([_key(name), *_SOURCE]).drop(*_SOURCE)
        with DuckDBEngine(memory_limit=memory, threads=threads) as engine, atomic_path(path, private=True) as temporary:
            engine.register(name, self.accepted.files[name], schema)
            kind = arrow_schema(ordered)
            with pa.OSFile(str(temporary), "wb") as file, pa.ipc.new_file(file, kind) as writer:
                for batch in engine.batches(ordered, rows=_ROWS):
                    writer.write_batch(batch.select(kind.names).cast(kind))


def _key(name: str) -> str:
    return CONTRACT if name == "bureau_balance" else KEY


@dataclass(frozen=True, slots=True)
class _Sorted:
    """One table by ascending key, in batches that stay where they are on disk until a row of them is asked for."""

    schema: pa.Schema
    batches: Sequence[pa.RecordBatch]
    keys: Sequence[npt.NDArray[np.int64]]
    last: list[int]

    @classmethod
    def of(cls, table: pa.Table, key: str) -> "_Sorted":
        batches = [batch for batch in table.to_batches() if batch.num_rows]
        keys = [batch.column(key).to_numpy() for batch in batches]
        return cls(table.schema, batches, keys, [int(each[-1]) for each in keys])

    def rows(self, wanted: Sequence[int]) -> pa.Table:
        """Rows whose key is one of `wanted`, in their order."""
        found = [piece for value in wanted for piece in self._pieces(value)]
        return pa.Table.from_batches(found, schema=self.schema)

    def _pieces(self, value: int) -> Iterator[pa.RecordBatch]:
        """Slices with one key, which may go over the end of a batch."""
        for place in range(bisect_left(self.last, value), len(self.batches)):
            keys = self.keys[place]
            start, stop = bisect_left(keys, value), bisect_right(keys, value)
            if start == stop:
                return
            yield self.batches[place].slice(start, stop - start)
