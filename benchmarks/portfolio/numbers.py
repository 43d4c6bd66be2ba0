"""Made-up matrices in parts: normal numbers on very different scales, a third of them missing."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from garant.engines.protocol import part_name
from garant.features.matrix import KEY
from garant.storage.parquet import write_parquet

MISSING = 0.3


def names(columns: int) -> tuple[str, ...]:
    """Names of the columns."""
    return tuple(f"f{number:03d}" for number in range(columns))


def write_matrix(folder: Path, *, rows: int, columns: int, parts: int, seed: int) -> tuple[Path, ...]:
    """Write a matrix of `rows` rows to `parts` files, ids dealt out by remainder, as garant deals clients out."""
    folder.mkdir(parents=True)
    schema = pa.schema([(KEY, pa.int64()), *((name, pa.float64()) for name in names(columns))])
    written: list[Path] = []
    for number in range(parts):
        ids = np.arange(number, rows, parts, dtype=np.int64)
        block = numbers(len(ids), columns, seed=seed + number)
        cells = [pa.array(ids), *(pa.array(column, from_pandas=True) for column in block.T)]
        path = folder / part_name(number)
        write_parquet(path, [pa.RecordBatch.from_arrays(cells, schema=schema)], schema)
        written.append(path)
    return tuple(written)


def numbers(rows: int, columns: int, *, seed: int) -> npt.NDArray[np.float64]:
    """Numbers that depend on each other through a few factors; NaN where they are missing."""
    rng = np.random.default_rng(seed)
    # The same factors in every part.
    weights = np.random.default_rng(0).normal(size=(12, columns))
    scale = np.logspace(-2, 6, columns)
    block = (rng.normal(size=(rows, 12)) @ weights + rng.normal(size=(rows, columns))) * scale
    block[rng.random(block.shape) < MISSING] = np.nan
    return block
