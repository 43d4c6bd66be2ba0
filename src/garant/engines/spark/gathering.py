"""Rows of one key brought together once, for everything that reads them after."""

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession

_ADAPTIVE = "spark.sql.adaptive.enabled"


def gathered(session: SparkSession, rows: DataFrame, key: str) -> DataFrame:
    """Rows of each `key` in one partition, kept on the workers until they are unpersisted.

    One shuffle of a table then serves every aggregate, window and join by its key, or by the key and more. A worker
    that dies takes nothing with it: its partitions are read and shuffled again.

    Parameters
    ----------
    session : SparkSession
        Session of `rows`.
    rows : DataFrame
        Rows of a table.
    key : str
        Column; rows without one would all meet in one partition and belong to nobody, so they are left behind first.
    """
    n_partitions = int(session.conf.get("spark.sql.shuffle.partitions") or 1)
    kept = rows.where(rows[key].isNotNull()).repartition(n_partitions, key)
    # An adaptive plan says how it is partitioned only when it has run; until then Spark would shuffle its rows again
    # for each reader. The plan of what is kept is made here, that of the readers stays adaptive.
    adaptive = session.conf.get(_ADAPTIVE) or "true"
    session.conf.set(_ADAPTIVE, "false")
    try:
        return kept.persist(StorageLevel.MEMORY_AND_DISK)
    finally:
        session.conf.set(_ADAPTIVE, adaptive)
