"""Spark through classic PySpark: the same expressions and functions as on a laptop, on many cores or machines."""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import ibis
import ibis.expr.operations as ops
import pyarrow as pa
import pyarrow.parquet as pq
import pyspark.sql.functions as f
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from garant.engines.arrow_schema import arrow_schema
from garant.engines.protocol import BATCH_ROWS, Keep, part_name
from garant.engines.spark.compiler import spark_sql
from garant.engines.spark.gathering import gathered
from garant.engines.spark.log import spark_log
from garant.engines.spark.parts import PART, WRITTEN, PartWriter
from garant.engines.spark.session import SparkOptions, open_session, require_release, spread, vcpus_of
from garant.engines.spark.sources import parquet_rows
from garant.engines.spark.versions import require_same_versions
from garant.engines.spark.workers import caught, tool_of, unwrapped
from garant.exceptions import GarantError, InvariantError, RunError
from garant.storage.parquet import write_parquet
from garant.storage.reach import Reach, Written

Shared = TypeVar("Shared")
Partial = TypeVar("Partial")
Tool = TypeVar("Tool")

FILES_AT_ONCE = 8
"""Files per core of one Spark job: results of a job come together, and progress with them."""


class SparkEngine:
    """Engine of a cluster, or of the cores of one machine.

    Parameters
    ----------
    options : SparkOptions
        Which Spark.
    reach : Reach
        How tasks reach files.
    """

    def __init__(self, options: SparkOptions | None = None, *, reach: Reach | None = None) -> None:
        self._options = options or SparkOptions()
        self.reach = reach or Reach()
        self._opened: SparkSession | None = None
        self._is_own = False
        self._views: list[str] = []
        self._kept: list[DataFrame] = []
        self._scattered: list[tuple[str, DataFrame, str]] = []
        self._n_rows = 0
        self._tools_made: Any = None

    def __enter__(self) -> Self:
        """Open a session, or use the one that is there; compare the workers with this process."""
        require_release()
        self._opened, self._is_own = open_session(self._options)
        self._tools_made = self._opened.sparkContext.accumulator(0)
        try:
            require_same_versions(self._opened)
        except BaseException:
            # `with` does not leave a block that it never entered: a session of ours would go on running.
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Forget the tables; stop the session if it was opened here."""
        session, self._opened = self._opened, None
        if session is None:
            return
        for name in self._views:
            session.catalog.dropTempView(name)
        for rows in self._kept:
            rows.unpersist()
        if self._is_own:
            session.stop()

    @property
    def in_process(self) -> bool:
        """False: workers are processes of their own."""
        return False

    @property
    def threads_per_file(self) -> int:
        """One thread: parallelism comes from tasks."""
        return 1

    @property
    def vcpus(self) -> int:
        """Cores of the driver and of the executors that are there now."""
        return vcpus_of(self.session)

    @property
    def tools_made(self) -> int:
        """How often a worker process made a tool of something shared."""
        return int(self._tools_made.value) if self._tools_made is not None else 0

    @property
    def session(self) -> SparkSession:
        """The open session."""
        if self._opened is None:
            raise InvariantError("The Spark engine is used outside its `with` block.")
        return self._opened

    def register(self, name: str, files: Sequence[Path], schema: pa.Schema, *, key: str | None = None) -> None:
        """Make the Parquet `files` known as table `name`; no file at all is an empty table of `schema`.

        Rows of a `key` are brought together at their first use and kept so.
        """
        with _explained():
            rows = parquet_rows(self.session, files, schema, self.reach)
            if key is None:
                self._view(name, rows)
                return
        self._scattered.append((name, rows, key))
        self._n_rows += sum(pq.read_metadata(file).num_rows for file in files)

    def compile(self, expr: ibis.Table) -> str:
        """SQL text of `expr` for Spark."""
        return spark_sql(expr)

    def batches(self, expr: ibis.Table, *, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Result of `expr` in batches of at most `rows` rows, in the order that `expr` states.

        All of it comes to the driver: for results that one machine can hold.
        """
        with _explained():
            table = self._frame(expr).toArrow()
        yield from table.cast(arrow_schema(expr)).to_batches(max_chunksize=rows)

    def write(self, expr: ibis.Table, path: Path) -> int:
        """Write the result of `expr` to the Parquet file `path`, durably; return its number of rows."""
        return self.reach.write(
            path, partial(write_parquet, batches=self.batches(expr), schema=arrow_schema(expr))
        ).rows

    def store(self, name: str, expr: ibis.Table, folder: Path) -> None:  # noqa: ARG002 - nothing is written down
        """Make the result of `expr` known as table `name`: a part of the plan that runs at the end."""
        self._view(name, self._frame(expr))

    def write_parts(
        self, rows_of: Callable[[Keep | None], ibis.Table], *, key: str, n_parts: int, folder: Path
    ) -> tuple[Written, ...]:
        """Write all parts in one job: rows are brought to the task of their part, which sorts and writes them."""
        expr = rows_of(None)
        folder.mkdir(parents=True, exist_ok=True)
        writer = PartWriter(folder, arrow_schema(expr), self.reach)
        with _explained():
            rows = self.parted(expr, key=key, n_parts=n_parts)
            found = rows.mapInArrow(writer.write_all, from_arrow_schema(WRITTEN)).collect()
        written = {
            row.number: Written(folder / part_name(row.number), row.rows, row.bytes, row.sha256) for row in found
        }
        # A part that no client falls into is a file without rows.
        return tuple(written.get(number) or writer.write(number, iter(())) for number in range(n_parts))

    def parted(self, expr: ibis.Table, *, key: str, n_parts: int) -> DataFrame:
        """Rows of `expr` with their part, in the partition of its number, sorted by `key`: the last shuffle."""
        sort = expr.op()
        # Sorted inside the parts below: an order over all rows would cost a shuffle of its own.
        unsorted = sort.parent.to_expr() if isinstance(sort, ops.Sort) else expr
        rows = self._frame(unsorted).withColumn(PART, f.pmod(f.col(key), f.lit(n_parts)).cast("int"))
        return rows.repartitionById(n_parts, PART).sortWithinPartitions(key)

    def map_batches(
        self,
        expr: ibis.Table,
        function: Callable[[pa.RecordBatch, Tool], pa.RecordBatch],
        schema: pa.Schema,
        *,
        shared: Shared,
        prepare: Callable[[Shared], Tool],
    ) -> Iterator[pa.RecordBatch]:
        """Apply `function` to each batch where it is; each result must have `schema`."""
        broadcast, made, name = self.session.sparkContext.broadcast(shared), self._tools_made, uuid.uuid4().hex

        def mapped(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                result = function(batch, tool_of(broadcast, prepare, name, made))
                if not result.schema.equals(schema):
                    raise InvariantError(f"A batch function returned {result.schema} instead of {schema}.")
                yield result

        try:
            with _explained():
                table = self._frame(expr).mapInArrow(mapped, from_arrow_schema(schema)).toArrow()
        finally:
            broadcast.destroy()
        yield from table.cast(schema).to_batches()

    def map_files(
        self,
        files: Sequence[Path],
        function: Callable[[Path, Tool], Partial],
        *,
        shared: Shared,
        prepare: Callable[[Shared], Tool],
    ) -> Iterator[Partial]:
        """Call `function` once per file, one file a task; results of some files come together."""
        context = self.session.sparkContext
        broadcast, made, name = context.broadcast(shared), self._tools_made, uuid.uuid4().hex
        reach = self.reach

        def work(path: Path) -> Partial:
            with reach.reading(path) as local:
                return function(local, tool_of(broadcast, prepare, name, made))

        at_once = FILES_AT_ONCE * max(1, context.defaultParallelism)
        try:
            for start in range(0, len(files), at_once):
                some = files[start : start + at_once]
                with _explained():
                    results = context.parallelize(some, len(some)).map(partial(caught, work)).collect()
                yield from map(unwrapped, results)
        finally:
            broadcast.destroy()

    def _gather(self) -> None:
        """Bring the rows of each key together, now that all tables are known: together they say how many partitions."""
        spread(self.session, self._n_rows)
        for name, rows, key in self._scattered:
            kept = gathered(self.session, rows, key)
            self._kept.append(kept)
            self._view(name, kept)
        self._scattered.clear()
        self._n_rows = 0

    def _frame(self, expr: ibis.Table) -> DataFrame:
        with _explained():
            if self._scattered:
                self._gather()
            return self.session.sql(self.compile(expr))

    def _view(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(name)
        self._views.append(name)


class _explained:  # noqa: N801 - reads as what it does, as `suppress` does
    """Says of an error of Spark what the first line says, and where to look."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (Py4JError, PySparkException)) and not isinstance(error, GarantError):
            raise RunError(
                f"Spark could not run this step: {_reason(error)}. What Spark said: {spark_log().kept()}"
            ) from error


_RAISED = re.compile(r"^(?:[\w.]+\.)?\w*(?:Error|Exception)\b: .+")
"""Last line of a traceback of Python, or first line of one of Java."""


def _reason(error: BaseException) -> str:
    """Error that a worker raised, else the first line of what Spark says."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    raised = [line for line in lines if _RAISED.match(line) and not line.startswith(("org.apache.spark", "py4j."))]
    return (raised or lines or [type(error).__name__])[0].rstrip(".")
