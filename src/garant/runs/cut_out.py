"""The rows of chosen clients, cut out of the accepted tables."""

from collections.abc import Collection
from pathlib import Path

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from garant.engines.protocol import Engine
from garant.exceptions import UnknownNameError
from garant.tables.accepted import AcceptedTables
from garant.tables.unbound import unbound

N_NEAR = 3

Ids = npt.NDArray[np.int64]

_KEY = "SK_ID_CURR"
_WANTED = ibis.table({_KEY: "int64"}, name="wanted_clients")


def cut_out(
    engine: Engine, accepted: AcceptedTables, clients: Collection[int], folder: Path
) -> dict[str, tuple[Path, ...]]:
    """Write the rows of `clients` of every table to `folder`.

    Returns
    -------
    dict
        Parquet files by table.

    Raises
    ------
    UnknownNameError
        When no accepted application has one of these ids; names the nearest ids.
    """
    known = accepted_ids(accepted)
    if unknown := sorted(set(clients) - set(known[np.isin(known, list(clients))].tolist())):
        raise unknown_client(unknown[0], known)
    wanted = folder / "wanted_clients.parquet"
    pq.write_table(pa.table({_KEY: pa.array(sorted(clients), pa.int64())}), wanted)
    engine.register(_WANTED.get_name(), [wanted], pq.read_schema(wanted))
    files: dict[str, tuple[Path, ...]] = {}
    for table in accepted.tables:
        engine.register(table, accepted.files[table], accepted.config.table_schema(table).arrow)
    for table in accepted.tables:
        path = folder / f"{table}.parquet"
        engine.write(_rows_of(table), path)
        files[table] = (path,)
    return files


def accepted_ids(accepted: AcceptedTables) -> Ids:
    """Ids of the accepted applications."""
    files = accepted.files["application"]
    return np.concatenate([pq.read_table(file, columns=[_KEY]).column(0).to_numpy() for file in files])


def unknown_client(client: int, known: Ids) -> UnknownNameError:
    """Error about an id that no accepted application has, with the nearest ids."""
    near = np.sort(known[np.argsort(np.abs(known - client), kind="stable")[:N_NEAR]])
    hint = f"Near ids: {', '.join(map(str, near))}." if len(near) else "The application table is empty."
    return UnknownNameError(_KEY, client, (), hint=hint)


def _rows_of(table: str) -> ibis.Table:
    """Rows of the wanted clients, filtered and not joined: a join would name its columns, and not the lender's own."""
    rows = unbound(table)
    if _KEY in rows.columns:
        return rows.filter(rows[_KEY].isin(_WANTED[_KEY]))
    bureau = unbound("bureau")
    contracts = bureau.filter(bureau[_KEY].isin(_WANTED[_KEY])).SK_ID_BUREAU
    return rows.filter(rows.SK_ID_BUREAU.isin(contracts))
