"""The decision service killed, starved and cut off, round after round; prints the seconds that it measured."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

import decision_faults as faults
from decision_service import ServedLender, ServiceProcess, serving
from postgres_server import PostgresServer, started_postgres

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("postgres")]

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "20"))

GONE_SECONDS = 30.0

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


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Iterator[dict[str, Sequence[float]]]:
    """What was measured; printed as the test ends."""
    measured: dict[str, Sequence[float]] = {}
    yield measured
    with capsys.disabled():
        print(f"\n{request.node.name}: {_text(measured)}")  # noqa: T201 - what `make faults` is run for


def _text(measured: Mapping[str, Sequence[float]]) -> str:
    return "; ".join(
        f"{what} {sorted(seconds)[len(seconds) // 2]:.2f} s (median of {len(seconds)}), {max(seconds):.2f} s at most"
        for what, seconds in measured.items()
    )


Tell = dict[str, Sequence[float]]


def test_a_killed_service_has_lost_nothing_that_it_acknowledged(
    of_two: Served, served_lender: ServedLender, tell: Tell
) -> None:
    service, key = of_two
    tell.update(faults.service_killed(service, key, served_lender, ROUNDS))


def test_a_killed_service_on_sqlite_has_lost_nothing_that_it_acknowledged(
    served_lender: ServedLender, tmp_path: Path, tell: Tell
) -> None:
    with serving(served_lender, f"sqlite:///{tmp_path / 'records.db'}", tmp_path / "service") as (service, key):
        tell.update(faults.service_killed(service, key, served_lender, ROUNDS))


def test_a_killed_worker_is_replaced_and_nothing_is_lost(
    of_two: Served, served_lender: ServedLender, tell: Tell
) -> None:
    service, key = of_two
    tell.update(faults.worker_killed(service, key, served_lender, ROUNDS))


def test_a_killed_database_has_lost_nothing_that_was_acknowledged(
    postgres: PostgresServer, of_two: Served, served_lender: ServedLender, tell: Tell
) -> None:
    service, key = of_two
    tell.update(faults.postgres_killed(postgres, service, key, served_lender, ROUNDS))


def test_without_its_database_the_service_refuses_at_once_and_heals_by_itself(
    postgres: PostgresServer, of_two: Served, served_lender: ServedLender, tell: Tell
) -> None:
    service, key = of_two
    tell.update(faults.database_gone(postgres, service, key, served_lender, GONE_SECONDS))


def test_a_database_that_hangs_holds_nobody_up(
    postgres: PostgresServer, of_two: Served, served_lender: ServedLender, tell: Tell
) -> None:
    service, key = of_two
    tell.update(faults.database_frozen(postgres, service, key, served_lender, GONE_SECONDS))


def test_a_full_disk_under_postgresql_is_told_and_what_was_recorded_is_read_on(
    served_lender: ServedLender, tmp_path: Path, tell: Tell
) -> None:
    # Beside the folders of tests, where the user that PostgreSQL runs as may go to.
    place = Path(os.environ.get("TMPDIR", "/tmp")) / f"garant-disk-{os.getpid()}"  # noqa: S108 - see above
    with (
        faults.small_disk(place, "160m") as disk,
        started_postgres(disk, max_wal_size="32MB", min_wal_size="32MB") as server,
        serving(served_lender, server.new_database(), tmp_path / "service", workers=2) as (service, key),
    ):
        tell.update(faults.disk_full(service, key, served_lender, disk))


def test_a_full_disk_under_sqlite_is_told_and_what_was_recorded_is_read_on(
    served_lender: ServedLender, tmp_path: Path, tell: Tell
) -> None:
    with faults.small_disk(tmp_path / "disk", "24m") as disk:
        url = f"sqlite:///{disk / 'records.db'}"
        with serving(served_lender, url, tmp_path / "service") as (service, key):
            tell.update(faults.disk_full(service, key, served_lender, disk))


def test_models_are_swapped_under_load_and_no_request_fails(
    of_two: Served, served_lender: ServedLender, tell: Tell
) -> None:
    service, key = of_two
    tell.update(faults.model_swapped(service, key, served_lender, service.bundle, swaps=ROUNDS // 2))
