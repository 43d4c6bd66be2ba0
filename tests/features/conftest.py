"""Seven small hostile tables with a fixed seed, their matrix in DuckDB, and clients made of the cells that matter."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from lenders.generated import generated_lender
from lenders.writing import complete, write_parts
from plain.matrix import is_known

from garant.engines.duckdb import DuckDBEngine
from garant.features.catalogue import groups
from garant.features.matrix import matrix
from garant.tables.schema import TABLES
from worker_groups import keep_together

Row = dict[str, Any]
Book = dict[str, list[Row]]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what runs the whole matrix with one worker: its SQL is compiled once."""
    keep_together(items, Path(__file__).parent, "features", fixtures={"matrix_sql"})


@pytest.fixture(scope="session")
def book() -> Book:
    """Rows of the seven tables; some lie after the application, some days are shared, a fifth of the cells is NULL."""
    return generated_lender(20)


@pytest.fixture(scope="session")
def matrix_sql() -> str:
    """SQL of the whole matrix for DuckDB, compiled once."""
    return DuckDBEngine().compile(matrix(groups()))


@pytest.fixture(scope="session")
def run_duckdb(matrix_sql: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., pa.Table]:
    """Run the matrix, or another expression, over rows that may lie in several part files."""

    def run(book: Book, *, parts: int = 1, expression: ibis.Table | None = None) -> pa.Table:
        folder = tmp_path_factory.mktemp("accepted")
        with DuckDBEngine(memory_limit="512MB") as engine:
            for name, rows in book.items():
                engine.register(name, write_parts(folder, name, rows, parts), TABLES[name].arrow)
            sql = matrix_sql if expression is None else engine.compile(expression)
            return engine._open().cursor().sql(sql).to_arrow_table()

    return run


@pytest.fixture(scope="session")
def arrow(book: Book, run_duckdb: Callable[..., pa.Table]) -> pa.Table:
    """Matrix of `book`, as Arrow."""
    return run_duckdb(book)


@pytest.fixture(scope="session")
def values(arrow: pa.Table) -> dict[int, Row]:
    """Matrix of `book`: feature values by client."""
    return {row["SK_ID_CURR"]: row for row in arrow.to_pylist()}


@pytest.fixture(scope="session")
def only_known(book: Book) -> Book:
    """`book` without the rows after the application."""
    return {name: [row for row in rows if name == "application" or is_known(name, row)] for name, rows in book.items()}


@pytest.fixture
def one_client() -> Callable[[Mapping[str, list[Row]]], Book]:
    """Book of client 7 from the cells that matter; all others are NULL."""

    def build(children: Mapping[str, list[Row]]) -> Book:
        book: Book = defaultdict(list)
        for name in TABLES:
            for cells in children.get(name, [{}] if name == "application" else []):
                key = {} if name == "bureau_balance" else {"SK_ID_CURR": 7}
                book[name].append(complete(name, {**key, **cells}))
            book.setdefault(name, [])
        return dict(book)

    return build


@pytest.fixture
def client_seven(
    one_client: Callable[[Mapping[str, list[Row]]], Book], run_duckdb: Callable[..., pa.Table]
) -> Callable[..., Row]:
    """Features of one client from the cells that matter."""

    def run(**children: list[Row]) -> Row:
        (row,) = run_duckdb(one_client(children)).to_pylist()
        return row

    return run
