"""What only whole tables show, asked of the engine: keys that repeat, ids of parents, contracts of several clients."""

from collections.abc import Sequence
from functools import reduce
from pathlib import Path

import ibis
import numpy as np

from garant.engines.protocol import Engine
from garant.tables.columns import TableSchema
from garant.tables.expressions import Rows
from garant.tables.leaving import Positions, packed
from garant.tables.orphans import rising
from garant.tables.unbound import unbound


def repeated(rows: Rows, key: Sequence[str]) -> ibis.Table:
    """Keys that occur more than once in `rows`."""
    counted: Rows = rows.group_by(list(key)).aggregate(n=rows.count())
    return counted.filter(counted.n > 1).select(*key)


def disputed(tables: Sequence[Rows], owned: tuple[str, str]) -> ibis.Table:
    """Contracts with more than one client, within a table or across `tables`."""
    pairs = reduce(ibis.union, [rows.select(*owned) for rows in tables]).distinct()
    return repeated(pairs, owned[:1])


def find_repeated(engine: Engine, schema: TableSchema, parts: Sequence[Path]) -> Positions:
    """Packed keys that occur more than once in the `parts` of a table."""
    rows = _registered(engine, schema, schema.name, parts)
    return _packed(engine, repeated(rows, schema.key), schema.key)


def ids_of(engine: Engine, schema: TableSchema, parts: Sequence[Path]) -> Positions:
    """Ids of the rows in the `parts` of a table whose key is one column."""
    rows = _registered(engine, schema, schema.name, parts)
    return _packed(engine, rows.select(*schema.key), schema.key)


def find_disputed(engine: Engine, tables: Sequence[tuple[TableSchema, Sequence[Path], Sequence[Path]]]) -> Positions:
    """Contracts of several clients, rising.

    Parameters
    ----------
    engine : Engine
        Where it is asked.
    tables : sequence of tuples
        Tables that say whose contract a row is of, with their parts and their orphans, which bear witness as well.
    """
    owned = tables[0][0].owned if tables else None
    if owned is None:
        return np.zeros(0, np.int64)
    rows: list[Rows] = []
    for schema, parts, orphans in tables:
        rows.append(_registered(engine, schema, schema.name, parts))
        rows.append(_registered(engine, schema, f"orphans_of_{schema.name}", orphans))
    return rising(_packed(engine, disputed(rows, owned), owned[:1]))


def _registered(engine: Engine, schema: TableSchema, name: str, files: Sequence[Path]) -> Rows:
    engine.register(name, files, schema.arrow)
    return unbound(name, schema.arrow)


def _packed(engine: Engine, expr: ibis.Table, key: Sequence[str]) -> Positions:
    found = [packed([batch.column(name).to_numpy() for name in key]) for batch in engine.batches(expr)]
    return np.concatenate([np.zeros(0, np.int64), *found])
