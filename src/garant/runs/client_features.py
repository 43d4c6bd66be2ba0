"""Features of one client at a time, or of the variants of one, from the rows that come with the question."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import ibis
import pyarrow as pa

from garant.engines.sqlite import SQLiteEngine, batch_of
from garant.exceptions import DataError
from garant.features.catalogue import groups
from garant.features.extra import extras_of
from garant.features.feature import Feature
from garant.features.matrix import KEY, only
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
    """

    def __init__(
        self, features: Sequence[Feature], schemas: Mapping[str, pa.Schema], beside: Sequence[ibis.Table] = ()
    ) -> None:
        self._engine = SQLiteEngine(schemas)
        parts = only(groups(tuple(schemas), extras_of(features)), [feature.name for feature in features])
        self._queries = [self._engine.query(each) for each in (*(part.per_client() for part in parts), *beside)]
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
