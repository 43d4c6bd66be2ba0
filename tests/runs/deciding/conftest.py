"""Clients of the small lender as JSON, record stores, and a decider that judges by income alone."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from garant.decisions.migrating import migrate
from garant.decisions.store import RecordStore
from garant.keys import MasterKey
from garant.runs.accept import accepted_tables
from garant.runs.deciding.client_store import ClientStore
from garant.runs.deciding.service import DecisionService
from garant.runs.deciding.terms import Terms
from garant.settings import Settings
from garant.tables.accepted import AcceptedTables
from garant.tables.records.reader import RecordReader
from service_parts import MIDDLE, ByIncome


@pytest.fixture(scope="session")
def accepted(lender: Path, settings: Settings) -> AcceptedTables:
    """Accepted tables of the small lender."""
    return accepted_tables(lender, purpose="score", settings=settings)


@pytest.fixture(scope="session")
def reader(accepted: AcceptedTables) -> RecordReader:
    """Reader of records of all its tables."""
    return RecordReader(accepted.tables, accepted.config)


@pytest.fixture(scope="session")
def clients(accepted: AcceptedTables) -> Iterator[ClientStore]:
    """Its clients, one at a time."""
    with ClientStore(accepted) as opened:
        yield opened


@pytest.fixture(scope="session")
def client(accepted: AcceptedTables, clients: ClientStore) -> int:
    """A client with rows in every table."""
    ids = pq.read_table(accepted.files["application"][0], columns=["SK_ID_CURR"]).column(0).to_pylist()
    whole = (one for one in ids[:200] if all(table.num_rows for table in clients.rows(one).values()))
    return next(whole)


Body = Callable[..., bytes]


@pytest.fixture(scope="session")
def records(client: int, clients: ClientStore, reader: RecordReader) -> dict[str, Any]:
    """Raw records of that client as JSON."""
    return json.loads(reader.of_accepted(clients.rows(client)).raw)


@pytest.fixture(scope="session")
def body(records: dict[str, Any]) -> Body:
    """Body of a request about that client with another income, person and further fields."""

    def make(income: int = MIDDLE, subject: str | None = None, **more: Any) -> bytes:  # noqa: ANN401 - JSON
        application = {**records["application"], "AMT_INCOME_TOTAL": income}
        if subject is not None:
            application["subject_ref"] = subject
        return json.dumps({**records, "application": application, **more}).encode()

    return make


@pytest.fixture
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[RecordStore]:
    """An open, empty store; on SQLite unless a test asks for PostgreSQL as well."""
    master = MasterKey.new(tmp_path / "keys" / "master.key")
    url = f"sqlite:///{tmp_path / 'records.db'}"
    if getattr(request, "param", "sqlite") == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
        migrate(url)
    with RecordStore.open(url, master, serving=True) as opened:
        yield opened


@pytest.fixture
def decider(reader: RecordReader) -> ByIncome:
    """Judges by income alone."""
    return ByIncome(reader)


@pytest.fixture
def make(store: RecordStore, decider: ByIncome, clients: ClientStore) -> Callable[..., DecisionService]:
    """Make a service on the store."""

    def service(**changed: Any) -> DecisionService:  # noqa: ANN401 - any argument
        return DecisionService(
            decider,  # pyright: ignore[reportArgumentType] - as much of a decider as a service asks for
            changed.get("store", store),
            terms=changed.get("terms", Terms()),
            clients=changed.get("clients", clients),
        )

    return service


@pytest.fixture
def service(make: Callable[..., DecisionService]) -> DecisionService:
    """A service in assisted mode."""
    return make()
