"""Accepted tables that one client at a time is read from, for a request that names a client instead of its records."""

from datetime import UTC, date, datetime
from types import TracebackType
from typing import Protocol, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import Problem, RecordsError
from garant.runs.deciding.id_prefix import MOST, ids_with_prefix
from garant.tables.accepted import MANIFEST, AcceptedTables

KEY, CONTRACT = "SK_ID_CURR", "SK_ID_BUREAU"


class Clients(Protocol):
    """Accepted tables of which one client at a time is read."""

    def rows(self, client: int) -> dict[str, pa.Table]:
        """Accepted rows of a client by table; RecordsError when no accepted application has this id."""
        ...

    def ids(self, prefix: str, *, most: int = MOST) -> list[int]:
        """At most `most` ids of clients that begin with the digits `prefix`, ascending."""
        ...

    @property
    def accepted_on(self) -> date:
        """Day on which the tables were accepted: nothing in them is younger."""
        ...


class ClientStore:
    """The clients of some accepted tables; any number of threads may ask between ``with`` and its end.

    One query by id for each table, over its Parquet files: nothing is copied or held in memory, but a client costs some
    50 ms of CPU. For a service `garant.runs.deciding.sorted_clients`.

    Parameters
    ----------
    accepted : AcceptedTables
        Tables that are there.
    memory_limit : str
        What DuckDB may hold.
    threads : int
        Threads of DuckDB.
    """

    def __init__(self, accepted: AcceptedTables, *, memory_limit: str = "2GB", threads: int = 1) -> None:
        self.accepted = accepted
        self._engine = DuckDBEngine(memory_limit=memory_limit, threads=threads)
        self._schemas = {name: accepted.config.table_schema(name).arrow for name in accepted.tables}

    def __enter__(self) -> Self:
        """Open the files."""
        self._engine.__enter__()
        for name, schema in self._schemas.items():
            self._engine.register(name, self.accepted.files[name], schema)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the files."""
        self._engine.__exit__(kind, error, trace)

    def rows(self, client: int) -> dict[str, pa.Table]:
        """Accepted rows of a client by table.

        Raises
        ------
        RecordsError
            When no accepted application has this id; other ids are never named.
        """
        found = {"application": self._rows("application", KEY, [client])}
        if found["application"].num_rows != 1:
            raise unknown_client()
        for name in children_of(self.accepted):
            found[name] = self._rows(name, KEY, [client])
        if "bureau_balance" in self.accepted.tables:
            contracts = found["bureau"].column(CONTRACT).to_pylist()
            found["bureau_balance"] = self._rows("bureau_balance", CONTRACT, contracts)
        return found

    def ids(self, prefix: str, *, most: int = MOST) -> list[int]:
        """At most `most` ids of clients that begin with the digits `prefix`, ascending; reads all of them each time."""
        found = pq.read_table(list(self.accepted.files["application"]), columns=[KEY]).column(KEY).to_numpy()
        return ids_with_prefix([np.sort(found)], prefix, most=most)

    @property
    def accepted_on(self) -> date:
        """Day on which the tables were accepted, in UTC."""
        return accepted_on(self.accepted)

    def _rows(self, name: str, column: str, values: list[int]) -> pa.Table:
        schema = self._schemas[name]
        if not values:
            return schema.empty_table()
        return self._engine.rows_with(name, column, values).select(schema.names).cast(schema)


def children_of(accepted: AcceptedTables) -> tuple[str, ...]:
    """Child tables whose rows name the client themselves."""
    return tuple(name for name in accepted.tables if name not in {"application", "bureau_balance"})


def accepted_on(accepted: AcceptedTables) -> date:
    """Day on which the tables were accepted, in UTC: that of their manifest, which is written last."""
    return datetime.fromtimestamp((accepted.folder / MANIFEST).stat().st_mtime, UTC).date()


def unknown_client() -> RecordsError:
    """Error about an id that no accepted application has; other ids are never named."""
    text = "no client of the store has this id, or a row of the application broke a rule and was set aside"
    return RecordsError([Problem("/client", "request.unknown_client", text)])
