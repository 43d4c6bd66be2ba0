"""Features of one client at a time, or of the variants of one, from the rows that come with the question."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import Any, Self

import ibis
import pyarrow as pa

from garant.engines.sqlite import SQLiteEngine, batch_of
from garant.exceptions import DataError, InvariantError
from garant.features.catalogue import groups
from garant.features.extra import extras_of
from garant.features.feature import Feature
from garant.features.matrix import KEY, only
from garant.models.product_cutoffs import PRODUCT
from garant.runs.matrix import policy_facts_of
from garant.runs.matrix_row import MatrixRow
from garant.tables.config import TablesConfig
from garant.tables.records.client_records import ClientRecords
from garant.tables.schema import TABLES
from garant.tables.variants import ClientRows, side_by_side


class ClientFeatures:
    """The matrix of a few clients, by the expressions that make that of a portfolio; any number of threads may ask.

    Parameters
    ----------
    features : sequence of Feature
        What to compute; compiled once, here.
    schemas : mapping of str to pyarrow Schema
        Accepted tables that are there, the application among them.
    beside : sequence of ibis Table
        What else to compute of each client, as the facts that a policy judges: one row per client, the key first.
    compiled : mapping of str to str
        SQL for SQLite of groups of just these features, where it is known already.
    """

    def __init__(
        self,
        features: Sequence[Feature],
        schemas: Mapping[str, pa.Schema],
        beside: Sequence[ibis.Table] = (),
        *,
        compiled: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._engine = SQLiteEngine(schemas)
        parts = only(groups(tuple(schemas), extras_of(features)), [feature.name for feature in features])
        self._queries = [
            *[self._engine.query(part.per_client(), compiled=compiled.get(part.name)) for part in parts],
            *[self._engine.query(each) for each in beside],
        ]
        self._absent = [(None,) * len(query.schema) for query in self._queries]
        # Columns of the matrix, sorted by name, each with its part and its place there.
        self._columns = sorted(
            (name, number, place)
            for number, query in enumerate(self._queries)
            for place, name in enumerate(query.schema.names)
            if name != KEY
        )
        fields = [self._queries[number].schema.field(place) for _, number, place in self._columns]
        self._struct = pa.struct([pa.field(KEY, pa.int64()), *fields])
        self._schemas = dict(schemas)
        application = schemas["application"]
        self._product = application.get_field_index(PRODUCT)
        self._one = pa.struct([pa.field(KEY, pa.int64()), application.field(self._product), *fields])
        self._places = [(number, place) for _, number, place in self._columns]
        self._checked: Mapping[str, pa.Schema] | None = None

    @classmethod
    def for_decisions(
        cls,
        features: Sequence[Feature],
        tables: Collection[str],
        config: TablesConfig,
        *,
        compiled: Mapping[str, str] = MappingProxyType({}),
    ) -> Self:
        """Features of one applicant and the facts that the policy judges, from `tables` as `config` declares them."""
        schemas = {name: config.table_schema(name).arrow for name in TABLES if name in tables}
        return cls(features, schemas, [policy_facts_of(tuple(schemas), config)], compiled=compiled)

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of a `MatrixRow`: the key, the product, then all others by name."""
        return tuple(field.name for field in self._one)

    def __enter__(self) -> Self:
        """Allow questions."""
        self._engine.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections of all threads."""
        self._engine.__exit__(kind, error, trace)

    def of(self, rows: ClientRows) -> pa.RecordBatch:
        """Matrix of the applicants in `rows`, as `garant.features.matrix.matrix` makes it: by id, columns by name.

        Parameters
        ----------
        rows : mapping of str to Table
            Accepted rows by table; a table that is left out has no rows.

        Raises
        ------
        DataError
            When a sum leaves int64.
        """
        return self._matrix(rows, sorted(rows["application"][KEY].to_pylist()))

    def of_one(self, records: ClientRecords) -> pa.RecordBatch:
        """Row of one client in the matrix, with the product asked for, as the policy and the cut-offs read it.

        Raises
        ------
        DataError
            When a sum leaves int64.
        """
        return self.row_of(records).batch

    def row_of(self, records: ClientRecords) -> MatrixRow:
        """The same as plain values, without Arrow on the way in or out.

        Raises
        ------
        InvariantError
            When the records have other columns than the features were compiled for.
        """
        if records.schemas is not self._checked:
            _check_schemas(records.schemas, self._schemas)
            self._checked = records.schemas
        found = [answer.rows for answer in self._engine.ask(self._queries, records.rows)]
        parts = [rows[0] if rows else absent for rows, absent in zip(found, self._absent, strict=True)]
        product = records.rows["application"][0][self._product]
        return MatrixRow(self._one, (records.client, product, *[parts[n][place] for n, place in self._places]))

    def of_variants(self, variants: Sequence[ClientRows]) -> pa.RecordBatch:
        """Matrix of variants of a client, one row each, numbered 1, 2, … in their order; all in one question.

        Raises
        ------
        DataError
            When a variant has not exactly one application.
        """
        for number, rows in enumerate(variants, start=1):
            if rows["application"].num_rows != 1:
                raise DataError(f"Variant {number} has {rows['application'].num_rows} applications instead of one.")
        return self._matrix(side_by_side(variants), range(1, len(variants) + 1))

    def _matrix(self, rows: ClientRows, ids: Sequence[int]) -> pa.RecordBatch:
        # The key is the first column of every part; a client without rows in a table has NULL in its features.
        found = [{row[0]: row for row in answer.rows} for answer in self._engine.ask(self._queries, rows)]
        whole: list[tuple[Any, ...]] = []
        for client in ids:
            parts = [known.get(client, absent) for known, absent in zip(found, self._absent, strict=True)]
            whole.append((client, *(parts[number][place] for _, number, place in self._columns)))
        return batch_of(whole, self._struct)


def _check_schemas(found: Mapping[str, pa.Schema], expected: Mapping[str, pa.Schema]) -> None:
    for name, schema in expected.items():
        if name not in found or not found[name].equals(schema):
            raise InvariantError(f"Records of {name} have other columns than those that features were compiled for.")
