"""Bytes of the files of a bundle, the same for the same content."""

from collections.abc import Collection
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from garant.models.bundle.content import MODEL_FILE, SQL_FILE
from garant.models.bundle.reference import REFERENCE_FILE
from garant.storage import Json, canonical_json
from garant.tables.config import TablesConfig


def bundle_files(
    *, model_text: str, features_sql: str, schema: Json, wording: Json, reference: pa.Table
) -> dict[str, bytes]:
    """Files of a bundle by name.

    Parameters
    ----------
    model_text : str
        LightGBM text.
    features_sql : str
        Compiled SQL of the features.
    schema : JSON value
        Raw columns, see `raw_schema`.
    wording : JSON value
        Sentences of the reasons, French and English.
    reference : pyarrow Table
        Distributions of the features, see `reference_table`.
    """
    parquet = pa.BufferOutputStream()
    pq.write_table(reference, parquet, compression="zstd")
    return {
        MODEL_FILE: model_text.encode(),
        SQL_FILE: features_sql.encode(),
        "schema.json": canonical_json(schema).encode(),
        "wording.json": canonical_json(wording).encode(),
        REFERENCE_FILE: parquet.getvalue().to_pybytes(),
    }


def raw_schema(
    tables: Collection[str], inputs: Collection[str], config: TablesConfig | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Raw columns of `tables` as they are understood today: kind, unit, sentinels, and whether a feature reads them.

    Parameters
    ----------
    tables : collection of str
        Tables trained on.
    inputs : collection of str
        Lineage of all features, ``table.COLUMN``.
    config : TablesConfig or None
        Declares the lender's own columns; None for a lender without any.
    """
    declared = config or TablesConfig()
    return {
        table: [
            {
                "name": column.name,
                "kind": column.kind.value,
                "unit": column.kind.unit,
                "nullable": column.nullable,
                "sentinels": list(column.sentinels),
                "sentinel_flag": column.sentinel_flag,
                "read": any(f"{table}.{name}" in inputs for name in (column.name, column.sentinel_flag)),
            }
            for column in declared.table_schema(table).columns
        ]
        for table in sorted(tables)
    }
