"""``--engine auto``: DuckDB, unless the cluster at hand is expected to be done earlier.

An engine takes its start and then a time per row that vCPUs share. Both were measured on one machine of two cores
(``benchmarks/spark.py whole_job``, figures in docs/scale.md); that vCPUs share the work evenly is assumed.
"""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from math import inf
from typing import Literal

from garant.engines.protocol import Engine
from garant.runs.engine import EngineName, open_engine
from garant.settings import Settings
from garant.storage.reach import Reach

AskedEngine = Literal["duckdb", "spark", "auto"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long an engine takes to score.

    Parameters
    ----------
    start_s : float
        Seconds before and after the work, whatever the rows.
    vcpu_s_per_row : float
        vCPU-seconds per accepted row of all tables.
    """

    start_s: float
    vcpu_s_per_row: float

    def seconds(self, n_rows: int, vcpus: float) -> float:
        """Expected duration of `n_rows` on `vcpus`."""
        return self.start_s + n_rows * self.vcpu_s_per_row / vcpus


DUCKDB = Pace(start_s=4.0, vcpu_s_per_row=1.58e-6)
SPARK = Pace(start_s=17.5, vcpu_s_per_row=2.18e-5)


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """The engine of a run.

    Parameters
    ----------
    name : {"duckdb", "spark"}
        Which.
    why : str
        One sentence; empty where it was asked for.
    """

    name: EngineName
    why: str = ""


def break_even(*, here: float, cluster: float) -> float:
    """Rows from which Spark on `cluster` vCPUs is expected to be done before DuckDB on `here`; infinite where never."""
    gained = DUCKDB.vcpu_s_per_row / here - SPARK.vcpu_s_per_row / cluster
    return (SPARK.start_s - DUCKDB.start_s) / gained if gained > 0 else inf


@contextmanager
def chosen_engine(
    asked: AskedEngine, settings: Settings, *, n_rows: int, reach: Callable[[], Reach] = Reach
) -> Generator[tuple[Engine, EngineChoice]]:
    """Open the engine that was asked for, or the one that is expected to be done first, and close it at the end.

    Spark is started to be asked for its vCPUs only where some cluster would be faster.

    Parameters
    ----------
    asked : {"duckdb", "spark", "auto"}
        What the user said.
    settings : Settings
        Threads of this machine, Spark's master.
    n_rows : int
        Accepted rows of all tables.
    reach : callable
        As of `open_engine`.
    """
    if asked != "auto":
        with open_engine(asked, settings, reach=reach) as engine:
            yield engine, EngineChoice(asked)
        return
    here = settings.threads
    why = _why_not_spark(n_rows, settings)
    if not why:
        with open_engine("spark", settings, reach=reach) as engine:
            spark, duckdb = SPARK.seconds(n_rows, engine.vcpus), DUCKDB.seconds(n_rows, here)
            if spark < duckdb:
                yield engine, EngineChoice("spark", _compared(spark, duckdb, cluster=engine.vcpus, here=here))
                return
            why = _compared(spark, duckdb, cluster=engine.vcpus, here=here)
    with open_engine("duckdb", settings, reach=reach) as engine:
        yield engine, EngineChoice("duckdb", why)


def _why_not_spark(n_rows: int, settings: Settings) -> str:
    """Why no session of Spark is worth opening; empty where one may be."""
    if "PYSPARK_GATEWAY_PORT" not in os.environ:
        if settings.spark_master is None:
            return "no cluster is named (GARANT_SPARK_MASTER), and on one machine DuckDB is the faster engine."
        if settings.spark_master.startswith("local"):
            master = f"GARANT_SPARK_MASTER={settings.spark_master}"
            return f"{master} is this machine, and on one machine DuckDB is the faster engine."
    if find_spec("pyspark") is None:
        return "pyspark is not installed (pip install 'garant[spark]')."
    least = break_even(here=settings.threads, cluster=inf)
    if n_rows < least:
        return f"{n_rows:,} rows are done here before any cluster has begun; that pays from {least:,.0f} rows on."
    return ""


def _compared(spark: float, duckdb: float, *, cluster: int, here: int) -> str:
    return (
        f"about {_minutes(spark)} are expected of Spark on {cluster} vCPUs, about {_minutes(duckdb)} of DuckDB on "
        f"{here} here."
    )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:,.1f} min" if seconds < 7200 else f"{seconds / 3600:,.1f} h"  # noqa: PLR2004 - two hours
