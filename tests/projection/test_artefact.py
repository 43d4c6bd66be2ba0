"""Components read back are those that were written, or are refused."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.exceptions import DataError
from garant.projection.artefact import JSON_FILE, PARQUET_FILE, read_components, write_components
from garant.projection.components import Components, Extent, principal_components
from garant.projection.moments import centred, moments, rough_means
from garant.projection.transform import block_of, scores
from garant.storage import read_json, write_json

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


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"format": "another"}, "no components of format 1"),
        ({"version": 2}, "no components of format 1"),
        ({"variance": [1.0]}, "another number of features or components"),
        ({"spectrum": [0.6, 0.4]}, "another number of features or components"),
        ({"rows": "many"}, "damaged"),
        ({"dropped": None}, "damaged"),
    ],
)
def test_numbers_that_do_not_belong_together_are_refused(
    components: Components, tmp_path: Path, change: dict[str, object], why: str
) -> None:
    write_components(tmp_path, components)
    write_json(tmp_path / JSON_FILE, {**read_json(tmp_path / JSON_FILE), **change})
    with pytest.raises(DataError, match=why):
        read_components(tmp_path)


def test_other_programs_find_the_loadings_by_the_names_of_the_components(
    components: Components, tmp_path: Path
) -> None:
    write_components(tmp_path, components)
    table = pq.read_table(tmp_path / PARQUET_FILE)
    assert table.column_names == ["feature", "mean", "scale", "PC1", "PC2"]
    assert table["PC2"].to_pylist() == components.loadings[:, 1].tolist()


def test_rows_without_a_column_are_refused(components: Components, rows: pa.Table) -> None:
    with pytest.raises(DataError, match="income"):
        block_of(rows.drop_columns("income"), components.columns)
