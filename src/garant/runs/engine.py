"""Which engine runs a command: DuckDB in this process, or Spark. The one place that opens one."""

from collections.abc import Callable
from typing import Literal

from garant.engines.duckdb import DuckDBEngine
from garant.engines.protocol import Engine
from garant.exceptions import MissingPartError
from garant.settings import Settings
from garant.storage.reach import Reach

EngineName = Literal["duckdb", "spark"]


def open_engine(name: EngineName, settings: Settings, *, reach: Callable[[], Reach] = Reach) -> Engine:
    """Engine of a command, to be entered.

    Parameters
    ----------
    name : {"duckdb", "spark"}
        Which.
    settings : Settings
        Memory, threads, Spark's master.
    reach : callable
        Says how tasks on other machines reach files; asked only where there are such tasks. By default all see the same
        disk.

    Raises
    ------
    MissingPartError
        When pyspark is not installed.
    """
    if name == "duckdb":
        return DuckDBEngine(memory_limit=settings.memory_limit, threads=settings.threads)
    try:
        from garant.engines.spark import SparkEngine, SparkOptions  # noqa: PLC0415 - pyspark is an extra
    except ModuleNotFoundError as error:
        raise MissingPartError("Spark needs pyspark. Run: pip install 'garant[spark]'") from error
    options = SparkOptions(
        master=settings.spark_master, cores=settings.threads, memory_mb=int(settings.memory.to("MiB"))
    )
    return SparkEngine(options, reach=reach())
