"""One client's row of the matrix by the path of every command: slower by far, and what SQLite is held to.

The service falls back to it when SQLite and this path disagree on the clients that a bundle brings for the comparison.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from garant.engines.arrow_schema import arrow_schema
from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import InvariantError
from garant.features.catalogue import groups
from garant.features.extra import extras_of
from garant.features.feature import Feature
from garant.features.matrix import KEY, only
from garant.models.product_cutoffs import PRODUCT
from garant.runs.matrix import build_matrix, policy_facts_of, read_matrix
from garant.runs.matrix_row import MatrixRow
from garant.settings import Settings
from garant.storage.scratch import scratch_folder
from garant.tables.accepted import AcceptedTables
from garant.tables.config import TablesConfig
from garant.tables.records.client_records import SOURCE_FILE, ClientRecords
from garant.tables.report import AcceptanceReport, FileCount
from garant.tables.schema import TABLES


class DuckDBClientFeatures:
    """The interface of `ClientFeatures` for one client, on DuckDB; any number of threads may ask.

    Parameters
    ----------
    features : sequence of Feature
        What to compute.
    tables : collection of str
        Tables that are there.
    config : TablesConfig
        The lender's own columns and charges.
    settings : Settings
        Memory and threads of each question.
    """

    def __init__(
        self, features: Sequence[Feature], tables: Collection[str], config: TablesConfig, settings: Settings
    ) -> None:
        self._features, self._config, self._settings = tuple(features), config, settings
        self._tables = tuple(name for name in TABLES if name in tables)
        parts = only(groups(self._tables, extras_of(features)), [feature.name for feature in features])
        expressions = [*(part.per_client() for part in parts), policy_facts_of(self._tables, config)]
        fields = sorted(
            (field for each in expressions for field in arrow_schema(each) if field.name != KEY),
            key=lambda field: field.name,
        )
        product = config.table_schema("application").arrow.field(PRODUCT)
        self._one = pa.struct([pa.field(KEY, pa.int64()), product, *fields])

    def __enter__(self) -> Self:
        """Nothing is opened: each question has an engine of its own."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left open."""

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of a `MatrixRow`: the key, the product, then all others by name."""
        return tuple(field.name for field in self._one)

    def of_one(self, records: ClientRecords) -> pa.RecordBatch:
        """Row of one client in the matrix, with the product asked for.

        Raises
        ------
        DataError
            When a sum leaves int64.
        InvariantError
            When the client is lost on the way.
        """
        with (
            scratch_folder("client") as scratch,
            DuckDBEngine(memory_limit=self._settings.memory_limit, threads=self._settings.threads) as engine,
        ):
            tables = records.tables()
            files = {name: (_written(tables[name], scratch / f"{name}.parquet"),) for name in self._tables}
            accepted = self._accepted(files)
            batch = read_matrix(build_matrix(engine, accepted, self._features, scratch / "matrix"))
        if batch.num_rows != 1:
            raise InvariantError(f"One client became {batch.num_rows} rows of the matrix.")
        whole = pa.Table.from_batches([batch]).select(list(self.names)).cast(pa.schema(list(self._one)))
        return whole.combine_chunks().to_batches()[0]

    def row_of(self, records: ClientRecords) -> MatrixRow:
        """The same as plain values."""
        batch = self.of_one(records)
        return MatrixRow(self._one, tuple(column[0].as_py() for column in batch.columns))

    def _accepted(self, files: dict[str, tuple[Path, ...]]) -> AcceptedTables:
        """The request as accepted tables of one application."""
        asked = FileCount(
            table="application",
            file=SOURCE_FILE,
            bytes=0,
            sha256="",
            rows=1,
            accepted=1,
            orphans=0,
            quarantined=0,
        )
        return AcceptedTables(
            folder=files["application"][0].parent,
            tables=self._tables,
            files=files,
            report=AcceptanceReport(purpose="score", files=(asked,)),
            digest="",
            config=self._config,
        )


def _written(table: pa.Table, path: Path) -> Path:
    pq.write_table(table, path)
    return path
