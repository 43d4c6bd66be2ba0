"""Accepted rows of applicants of a small synthetic lender, one after the other."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.tables.acceptance import accept_tables
from garant.tables.accepted import open_accepted
from garant.tables.schema import TABLES
from garant.tables.sources import DataFolder, find_sources
from garant.tables.synthetic import generate

Rows = Mapping[str, pa.Table]


def accepted_clients(folder: Path, n_clients: int, scale: float, seed: int) -> Iterator[Rows]:
    """Rows of the first `n_clients` applicants by table; `folder` is free to use."""
    generate(folder / "lender", scale=scale, seed=seed, file_format="parquet")
    data = find_sources(folder / "lender")
    if not isinstance(data, DataFolder):
        raise SystemExit("The synthetic lender was taken for accepted tables.")
    accept_tables(data, folder / "accepted", purpose="train")
    files = open_accepted(folder / "accepted").files
    tables = {name: pq.read_table(list(files[name]), schema=TABLES[name].arrow) for name in TABLES}
    for client in tables["application"]["SK_ID_CURR"].to_pylist()[:n_clients]:
        own = {n: t.filter(pc.equal(t["SK_ID_CURR"], client)) for n, t in tables.items() if n != "bureau_balance"}
        months = tables["bureau_balance"]
        of_own = pc.is_in(months["SK_ID_BUREAU"], value_set=own["bureau"]["SK_ID_BUREAU"].combine_chunks())
        yield {**own, "bureau_balance": months.filter(of_own)}
