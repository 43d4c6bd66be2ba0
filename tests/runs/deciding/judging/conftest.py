"""A decider of the synthetic lender's model, and the raw records of its applicants."""

from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from garant.models.bundle.trust import Trust
from garant.runs.deciding.decider import Decider
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.tables.accepted import AcceptedTables
from garant.tables.records.client_records import ClientRecords

N_CLIENTS = 60


@pytest.fixture(scope="session")
def trust(settings: Settings, model: TrainResult) -> Trust:
    """Trust in the key that training made."""
    assert model.bundle.signature.development
    return Trust.of(settings)


@pytest.fixture(scope="session")
def decider(model: TrainResult, settings: Settings, trust: Trust) -> Iterator[Decider]:
    """A decider that knows of the lender what the bundle says."""
    with Decider.open(model.bundle, settings=settings, trust=trust) as opened:
        yield opened


@pytest.fixture(scope="session")
def rows_of_clients(accepted: AcceptedTables) -> dict[int, Mapping[str, pa.Table]]:
    """Accepted rows of applicants by table: every seventh, so that there are several of each kind."""
    tables = {name: pq.read_table(list(parts)) for name, parts in accepted.files.items()}
    chosen = sorted(tables["application"].column("SK_ID_CURR").to_pylist())[::7][:N_CLIENTS]
    found: dict[int, Mapping[str, pa.Table]] = {}
    for client in chosen:
        rows = {
            name: table.filter(pc.equal(table.column("SK_ID_CURR"), client))
            for name, table in tables.items()
            if "SK_ID_CURR" in table.schema.names
        }
        numbers = rows["bureau"].column("SK_ID_BUREAU").combine_chunks()
        months = tables["bureau_balance"]
        rows["bureau_balance"] = months.filter(pc.is_in(months.column("SK_ID_BUREAU"), value_set=numbers))
        found[client] = rows
    return found


@pytest.fixture(scope="session")
def records(decider: Decider, rows_of_clients: dict[int, Mapping[str, pa.Table]]) -> dict[int, ClientRecords]:
    """Raw records of those applicants, as if each had been sent."""
    return {client: decider.reader.of_accepted(rows) for client, rows in rows_of_clients.items()}
