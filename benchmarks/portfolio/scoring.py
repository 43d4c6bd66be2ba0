"""Broadcast scoring against plain prediction, and against the row-at-a-time function of student projects."""

from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pyspark.sql.functions as f
from pyspark.sql.types import DoubleType

from garant.engines.protocol import BATCH_ROWS
from garant.engines.spark import SparkEngine
from garant.features.matrix import KEY
from portfolio.cpu import Took, middle, timed
from portfolio.numbers import names, numbers, write_matrix

BAD_FROM = 9
"""Sum of factors from which a made-up row is a bad one: about a tenth."""

ROWS, COLUMNS, TREES, LEAVES, PARTS, ROUNDS, SEED = 50_000, 300, 500, 31, 4, 5, 7
STUDENT_ROWS = 2_000
"""Rows of the row-at-a-time function: its time is in proportion, and 50,000 would take minutes a round."""

SCORES = pa.schema([(KEY, pa.int64()), ("margin", pa.float64())])

Floats = npt.NDArray[np.float64]


def booster_of(text: str) -> lgb.Booster:
    """Model of its text: the tool of a worker."""
    return lgb.Booster(model_str=text)


def score_batch(batch: pa.RecordBatch, booster: lgb.Booster) -> pa.RecordBatch:
    """Margins of one Arrow batch."""
    matrix = np.column_stack([batch.column(name).to_numpy(zero_copy_only=False) for name in booster.feature_name()])
    margin = np.asarray(booster.predict(matrix, raw_score=True, num_threads=1))
    return pa.RecordBatch.from_arrays([batch.column(KEY), pa.array(margin)], schema=SCORES)


def score_file(path: Path, booster: lgb.Booster) -> list[pa.RecordBatch]:
    """Margins of one stored part, read where it is."""
    with pq.ParquetFile(path) as file:
        return [score_batch(batch, booster) for batch in file.iter_batches(batch_size=BATCH_ROWS)]


def compare(engine: SparkEngine, folder: Path) -> dict[str, Any]:
    """Time every way, in turn; the first round only warms up."""
    files = write_matrix(folder / "scoring", rows=ROWS, columns=COLUMNS, parts=PARTS, seed=SEED)
    text = _model()
    whole = pa.concat_tables([pq.read_table(file) for file in files]).sort_by(KEY)
    matrix = np.column_stack([whole.column(name).to_numpy() for name in names(COLUMNS)])
    booster = booster_of(text)
    schema = pq.read_schema(files[0])
    engine.register("matrix", files, schema)
    table = _unbound()
    before = engine.tools_made

    def dataframe() -> Floats:
        found = engine.map_batches(table, score_batch, SCORES, shared=text, prepare=booster_of)
        return _sorted(list(found))

    def own_files() -> Floats:
        parts = engine.map_files(files, score_file, shared=text, prepare=booster_of)
        return _sorted([batch for part in parts for batch in part])

    def plain() -> Floats:
        return np.asarray(booster.predict(matrix, raw_score=True, num_threads=1))

    ways = {"plain": plain, "dataframe": dataframe, "own_files": own_files}
    runs: dict[str, list[Took]] = {name: [] for name in (*ways, "student")}
    differences: dict[str, float] = {}
    for number in range(ROUNDS):
        for name, way in ways.items():
            took, margin = timed(way)
            if number:
                runs[name].append(took)
                differences[name] = float(np.abs(margin - plain()).max()) if name != "plain" else 0.0
        took, _ = timed(lambda: _student(engine, booster))
        if number:
            runs["student"].append(took)
    found = {name: middle(took) for name, took in runs.items()}
    return {
        "what": f"{ROWS} rows, {COLUMNS} columns, {TREES} trees of {LEAVES} leaves; {ROUNDS - 1} rounds in turn",
        **found,
        "student_rows": STUDENT_ROWS,
        "largest_difference": differences,
        "boosters_made": engine.tools_made - before,
        "rounds": ROUNDS,
        "dataframe_to_plain_cpu": round(found["dataframe"]["cpu_s"] / found["plain"]["cpu_s"], 2),
        "own_files_to_plain_cpu": round(found["own_files"]["cpu_s"] / found["plain"]["cpu_s"], 2),
        "student_to_dataframe_cpu_per_row": round(
            (found["student"]["cpu_s"] / STUDENT_ROWS) / (found["dataframe"]["cpu_s"] / ROWS), 1
        ),
    }


def _model() -> str:
    block = numbers(20_000, COLUMNS, seed=99)
    known = np.nan_to_num(block / np.logspace(-2, 6, COLUMNS))
    risk = known[:, ::17].sum(axis=1) + np.random.default_rng(1).normal(size=len(known)) * 5
    label = (risk > BAD_FROM).astype(np.int8)
    parameters = {
        "objective": "binary",
        "num_leaves": LEAVES,
        "learning_rate": 0.02,
        "verbose": -1,
        "seed": SEED,
        "num_threads": 2,
    }
    data = lgb.Dataset(block, label, feature_name=list(names(COLUMNS)))
    return lgb.train(parameters, data, num_boost_round=TREES).model_to_string()


def _unbound() -> Any:  # noqa: ANN401 - an expression
    import ibis  # noqa: PLC0415 - beside its only use

    return ibis.table({KEY: "int64", **dict.fromkeys(names(COLUMNS), "float64")}, name="matrix")


def _sorted(batches: list[pa.RecordBatch]) -> Floats:
    return pa.Table.from_batches(batches, SCORES).sort_by(KEY).column("margin").to_numpy()


def _student(engine: SparkEngine, booster: lgb.Booster) -> list[float]:
    """Row after row through a Python function that holds a pickled model."""

    def margin_of(row: Any) -> float:  # noqa: ANN401 - a row of Spark
        return float(np.asarray(booster.predict(np.array([list(row)]), raw_score=True, num_threads=1))[0])

    margin = f.udf(margin_of, DoubleType())
    frame = engine.session.table("matrix").where(f.col(KEY) < STUDENT_ROWS)
    whole = f.struct(*(f.coalesce(f.col(name), f.lit(float("nan"))) for name in names(COLUMNS)))
    return [row.margin for row in frame.select(margin(whole).alias("margin")).collect()]
