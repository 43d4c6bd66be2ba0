"""Which folders hold a matrix that is there already, and which of them are refused."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from garant.exceptions import DataError
from garant.runs.stored_matrix import open_stored
from garant.storage.parquet import write_parquet

SAID = {"features": ["bureau_n"], "rows": 2, "files": {"part-00000.parquet": {"sha256": "0" * 64}}}


def folder_of(folder: Path, said: object) -> Path:
    """A folder with one part and a manifest."""
    rows = pa.table({"SK_ID_CURR": [1, 2], "policy_credit": [0.5, 0.5], "bureau_n": [1.0, 2.0]})
    write_parquet(folder / "part-00000.parquet", rows.to_batches(), rows.schema)
    (folder / "manifest.json").write_text(json.dumps(said))
    return folder


def test_a_matrix_is_opened_with_the_columns_that_may_be_features(tmp_path: Path) -> None:
    found = open_stored(folder_of(tmp_path, SAID))
    assert found is not None
    assert (found.rows, list(found.columns), found.digests) == (2, ["bureau_n"], {"part-00000.parquet": "0" * 64})


@pytest.mark.parametrize("missing", ["features", "rows"])
def test_what_says_something_else_of_itself_is_no_matrix(tmp_path: Path, missing: str) -> None:
    assert open_stored(folder_of(tmp_path, {name: value for name, value in SAID.items() if name != missing})) is None
    (tmp_path / "manifest.json").unlink()
    assert open_stored(tmp_path) is None


def test_a_run_without_a_matrix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no matrix"):
        open_stored(folder_of(tmp_path, {"run_id": "abc", "files": SAID["files"]}))


def test_a_part_that_is_gone_is_named(tmp_path: Path) -> None:
    (folder_of(tmp_path, SAID) / "part-00000.parquet").unlink()
    with pytest.raises(DataError, match=r"part-00000\.parquet: is gone, although manifest\.json lists it"):
        open_stored(tmp_path)
