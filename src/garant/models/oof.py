"""Out-of-fold predictions on disk. They are rows of persons: they belong beside a bundle, never inside."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from garant.storage import atomic_path


def write_oof(
    path: Path,
    *,
    ids: npt.NDArray[np.int64],
    label: npt.NDArray[np.int8],
    fold: npt.NDArray[np.int8],
    margin: npt.NDArray[np.float64],
    pd: npt.NDArray[np.float64],
) -> None:
    """Write ``SK_ID_CURR, label, fold, margin, pd`` sorted by id to the Parquet file `path`, durably.

    Only its owner may read it. `pd` is the cross-fitted one: that of a calibrator fitted without the row's fold.
    """
    order = np.argsort(ids, kind="stable")
    table = pa.table(
        {
            "SK_ID_CURR": ids[order],
            "label": label[order],
            "fold": fold[order],
            "margin": margin[order],
            "pd": pd[order],
        }
    )
    with atomic_path(path, private=True) as temporary:
        pq.write_table(table, temporary, compression="zstd")
