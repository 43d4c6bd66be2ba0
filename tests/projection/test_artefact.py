"""Components read back are those that were written, or are refused."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from garant.exceptions import DataError
from garant.projection.artefact import JSON_FILE, PARQUET_FILE, read_components, write_components
from garant.projection.components import Components, Extent, principal_components
from garant.projection.moments import centred, moments, rough_means
from garant.projection.transform import block_of, scores

COLUMNS = ("age", "credit", "income", "same")


@pytest.fixture
def rows() -> pa.Table:
    """Rows of a few clients, one value unknown."""
    rng = np.random.default_rng(3)
    values = {name: rng.normal(size=50) for name in COLUMNS[:3]} | {"same": np.ones(50)}
    table = pa.table(values)
    return table.set_column(0, "age", pa.array([None, *table.column("age").to_pylist()[1:]], pa.float64()))


@pytest.fixture
def components(rows: pa.Table) -> Components:
    """Their components."""
    block = block_of(rows, COLUMNS)
    shift = rough_means(block)
    return principal_components(centred(moments(block, shift, COLUMNS), shift), COLUMNS, Extent(number=2))


def test_later_rows_are_projected_as_before(components: Components, rows: pa.Table, tmp_path: Path) -> None:
    write_components(tmp_path, components)
    again = read_components(tmp_path)
    block = block_of(rows, again.columns)
    assert np.array_equal(scores(block, again), scores(block, components))
    assert (again.rows, again.dropped) == (50, {"same": "constant"})
    assert np.array_equal(again.ratio, components.ratio)


def test_a_changed_file_is_refused(components: Components, tmp_path: Path) -> None:
    write_components(tmp_path, components)
    data = bytearray((tmp_path / PARQUET_FILE).read_bytes())
    data[60] ^= 1
    (tmp_path / PARQUET_FILE).write_bytes(data)
    with pytest.raises(DataError, match="is not the file"):
        read_components(tmp_path)
    (tmp_path / JSON_FILE).write_text("{}")
    with pytest.raises(DataError, match="no components"):
        read_components(tmp_path)


def test_rows_without_a_column_are_refused(components: Components, rows: pa.Table) -> None:
    with pytest.raises(DataError, match="income"):
        block_of(rows.drop_columns("income"), components.columns)
