"""Hostile, drawn and random lenders, their matrices by each engine, and the plain computation of every feature."""

from pathlib import Path

import pyarrow as pa
import pytest
from lenders.all_lenders import all_lenders
from lenders.writing import Lender
from matrices import Make, by_duckdb, by_spark, by_sqlite
from plain.matrix import PlainMatrix

Matrices = dict[str, pa.Table]
"""Matrices of one engine, by lender."""


@pytest.fixture(scope="session")
def lenders() -> dict[str, Lender]:
    """The lenders by their names."""
    return all_lenders()


@pytest.fixture(scope="session")
def plain(lenders: dict[str, Lender]) -> dict[str, PlainMatrix]:
    """Plain values of each lender."""
    return {name: PlainMatrix(lender) for name, lender in lenders.items()}


# A fixture for each engine, so that a matrix is computed once, and an engine that fails fails once.


@pytest.fixture(scope="session")
def by_engine_duckdb(lenders: dict[str, Lender], tmp_path_factory: pytest.TempPathFactory) -> Matrices:
    """Matrices by DuckDB."""
    return _matrices(by_duckdb, lenders, tmp_path_factory.mktemp("duckdb"))


@pytest.fixture(scope="session")
def by_engine_sqlite(lenders: dict[str, Lender], tmp_path_factory: pytest.TempPathFactory) -> Matrices:
    """Matrices by SQLite."""
    return _matrices(by_sqlite, lenders, tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def by_engine_spark(
    lenders: dict[str, Lender],
    tmp_path_factory: pytest.TempPathFactory,
    spark_session: object,  # noqa: ARG001 - the engine finds it open
) -> Matrices:
    """Matrices by Spark."""
    return _matrices(by_spark, lenders, tmp_path_factory.mktemp("spark"))


def _matrices(make: Make, lenders: dict[str, Lender], folder: Path) -> Matrices:
    made: Matrices = {}
    for number, (name, lender) in enumerate(lenders.items()):
        place = folder / str(number)
        place.mkdir()
        made[name] = make(lender, place)
    return made


@pytest.fixture
def matrices(engine: str, request: pytest.FixtureRequest) -> Matrices:
    """Matrices of the engine that the test is about."""
    return request.getfixturevalue(f"by_engine_{engine}")
