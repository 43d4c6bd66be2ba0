"""The pass of moments against MLlib's Imputer, StandardScaler and PCA, and the memory of the driver."""

from pathlib import Path
from typing import Any

import numpy as np
from pyspark.ml import Pipeline
from pyspark.ml.feature import PCA, Imputer, StandardScaler, VectorAssembler

from garant.engines.spark import SparkEngine
from garant.projection.components import Components, Extent
from garant.runs.pca.parts import Parts
from garant.runs.pca.passes import Passes
from garant.runs.progress import silent
from portfolio.cpu import Took, middle, timed
from portfolio.numbers import names, write_matrix

ROWS, COLUMNS, COMPONENTS, PARTS, ROUNDS, SEED = 40_000, 300, 20, 4, 4, 7


def compare(engine: SparkEngine, folder: Path) -> dict[str, Any]:
    """Time both, in turn; the first round only warms up."""
    files = write_matrix(folder / "projection", rows=ROWS, columns=COLUMNS, parts=PARTS, seed=SEED)
    ours: list[Took] = []
    peer: list[Took] = []
    gap = 0.0
    for number in range(ROUNDS):
        mine, found = timed(lambda: components(engine, files, ROWS))
        theirs, model = timed(lambda: _mllib(engine, files))
        if number:
            ours.append(mine)
            peer.append(theirs)
            gap = float(np.abs(np.asarray(found.ratio) - model.explainedVariance.toArray()).max())
    found_ours, found_peer = middle(ours), middle(peer)
    return {
        "what": f"{ROWS} rows, {COLUMNS} columns, {COMPONENTS} components; {ROUNDS - 1} rounds in turn, medians",
        "garant": found_ours,
        "mllib": found_peer,
        "largest_difference_of_explained_share": gap,
        "mllib_to_garant": {name: round(found_peer[name] / found_ours[name], 2) for name in found_ours},
    }


def components(engine: SparkEngine, files: tuple[Path, ...], rows: int) -> Components:
    """Components by garant's pass."""
    passes = Passes(engine, Parts(files=files, rows=rows), silent)
    return passes.components(names(COLUMNS), Extent(number=COMPONENTS))


def _mllib(engine: SparkEngine, files: tuple[Path, ...]) -> Any:  # noqa: ANN401 - MLlib has no types
    frame = engine.session.read.parquet(*map(str, files))
    columns = list(names(COLUMNS))
    filled = [f"{name}_filled" for name in columns]
    stages: list[Any] = [
        Imputer(inputCols=columns, outputCols=filled, strategy="mean"),
        VectorAssembler(inputCols=filled, outputCol="known"),
        StandardScaler(inputCol="known", outputCol="scaled", withMean=True, withStd=True),
        PCA(k=COMPONENTS, inputCol="scaled", outputCol="scores"),
    ]
    return Pipeline(stages=stages).fit(frame).stages[-1]
