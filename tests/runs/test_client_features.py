"""Features of one client by SQLite: alone, in company, beside other clients at the same time, and in variants."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pyarrow as pa
import pytest
from bits import differing
from lenders.generated import generated_lender
from lenders.hostile import hostile_lender
from lenders.writing import Lender, as_arrow
from matrices import client_features

from garant.exceptions import DataError
from garant.features.catalogue import catalogue
from garant.runs.client_features import ClientFeatures
from garant.tables.schema import TABLES

ClientRows = Mapping[str, pa.Table]

N_CLIENTS, ROUNDS = 16, 20

pytestmark = pytest.mark.xdist_group("parity")


@pytest.fixture(scope="module")
def clients() -> Iterator[ClientFeatures]:
    """All features."""
    with client_features() as opened:
        yield opened


@pytest.fixture(scope="module")
def hostile() -> dict[int, ClientRows]:
    """Rows of each hostile client."""
    return by_client(hostile_lender())


def by_client(lender: Lender) -> dict[int, ClientRows]:
    """Rows of each client of a lender."""
    owner = {row["SK_ID_BUREAU"]: row["SK_ID_CURR"] for row in lender["bureau"]}
    found: dict[int, Lender] = {row["SK_ID_CURR"]: {name: [] for name in TABLES} for row in lender["application"]}
    for name, rows in lender.items():
        for row in rows:
            client = owner.get(row["SK_ID_BUREAU"]) if name == "bureau_balance" else row["SK_ID_CURR"]
            if client in found:
                found[client][name].append(row)
    return {client: {name: as_arrow(name, rows) for name, rows in tables.items()} for client, tables in found.items()}


def unlike(one: pa.RecordBatch, other: pa.RecordBatch, *, but: str = "") -> list[str]:
    """Columns in which two matrices differ in some bit."""
    assert one.schema.equals(other.schema)
    names = [name for name in one.schema.names if name != but]
    rows = range(one.num_rows)
    return [name for name in names if differing(one[name].to_pylist(), other[name].to_pylist(), rows)]


def test_a_client_alone_has_the_features_that_it_has_among_others(
    clients: ClientFeatures, hostile: dict[int, ClientRows]
):
    lender = hostile_lender()
    together = clients.of({name: as_arrow(name, rows) for name, rows in lender.items()})
    assert together["SK_ID_CURR"].to_pylist() == sorted(hostile)
    for place, client in enumerate(sorted(hostile)):
        assert unlike(clients.of(hostile[client]), together.slice(place, 1)) == [], client


def test_sixteen_clients_at_once_get_the_features_that_they_get_one_after_the_other(clients: ClientFeatures):
    rows = list(by_client(generated_lender(3)).values())[-N_CLIENTS:]
    alone = [clients.of(each) for each in rows]
    assert len({str(each.to_pylist()) for each in alone}) == N_CLIENTS
    together = Barrier(N_CLIENTS)

    def ask(each: ClientRows) -> list[pa.RecordBatch]:
        together.wait()
        return [clients.of(each) for _ in range(ROUNDS)]

    with ThreadPoolExecutor(N_CLIENTS) as pool:
        found = list(pool.map(ask, rows))
    for answers, expected in zip(found, alone, strict=True):
        assert [unlike(answer, expected) for answer in answers] == [[]] * ROUNDS


def test_variants_in_one_question_have_the_features_of_each_alone(
    clients: ClientFeatures, hostile: dict[int, ClientRows]
):
    # Whoever they are: clients told as variants share numbers of credits and contracts with no one.
    variants = list(hostile.values())
    found = clients.of_variants(variants)
    assert found["SK_ID_CURR"].to_pylist() == list(range(1, len(variants) + 1))
    for place, each in enumerate(variants):
        assert unlike(clients.of(each), found.slice(place, 1), but="SK_ID_CURR") == [], place


def test_a_variant_differs_where_its_rows_do(clients: ClientFeatures, hostile: dict[int, ClientRows]):
    rows = hostile[min(hostile)]
    asked = rows["application"]
    place = asked.schema.get_field_index("AMT_CREDIT")
    half = asked.set_column(
        place, asked.schema.field(place), pa.array([asked["AMT_CREDIT"][0].as_py() // 2], pa.int64())
    )
    without_months = {**rows, "bureau_balance": rows["bureau_balance"].slice(0, 0)}
    found = clients.of_variants([rows, {**rows, "application": half}, rows, without_months])
    first, second, third, fourth = (found.slice(number, 1) for number in range(4))
    assert unlike(first, third, but="SK_ID_CURR") == []
    assert set(unlike(first, fourth, but="SK_ID_CURR")) == {f.name for f in catalogue() if f.table == "bureau_balance"}
    changed = unlike(first, second, but="SK_ID_CURR")
    assert "application_credit" in changed
    assert "bureau_debt_to_asked_all" in changed
    reads = {feature.name: feature.inputs for feature in catalogue()}
    assert [name for name in changed if "application.AMT_CREDIT" not in reads[name]] == []


def test_no_variant_is_an_empty_matrix(clients: ClientFeatures):
    assert clients.of_variants([]).num_rows == 0


def test_a_variant_without_an_application_is_refused(clients: ClientFeatures, hostile: dict[int, ClientRows]):
    rows = hostile[min(hostile)]
    nobody = {**rows, "application": rows["application"].slice(0, 0)}
    with pytest.raises(DataError, match="Variant 2 has 0 applications"):
        clients.of_variants([rows, nobody])


def test_features_that_are_not_wanted_and_tables_that_are_absent_are_left_out():
    wanted = [feature for feature in catalogue() if feature.name in {"application_credit", "pos_months_n_all"}]
    with ClientFeatures(wanted, {name: TABLES[name].arrow for name in ("application", "POS_CASH_balance")}) as few:
        rows = by_client(generated_lender(3))[7]
        found = few.of({name: rows[name] for name in ("application", "POS_CASH_balance")})
    assert found.schema.names == ["SK_ID_CURR", "application_credit", "pos_months_n_all"]
