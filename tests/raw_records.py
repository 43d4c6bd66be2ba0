"""Raw records of people of a lender as JSON, as a program would send them to the service."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

KEY, CREDIT = "SK_ID_CURR", "SK_ID_BUREAU"

OF_PEOPLE = ("bureau", "previous_application", "POS_CASH_balance", "installments_payments", "credit_card_balance")
"""Child tables with the key of their applicant; ``bureau_balance`` has that of a credit."""

MOST_BYTES = 256_000
"""What the service reads of one application."""


def raw_records(lender: Path, n: int, *, application: str = "application_test") -> dict[int, bytes]:
    """Bodies about the first `n` applicants of a folder of Parquet files whose records fit into one request, by id.

    Every table is sent, those without a row as ``[]``: nothing is unknown.
    """
    applications = pq.read_table(lender / f"{application}.parquet")
    if "TARGET" in applications.column_names:
        applications = applications.drop_columns("TARGET")
    ids = applications[KEY].slice(0, 2 * n).combine_chunks()
    bodies: dict[int, dict[str, Any]] = {
        row[KEY]: {"application": row, **{name: [] for name in (*OF_PEOPLE, "bureau_balance")}}
        for row in _of(applications, KEY, ids)
    }
    owners: dict[int, int] = {}
    for name in OF_PEOPLE:
        for row in _of(pq.read_table(lender / f"{name}.parquet"), KEY, ids):
            bodies[row[KEY]][name].append(row)
            if name == "bureau":
                owners[row[CREDIT]] = row[KEY]
    for row in _of(pq.read_table(lender / "bureau_balance.parquet"), CREDIT, pa.array(owners, type=pa.int64())):
        bodies[owners[row[CREDIT]]]["bureau_balance"].append(row)
    texts = {client: json.dumps(body, default=_day, allow_nan=False).encode() for client, body in bodies.items()}
    return dict([(client, text) for client, text in texts.items() if len(text) < MOST_BYTES][:n])


def _of(table: pa.Table, key: str, ids: pa.Array) -> list[dict[str, Any]]:
    return table.filter(pc.is_in(table[key], value_set=ids)).to_pylist()


def _day(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
