"""A small lender, drawn once: 8,192 clients in two blocks, and the same with a shock."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from garant.tables.synthetic import Shock, SyntheticLender, generate
from worker_groups import keep_together

CLIENTS = 8192
SCALE = CLIENTS / 356_255
SEED = 7


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what looks at the lender with one worker: it is drawn once."""
    keep_together(items, Path(__file__).parent, "synthetic", fixtures={"lender", "shocked"})


@pytest.fixture(scope="session")
def lender(tmp_path_factory: pytest.TempPathFactory) -> SyntheticLender:
    """The lender as Parquet."""
    return generate(tmp_path_factory.mktemp("lender"), scale=SCALE, seed=SEED, file_format="parquet")


@pytest.fixture(scope="session")
def shocked(tmp_path_factory: pytest.TempPathFactory) -> SyntheticLender:
    """The same lender with a shock."""
    folder = tmp_path_factory.mktemp("shocked")
    return generate(folder, scale=SCALE, seed=SEED, file_format="parquet", shock=Shock())


@pytest.fixture(scope="session")
def tables(lender: SyntheticLender) -> Mapping[str, pa.Table]:
    """Every file of the lender, by name."""
    return {path.stem: pq.read_table(path) for path in lender.files}


@pytest.fixture(scope="session")
def applications(tables: Mapping[str, pa.Table]) -> pa.Table:
    """Both application tables without the label, in the order of clients."""
    train = tables["application_train"].drop_columns(["TARGET"])
    return pa.concat_tables([train, tables["application_test"]]).sort_by("SK_ID_CURR")


@pytest.fixture(scope="session")
def truth(lender: SyntheticLender) -> pa.Table:
    """What is true of every client."""
    return pq.read_table(lender.truth)


Numbers = Callable[[pa.Table, str], npt.NDArray[np.float64]]


@pytest.fixture(scope="session")
def numbers() -> Numbers:
    """Read a column as floats with NaN for missing."""

    def read(table: pa.Table, column: str) -> npt.NDArray[np.float64]:
        return pc.cast(table[column], pa.float64()).to_numpy(zero_copy_only=False)

    return read


@pytest.fixture(scope="session")
def shares() -> Callable[[pa.Table, str], dict[Any, float]]:
    """Count the shares of the values of a column."""

    def count(table: pa.Table, column: str) -> dict[Any, float]:
        found = pc.value_counts(table[column].combine_chunks())
        return {entry["values"]: entry["counts"] / table.num_rows for entry in found.to_pylist()}

    return count


@pytest.fixture(scope="session")
def read() -> Callable[[Path], pa.Table]:
    """Read a Parquet file."""
    return pq.read_table
