"""The rows of one client, cut out of the accepted tables."""

from pathlib import Path
from typing import cast

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from garant.engines.protocol import Engine
from garant.exceptions import UnknownNameError
from garant.tables.accepted import AcceptedTables
from garant.tables.unbound import unbound

N_NEAR = 3


def cut_out(engine: Engine, accepted: AcceptedTables, client: int, folder: Path) -> dict[str, tuple[Path, ...]]:
    """Write the rows of `client` of every table to `folder`.

    Returns
    -------
    dict
        Parquet files by table.

    Raises
    ------
    UnknownNameError
        When no accepted application has this id; names the nearest ids.
    """
    files: dict[str, tuple[Path, ...]] = {}
    for table in accepted.tables:
        engine.register(table, accepted.files[table], accepted.config.table_schema(table).arrow)
    for table in accepted.tables:
        path = folder / f"{table}.parquet"
        rows = engine.write(_rows_of(table, client), path)
        if table == "application" and not rows:
            raise UnknownNameError("SK_ID_CURR", client, (), hint=_nearest(accepted, client))
        files[table] = (path,)
    return files


def _rows_of(table: str, client: int) -> ibis.Table:
    rows = unbound(table)
    if "SK_ID_CURR" in rows.columns:
        return rows.filter(_is(rows, client))
    bureau = unbound("bureau")
    return rows.semi_join(bureau.filter(_is(bureau, client)), "SK_ID_BUREAU")


def _is(rows: ibis.Table, client: int) -> ir.BooleanValue:
    return cast("ir.IntegerColumn", rows.SK_ID_CURR).isin([ibis.literal(client)])


def _nearest(accepted: AcceptedTables, client: int) -> str:
    ids = [
        number
        for file in accepted.files["application"]
        for number in pq.read_table(file, columns=["SK_ID_CURR"]).column(0).to_pylist()
    ]
    near = sorted(sorted(ids, key=lambda number: abs(number - client))[:N_NEAR])
    return f"Near ids: {', '.join(map(str, near))}." if near else "The application table is empty."
