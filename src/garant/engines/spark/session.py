"""One place for every setting of a Spark session."""

import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyspark
from pyspark import SparkConf, SparkContext
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

from garant.engines.spark.java import java_home
from garant.engines.spark.log import spark_log
from garant.exceptions import MissingPartError, UsageError

BATCH_ROWS = 10_000
"""Rows of one Arrow batch between the JVM and Python: 24 MB of a 300-column matrix."""

MODEL_MB = 512
"""Room in a worker beyond a quarter of its heap: a model, its explainer and a batch with its copies."""

PARTITIONS_PER_CORE = 2
"""Of a shuffle: a core that is done early finds another piece to do."""

ROWS_PER_PARTITION = 500_000
"""Rows of all tables whose clients are worked on together. 4.4 million at once did not fit into a heap of 1 GB."""

ANSWER_SECONDS = 10.0
"""How long a master may take to accept a connection."""

RELIED_ON = {
    # What is computed must not hang on the zone of a machine, and a sum that leaves int64 must not come out wrong.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH_ROWS),
    # Tables lie by client when they meet: to send one to every worker would only fill the driver.
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.adaptive.autoBroadcastJoinThreshold": "-1",
    # Rows that lie by client lie by client and loan too; by default Spark shuffles them again to be sure.
    "spark.sql.requireAllClusterKeysForCoPartition": "false",
    # A kept table keeps the partitions that the joins after it rely on.
    "spark.sql.optimizer.canChangeCachedPlanOutputPartitioning": "false",
}
"""Settings that results and plans rely on: set on every session that is used, also on one that was there."""

_PARTITIONS, _UNSAID = "spark.sql.shuffle.partitions", "200"
"""How many partitions a shuffle has, and Spark's own default, which is meant for no job in particular."""

_OURS = "garant.shuffle.partitions"
"""The number that garant set; where the other differs, the user has said it."""

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class SparkOptions:
    """How to reach Spark.

    Parameters
    ----------
    master : str or None
        Address of a cluster, ``spark://host:7077``, or ``local[2]``; None for what spark-submit says, else for
        `cores` of this machine.
    cores : int
        Cores of this machine that may be used.
    memory_mb : int
        Heap of the driver on this machine, and of each executor.
    """

    master: str | None = None
    cores: int = 2
    memory_mb: int = 1024


def open_session(options: SparkOptions) -> tuple[SparkSession, bool]:
    """Return the session of this process, and whether it was made here and is to be stopped by whoever asked.

    Raises
    ------
    MissingPartError
        When no Java is there that Spark supports.
    UsageError
        When the session is one of Spark Connect, which has no broadcast and no accumulator, or cannot be started.
    """
    if os.environ.get("SPARK_REMOTE") or os.environ.get("SPARK_CONNECT_MODE_ENABLED"):
        raise UsageError(
            "Spark Connect has no broadcast variables and no accumulators. Unset SPARK_REMOTE and use a classic "
            "session: GARANT_SPARK_MASTER=spark://host:7077, or spark-submit."
        )
    active = SparkSession.getActiveSession()
    running = SparkContext._active_spark_context  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - nothing public says it
    if active is None and running is not None:
        # It was opened in another thread, as the kernel of a notebook may do: it is not ours to stop.
        active = SparkSession.builder.getOrCreate()
    if active is not None:
        return _prepared(require_classic(active)), False
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    if not submitted:
        require_answer(options.master)
        os.environ["JAVA_HOME"] = str(java_home(os.environ))
        # Otherwise the workers run the first python3 of the path, which has none of our packages.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    settings = settings_of(options, submitted=submitted)
    try:
        _start(settings, quiet=not submitted)
        session = SparkSession.builder.config(map=dict(settings)).getOrCreate()
    except Exception as error:
        # Java, the network and py4j each fail in their own way: the user gets one line for all of them.
        reason = spark_log().cause() or [*str(error).strip().splitlines(), type(error).__name__][0]
        raise UsageError(
            f"Spark cannot be started ({reason}). Check GARANT_SPARK_MASTER ({options.master or 'not set'}) and that "
            f"the cluster answers. What Spark said: {spark_log().kept()}"
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    return _prepared(session), True


def require_answer(master: str | None) -> None:
    """Refuse a cluster of which no master answers: Spark itself would try for a minute and not say why."""
    if master is None or not master.startswith("spark://"):
        return
    reason = ""
    for address in master.removeprefix("spark://").split(","):
        host, _, port = address.rpartition(":")
        try:
            with socket.create_connection((host.strip("[]"), int(port)), timeout=ANSWER_SECONDS):
                return
        except (OSError, ValueError) as error:
            reason = str(error)
    raise UsageError(
        f"{master}: no master of Spark answers there ({reason}). Start it, or correct GARANT_SPARK_MASTER."
    )


def _start(settings: Mapping[str, str], *, quiet: bool) -> None:
    """Start a context; `quiet` sends what its Java says to the log, unless one was started here before."""
    conf = SparkConf().setAppName("garant").setAll(list(settings.items()))
    if not quiet or SparkContext._gateway is not None:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - nothing public says it
        SparkContext(conf=conf)
        return
    with spark_log().path.open("ab") as log:
        SparkContext(conf=conf, gateway=launch_gateway(conf, {"stdout": log, "stderr": log}))


def _prepared(session: SparkSession) -> SparkSession:
    """Return `session` with everything set that is relied on; how many partitions a shuffle has, the user may say."""
    for name, value in RELIED_ON.items():
        session.conf.set(name, value)
    context = session.sparkContext
    if session.conf.get(_PARTITIONS) == _UNSAID and not context.getConf().contains(_PARTITIONS):
        _set_partitions(session, PARTITIONS_PER_CORE * context.defaultParallelism)
    return session


def spread(session: SparkSession, n_rows: int) -> None:
    """Have so many partitions that none of `n_rows` is too large to be worked on, unless the user said how many."""
    if session.conf.get(_OURS, None) == session.conf.get(_PARTITIONS):
        of_cores = PARTITIONS_PER_CORE * session.sparkContext.defaultParallelism
        _set_partitions(session, max(of_cores, -(-n_rows // ROWS_PER_PARTITION)))


def _set_partitions(session: SparkSession, n: int) -> None:
    for name in (_PARTITIONS, _OURS):
        session.conf.set(name, str(n))


def settings_of(options: SparkOptions, *, submitted: bool) -> dict[str, str]:
    """Settings of a session; of one that spark-submit started only those that concern what garant computes."""
    common = {
        **RELIED_ON,
        # Parallelism comes from tasks: a second level of threads only makes them wait for each other.
        "spark.executorEnv.OMP_NUM_THREADS": "1",
        "spark.python.worker.reuse": "true",
    }
    if submitted:
        return common
    master = options.master or f"local[{options.cores}]"
    own = {
        "spark.master": master,
        "spark.driver.memory": f"{options.memory_mb}m",
        "spark.executor.memory": f"{options.memory_mb}m",
        "spark.executor.memoryOverhead": f"{options.memory_mb // 4 + MODEL_MB}m",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    if os.environ.get("PYTHONPATH"):
        own["spark.executorEnv.PYTHONPATH"] = os.environ["PYTHONPATH"]
    if is_here(master):
        own |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    return {**common, **own}


def vcpus_of(session: SparkSession) -> int:
    """Cores that a session holds: on one machine those of its tasks, on a cluster those of the driver as well."""
    context = session.sparkContext
    workers = context.defaultParallelism
    if str(context.master).startswith("local"):
        return workers
    return workers + int(context.getConf().get("spark.driver.cores", "1") or 1)


def is_here(master: str) -> bool:
    """Whether a master is this machine, so that nothing needs to listen beyond it."""
    return master.startswith("local") or urlsplit(master).hostname in _LOOPBACK


def require_classic(session: object) -> SparkSession:
    """Return `session` if it is a classic one.

    Raises
    ------
    UsageError
        When it is one of Spark Connect.
    """
    if not isinstance(session, SparkSession) or type(session).__module__.startswith("pyspark.sql.connect"):
        raise UsageError(
            "This session is one of Spark Connect, which has no broadcast variables and no accumulators. Use a "
            "classic session."
        )
    return session


def require_release() -> None:
    """Raise MissingPartError unless pyspark is of the release line that garant is tested with."""
    if not pyspark.__version__.startswith("4.1."):
        message = f"garant needs pyspark 4.1, found {pyspark.__version__}. Run: pip install 'garant[spark]'"
        raise MissingPartError(message)
