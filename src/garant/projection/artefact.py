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
            "ratio": components.ratio.tolist(),
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
    said: Any = read_json(folder / JSON_FILE)
    if not isinstance(said, dict) or said.get("format") != FORMAT or said.get("version") != VERSION:
        raise DataError(f"{folder / JSON_FILE}: holds no components of format {VERSION}. Make them with: garant pca")
    if sha256_file(folder / PARQUET_FILE) != said["sha256"]:
        raise DataError(f"{folder / PARQUET_FILE}: was changed since it was written. Make it again with: garant pca")
    table = pq.read_table(folder / PARQUET_FILE)
    names = [name for name in table.column_names if name.startswith("PC")]
    return Components(
        columns=tuple(table.column("feature").to_pylist()),
        mean=table.column("mean").to_numpy(),
        scale=table.column("scale").to_numpy(),
        loadings=np.column_stack([table.column(name).to_numpy() for name in names]),
        variance=np.array(said["variance"]),
        ratio=np.array(said["ratio"]),
        rows=said["rows"],
        dropped=said["dropped"],
    )
