"""Accepted tables that one client at a time is read from, for a request that names a client instead of its records."""

from types import TracebackType
from typing import Self

import pyarrow as pa

from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import Problem, RecordsError
from garant.tables.accepted import AcceptedTables

_KEY, _CONTRACT = "SK_ID_CURR", "SK_ID_BUREAU"


class ClientStore:
    """The clients of some accepted tables; any number of threads may ask between ``with`` and its end.

    One query by id for each table, over its Parquet files: nothing is copied or held in memory, and DuckDB passes over
    the row groups that cannot hold the id.

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
        found = {"application": self._rows("application", _KEY, [client])}
        if found["application"].num_rows != 1:
            text = "no client of the store has this id, or a row of the application broke a rule and was set aside"
            raise RecordsError([Problem("/client", "request.unknown_client", text)])
        for name in self.accepted.tables:
            if _KEY in self._schemas[name].names and name not in found:
                found[name] = self._rows(name, _KEY, [client])
        if "bureau_balance" in self.accepted.tables:
            contracts = found["bureau"].column(_CONTRACT).to_pylist()
            found["bureau_balance"] = self._rows("bureau_balance", _CONTRACT, contracts)
        return found

    def _rows(self, name: str, column: str, values: list[int]) -> pa.Table:
        schema = self._schemas[name]
        if not values:
            return schema.empty_table()
        return self._engine.rows_with(name, column, values).select(schema.names).cast(schema)
