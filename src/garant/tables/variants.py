"""Variants of a client's rows side by side, each as a client of its own, so that one question is about all of them."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

ClientRows = Mapping[str, pa.Table]
"""Accepted rows of one client, by table."""

_CLIENT, _CREDIT = "SK_ID_CURR", "SK_ID_BUREAU"

Ids = npt.NDArray[np.int64]


def side_by_side(variants: Sequence[ClientRows]) -> dict[str, pa.Table]:
    """Rows of all `variants` under the client numbers 1, 2, …, in their order.

    Credits elsewhere get other numbers in the same order, so that their months stay with them and of credits of one
    day the same one is the newest. Contracts keep theirs: they are told apart within a client.

    Parameters
    ----------
    variants : sequence of mapping of str to Table
        Accepted rows of one client, by table; a table that a variant leaves out has no rows.
    """
    names = dict.fromkeys(name for rows in variants for name in rows)
    numbers = range(1, len(variants) + 1)
    parts = {
        name: [(n, rows[name]) for n, rows in zip(numbers, variants, strict=True) if name in rows] for name in names
    }
    tables = {name: pa.concat_tables([part for _, part in found]) for name, found in parts.items()}
    owners = {
        name: np.repeat([n for n, _ in found], [part.num_rows for _, part in found]) for name, found in parts.items()
    }
    credit_ids = np.unique(np.concatenate([np.zeros(0, np.int64), *map(_credits, tables.values())]))
    return {name: _renumbered(table, owners[name], credit_ids) for name, table in tables.items()}


def _renumbered(table: pa.Table, owner: Ids, credit_ids: Ids) -> pa.Table:
    if _CREDIT in table.schema.names:
        numbers = owner * len(credit_ids) + np.searchsorted(credit_ids, _credits(table))
        table = _with_ids(table, _CREDIT, numbers)
    return _with_ids(table, _CLIENT, owner) if _CLIENT in table.schema.names else table


def _credits(table: pa.Table) -> Ids:
    return table[_CREDIT].to_numpy() if _CREDIT in table.schema.names else np.zeros(0, np.int64)


def _with_ids(table: pa.Table, name: str, ids: Ids) -> pa.Table:
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(place), pa.array(ids, pa.int64()))
