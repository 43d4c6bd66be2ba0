"""Components as two small files: what they are in JSON, the numbers in Parquet; both are readable without garant."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from garant.exceptions import DataError
from garant.projection.components import Components
from garant.storage import atomic_path, read_json, sha256_file, write_json

FORMAT, VERSION = "garant components", 1

JSON_FILE, PARQUET_FILE = "components.json", "components.parquet"


def write_components(folder: Path, components: Components) -> None:
    """Write ``components.json`` and ``components.parquet`` to `folder`, the first one last."""
    table = pa.table(
        {
            "feature": pa.array(components.columns, pa.string()),
            "mean": components.mean,
            "scale": components.scale,
            **{f"PC{i + 1}": components.loadings[:, i] for i in range(components.k)},
        }
    )
    with atomic_path(folder / PARQUET_FILE) as temporary:
        pq.write_table(table, temporary, compression="zstd")
    write_json(
        folder / JSON_FILE,
        {
            "format": FORMAT,
            "version": VERSION,
            "ddof": 0,
            "missing": "mean",
            "rows": components.rows,
            "variance": components.variance.tolist(),
            "spectrum": components.spectrum.tolist(),
            "dropped": dict(sorted(components.dropped.items())),
            "sha256": sha256_file(folder / PARQUET_FILE),
        },
    )


def read_components(folder: Path) -> Components:
    """Read what `write_components` wrote.

    Raises
    ------
    DataError
        When the files are absent, of another format, or do not belong together.
    """
    path = folder / JSON_FILE
    if not path.is_file():
        raise DataError(f"{folder}: holds no components (no {JSON_FILE}). Make them with: garant pca")
    said: Any = read_json(path)
    if not isinstance(said, dict) or said.get("format") != FORMAT or said.get("version") != VERSION:
        raise DataError(f"{path}: holds no components of format {VERSION}. Make them with: garant pca")
    table = _table(folder / PARQUET_FILE, digest=said.get("sha256"))
    names = [name for name in table.column_names if name.startswith("PC")]
    try:
        components = Components(
            columns=tuple(table.column("feature").to_pylist()),
            mean=table.column("mean").to_numpy(),
            scale=table.column("scale").to_numpy(),
            loadings=np.column_stack([table.column(name).to_numpy() for name in names]),
            variance=np.array(said["variance"], dtype=np.float64),
            spectrum=np.array(said["spectrum"], dtype=np.float64),
            rows=int(said["rows"]),
            dropped={str(name): str(why) for name, why in said["dropped"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"{path}: damaged ({error}). Make it again with: garant pca") from error
    if components.loadings.shape != (len(components.spectrum), components.k):
        raise DataError(f"{path}: says another number of features or components than {PARQUET_FILE} holds.")
    return components


def _table(path: Path, *, digest: object) -> pa.Table:
    if not path.is_file() or sha256_file(path) != digest:
        raise DataError(f"{path}: is not the file that {JSON_FILE} describes. Make it again with: garant pca")
    return pq.read_table(path)
