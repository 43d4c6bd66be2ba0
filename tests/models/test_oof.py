"""Out-of-fold predictions on disk."""

import stat
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from garant.models.oof import write_oof


def test_predictions_are_written_by_id_with_label_fold_margin_and_pd(tmp_path: Path) -> None:
    write_oof(
        tmp_path / "oof.parquet",
        ids=np.array([30, 10, 20]),
        label=np.array([0, 1, 0], dtype=np.int8),
        fold=np.array([2, 0, 1], dtype=np.int8),
        margin=np.array([-1.0, -2.0, -3.0]),
        pd=np.array([0.3, 0.1, 0.2]),
    )
    assert stat.S_IMODE((tmp_path / "oof.parquet").stat().st_mode) == 0o600, "rows of persons"
    assert pq.read_table(tmp_path / "oof.parquet").to_pydict() == {
        "SK_ID_CURR": [10, 20, 30],
        "label": [1, 0, 0],
        "fold": [0, 1, 2],
        "margin": [-2.0, -3.0, -1.0],
        "pd": [0.1, 0.2, 0.3],
    }
