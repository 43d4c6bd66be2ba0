"""The decision service when things break under load: nothing that was acknowledged is lost or counted twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import decision_faults as faults
from decision_service import ServedLender, ServiceProcess, serving
from postgres_server import PostgresServer

pytestmark = pytest.mark.xdist_group("postgres")

ROUNDS = 2
"""`make faults` takes many."""

Served = tuple[ServiceProcess, str]


@pytest.fixture(scope="module")
def of_two(
    postgres: PostgresServer, served_lender: ServedLender, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A service of two workers on PostgreSQL."""
    folder = tmp_path_factory.mktemp("service")
    link = folder / "champion"
    link.symlink_to(served_lender.bundles[0])
    with serving(served_lender, postgres.new_database(), folder, workers=2, bundle=link) as served:
        yield served


def test_a_killed_service_has_lost_nothing_that_it_acknowledged(of_two: Served, served_lender: ServedLender) -> None:
    service, key = of_two
    assert max(faults.service_killed(service, key, served_lender, ROUNDS)["ready again"]) < 60


def test_a_killed_database_has_lost_nothing_that_was_acknowledged(
    postgres: PostgresServer, of_two: Served, served_lender: ServedLender
) -> None:
    service, key = of_two
    assert max(faults.postgres_killed(postgres, service, key, served_lender, ROUNDS)["answered again"]) < 30


def test_without_its_database_the_service_refuses_at_once_and_heals_by_itself(
    postgres: PostgresServer, of_two: Served, served_lender: ServedLender
) -> None:
    service, key = of_two
    faults.database_gone(postgres, service, key, served_lender, 3.0)


def test_a_model_is_swapped_under_load_and_no_request_fails(of_two: Served, served_lender: ServedLender) -> None:
    service, key = of_two
    faults.model_swapped(service, key, served_lender, service.bundle, swaps=1)


def test_a_full_disk_is_told_and_what_was_recorded_is_read_on(served_lender: ServedLender, tmp_path: Path) -> None:
    with faults.small_disk(tmp_path / "disk", "24m") as disk:
        url = f"sqlite:///{disk / 'records.db'}"
        with serving(served_lender, url, tmp_path / "service") as (service, key):
            faults.disk_full(service, key, served_lender, disk)
            faults.second_service_refused(service, served_lender, tmp_path / "second")


def test_a_database_that_could_lose_decisions_is_not_served(
    postgres: PostgresServer, served_lender: ServedLender, tmp_path: Path
) -> None:
    faults.unsafe_database_refused(postgres, served_lender, tmp_path / "service")
