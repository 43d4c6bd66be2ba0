"""Rows of Parquet files, wherever they lie: the one place that decides how Spark reaches a table."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from py4j.protocol import Py4JJavaError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from garant.engines.spark.session import BATCH_ROWS
from garant.storage.location import S3Location
from garant.storage.reach import Reach

_S3A = "org.apache.hadoop.fs.s3a.S3AFileSystem"


def parquet_rows(session: SparkSession, files: Sequence[Path], schema: pa.Schema, reach: Reach) -> DataFrame:
    """Rows of the Parquet `files`, by the columns of `schema`; no file at all is no row.

    Files on a disk that all see are read by Spark itself. Those in a bucket too where Spark knows S3 (EMR does: S3A is
    on its class path); elsewhere tasks fetch them as `Reach` does and read them with pyarrow.
    """
    columns = from_arrow_schema(schema)
    if not files:
        return session.createDataFrame([], columns)
    places = [reach.place(file) for file in files]
    native = [str(place) for place in places if not isinstance(place, S3Location)]
    fetched = [file for file, place in zip(files, places, strict=True) if isinstance(place, S3Location)]
    if fetched and knows_s3(session):
        native += [f"s3a://{place.bucket}/{place.prefix}" for place in places if isinstance(place, S3Location)]
        fetched = []
    frames = [session.read.schema(columns).parquet(*native)] if native else []
    if fetched:
        names = session.sparkContext.parallelize([(str(file),) for file in fetched], len(fetched))
        read = partial(_fetched, schema=schema, reach=reach)
        frames.append(session.createDataFrame(names, "file string").mapInArrow(read, columns))
    rows = frames[0]
    for more in frames[1:]:
        rows = rows.unionAll(more)
    return rows


def knows_s3(session: SparkSession) -> bool:
    """Whether Spark can read a bucket by itself."""
    jvm: Any = session.sparkContext._jvm  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001 - the only way there
    try:
        jvm.java.lang.Class.forName(_S3A)
    except Py4JJavaError:
        return False
    return True


def _fetched(batches: Iterable[pa.RecordBatch], schema: pa.Schema, reach: Reach) -> Iterator[pa.RecordBatch]:
    """Inside a task: rows of the files whose names come."""
    for batch in batches:
        for name in batch.column("file").to_pylist():
            with reach.reading(Path(name)) as local, pq.ParquetFile(local) as file:
                for rows in file.iter_batches(batch_size=BATCH_ROWS, columns=schema.names):
                    yield rows.select(schema.names).cast(schema)
