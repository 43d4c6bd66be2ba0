"""Accepted rows of one client, however they came: sent as JSON, or read from accepted tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

Row = tuple[Any, ...]
"""Accepted values of one row, in the order of the accepted Arrow schema of its table."""

SOURCE_FILE = "request"
"""Stands in ``source_file``: no file was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRecords:
    """Raw records of one application that broke no rule.

    Parameters
    ----------
    client : int
        SK_ID_CURR.
    subject : str
        Who it is about across applications: ``subject_ref`` of the application, else the text of `client`.
    rows : mapping of str to sequence of tuple
        Every table that the bundle reads, maybe without rows. Columns are those of the accepted table, sentinel flags,
        ``source_file`` (`SOURCE_FILE`) and ``source_line`` (position in its array, from 1) included.
    unknown : tuple of str
        Tables that were left out: nothing is known of them, which is not the same as an empty list.
    absent : tuple of str
        Optional columns of the application that were left out (``application.OWN_CAR_AGE``).
    new_levels : tuple of str
        Columns with a value that the public data do not have (``application.NAME_INCOME_TYPE``).
    copies : mapping of str to int
        Tables in which rows came twice, with the copies that were dropped.
    raw : bytes
        Canonical JSON of what was judged: sorted keys, no spaces, UTF-8.
    schemas : mapping of str to pyarrow Schema
        Columns of `rows`.
    """

    client: int
    subject: str
    rows: Mapping[str, Sequence[Row]]
    unknown: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    new_levels: tuple[str, ...] = ()
    copies: Mapping[str, int] = field(default_factory=dict[str, int])
    raw: bytes
    schemas: Mapping[str, pa.Schema]

    def tables(self) -> dict[str, pa.Table]:
        """The rows as Arrow, as the public path, searches and DuckDB take them."""
        return {name: as_table(rows, self.schemas[name]) for name, rows in self.rows.items()}


def as_table(rows: Sequence[Row], schema: pa.Schema) -> pa.Table:
    """Accepted `rows` as Arrow."""
    if not rows:
        return schema.empty_table()
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
