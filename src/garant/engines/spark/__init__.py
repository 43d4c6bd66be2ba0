"""Spark: the engine of a cluster, or of all cores of one machine. The only place that knows pyspark."""

from garant.engines.spark.engine import SparkEngine
from garant.engines.spark.session import SparkOptions

__all__ = ["SparkEngine", "SparkOptions"]
