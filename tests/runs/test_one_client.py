"""The fast path of one client: from plain values to model input, with the bits of the path of every command."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lenders.generated import generated_lender
from lenders.hostile import hostile_lender
from lenders.writing import Lender, as_arrow

from garant.exceptions import InvariantError
from garant.features.catalogue import catalogue
from garant.features.encode import InputColumn, encode, level_digest, unknown_levels
from garant.features.encode_row import RowEncoder
from garant.features.feature import Profile
from garant.runs.client_features import ClientFeatures
from garant.runs.duckdb_client_features import DuckDBClientFeatures
from garant.settings import Settings
from garant.tables.config import TablesConfig
from garant.tables.records.client_records import ClientRecords
from garant.tables.records.reader import RecordReader
from garant.tables.schema import TABLES

FEATURES = catalogue(profile=Profile.KAGGLE)
CONFIG = TablesConfig.model_validate(
    {
        "money": {"charges": "MonthlyCharges"},
        "extra": {"opened": {"type": "date", "text_fr": "Ouverture", "text_en": "Opening"}},
    }
)

ASKED = {
    "SK_ID_CURR": 7,
    "NAME_CONTRACT_TYPE": "Cash loans",
    "AMT_INCOME_TOTAL": 30_000,
    "AMT_CREDIT": 10_000.5,
    "AMT_ANNUITY": 400,
    "DAYS_BIRTH": -12_000,
    "DAYS_EMPLOYED": 365_243,
}

pytestmark = pytest.mark.xdist_group("parity")


@pytest.fixture(scope="module")
def reader() -> RecordReader:
    """All tables, without columns of the lender's own."""
    return RecordReader(TABLES, TablesConfig())


@pytest.fixture(scope="module")
def sqlite() -> Iterator[ClientFeatures]:
    """Every feature, by SQLite."""
    with ClientFeatures.for_decisions(FEATURES, tuple(TABLES), TablesConfig()) as opened:
        yield opened


@pytest.fixture(scope="module")
def clients(reader: RecordReader) -> list[ClientRecords]:
    """Two clients with a history, one without any row elsewhere, one with every cell extreme."""
    generated, hostile = by_client(generated_lender(3)), by_client(hostile_lender())
    some = [generated[min(generated)], generated[max(generated)], hostile[min(hostile)]]
    alone = {name: table.slice(0, 0 if name != "application" else 1) for name, table in some[0].items()}
    return [as_records(rows, reader.schemas) for rows in (*some, alone)]


def by_client(lender: Lender) -> dict[int, dict[str, pa.Table]]:
    """Accepted rows of each client."""
    owner = {row["SK_ID_BUREAU"]: row["SK_ID_CURR"] for row in lender["bureau"]}
    found: dict[int, Lender] = {row["SK_ID_CURR"]: {name: [] for name in TABLES} for row in lender["application"]}
    for name, rows in lender.items():
        for row in rows:
            client = owner.get(row["SK_ID_BUREAU"]) if name == "bureau_balance" else row["SK_ID_CURR"]
            if client in found:
                found[client][name].append(row)
    return {client: {name: as_arrow(name, rows) for name, rows in tables.items()} for client, tables in found.items()}


def as_records(rows: dict[str, pa.Table], schemas: Mapping[str, pa.Schema]) -> ClientRecords:
    """The rows as they are: those of the hostile lender break rules that a request is held to."""
    plain = {name: tuple(zip(*(c.to_pylist() for c in table.columns), strict=True)) for name, table in rows.items()}
    client = plain["application"][0][0]
    return ClientRecords(client=client, subject=str(client), rows=plain, raw=b"", schemas=schemas)


def bits(batch: pa.RecordBatch) -> dict[str, Any]:
    """Values by column, a float as its bytes."""
    values = {name: batch.column(name)[0].as_py() for name in batch.schema.names}
    return {name: np.float64(v).tobytes() if isinstance(v, float) else v for name, v in values.items()}


def test_one_client_has_the_bits_of_the_path_of_every_command(sqlite: ClientFeatures, clients: list[ClientRecords]):
    with DuckDBClientFeatures(FEATURES, tuple(TABLES), TablesConfig(), Settings(threads=1)) as duckdb:
        assert duckdb.names == sqlite.names
        for records in clients:
            theirs = duckdb.of_one(records)
            assert bits(sqlite.of_one(records)) == bits(theirs)
            assert theirs.schema.equals(sqlite.of_one(records).schema)
        assert duckdb.row_of(clients[0]).values == sqlite.row_of(clients[0]).values


def test_plain_values_give_what_arrow_tables_give(sqlite: ClientFeatures, clients: list[ClientRecords]):
    for records in clients:
        public = sqlite.of(records.tables())
        own = sqlite.of_one(records)
        assert bits(own.select(public.schema.names)) == bits(public)
        assert own["NAME_CONTRACT_TYPE"][0].as_py() == records.tables()["application"]["NAME_CONTRACT_TYPE"][0].as_py()


def test_charges_and_dates_of_the_lender_reach_the_policy_on_both_engines():
    body = {"application": {**ASKED, "MonthlyCharges": 512.5, "opened": "2019-02-03"}, "bureau": []}
    records = RecordReader(("application", "bureau"), CONFIG).of_value(body)
    wanted = [feature for feature in FEATURES if feature.name == "application_credit"]
    tables = ("application", "bureau")
    with ClientFeatures.for_decisions(wanted, tables, CONFIG) as sqlite:
        found = sqlite.of_one(records)
    assert found["policy_charges"][0].as_py() == 512.5
    theirs = DuckDBClientFeatures(wanted, tables, CONFIG, Settings(threads=1)).of_one(records)
    assert bits(theirs) == bits(found)


def test_rows_of_one_question_are_gone_in_the_next(sqlite: ClientFeatures, clients: list[ClientRecords]):
    *_, full, alone = clients
    assert sum(map(len, full.rows.values())) > 20
    before = sqlite.row_of(alone).values
    assert before != sqlite.row_of(full).values
    assert sqlite.row_of(alone).values == before


def test_records_of_other_columns_than_were_compiled_are_refused(sqlite: ClientFeatures):
    body = {"application": {**ASKED, "MonthlyCharges": 1, "opened": None}}
    records = RecordReader(TABLES, CONFIG).of_value(body)
    with pytest.raises(InvariantError, match="other columns"):
        sqlite.row_of(records)


LEVELS = ("Cash", "Revolving", "é")
COLUMNS = (
    InputColumn("number"),
    InputColumn("kind", LEVELS, (level_digest("rare"),)),
    InputColumn("text", LEVELS, None),
)
NUMBERS = st.none() | st.floats(allow_nan=False, width=64)
TEXTS = st.none() | st.sampled_from((*LEVELS, "rare", "never met", ""))


@pytest.mark.filterwarnings("ignore:overflow encountered in cast:RuntimeWarning")
@given(number=NUMBERS, kind=TEXTS, text=TEXTS)
def test_a_row_is_encoded_to_the_bits_of_a_column(number: float | None, kind: str | None, text: str | None):
    schema = pa.schema([("text", pa.string()), ("id", pa.int64()), ("number", pa.float64()), ("kind", pa.string())])
    row = (text, 7, number, kind)
    batch = pa.RecordBatch.from_pylist([dict(zip(schema.names, row, strict=True))], schema=schema)
    encoder = RowEncoder(COLUMNS, schema.names)
    assert encoder.encode(row).tobytes() == encode(batch, COLUMNS).tobytes()
    assert encoder.encode(row).shape == (1, 3)
    assert encoder.unknown_levels(row) == tuple(unknown_levels(batch, COLUMNS))


def test_inputs_of_real_clients_are_encoded_to_the_same_bits(sqlite: ClientFeatures, clients: list[ClientRecords]):
    columns = [
        InputColumn(f.name, ("Cash loans", "F", "Working") if f.unit == "category" else None, ()) for f in FEATURES
    ]
    encoder = RowEncoder(columns, sqlite.names)
    for records in clients:
        row = sqlite.row_of(records)
        assert encoder.encode(row.values).tobytes() == encode(row.batch, columns).tobytes()
        assert encoder.unknown_levels(row.values) == tuple(unknown_levels(row.batch, columns))


def test_a_question_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    wanted = [feature for feature in FEATURES if feature.name == "application_credit"]
    records = RecordReader(("application",), TablesConfig()).of_value({"application": ASKED})
    found = DuckDBClientFeatures(wanted, ("application",), TablesConfig(), Settings(threads=1)).of_one(records)
    assert found["application_credit"][0].as_py() == 10_000.5
    assert list(tmp_path.iterdir()) == []
