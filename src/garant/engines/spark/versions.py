"""Driver and workers must run the same Python and packages: compared in the first task, told in one line."""

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from pyspark.sql import SparkSession

from garant.exceptions import UsageError

COMPARED = ("garant", "lightgbm", "numba", "numpy", "pyarrow", "scipy")
"""Packages whose release may change a number or a byte of a file."""


def versions_here(_task: object = None) -> dict[str, str]:
    """Python and packages of this process; what is not installed is ``none``."""
    found = {"python": ".".join(platform.python_version_tuple()[:2])}
    for name in COMPARED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found


def require_same_versions(session: SparkSession) -> None:
    """Compare the workers with the driver in a small job of one task per core.

    Raises
    ------
    UsageError
        One line that names what differs.
    """
    context = session.sparkContext
    tasks = context.defaultParallelism
    try:
        found = context.parallelize(range(tasks), tasks).map(versions_here).collect()
    except Exception as error:
        text = str(error)
        if "PYTHON_VERSION_MISMATCH" in text or "ModuleNotFoundError" in text:
            line = next(line for line in text.splitlines() if "MISMATCH" in line or "ModuleNotFoundError" in line)
            raise UsageError(
                f"Workers do not run what the driver runs: {line.strip()} Set PYSPARK_PYTHON to the same environment "
                "on every machine."
            ) from error
        raise
    require_same(versions_here(), found)


def require_same(driver: Mapping[str, str], workers: list[dict[str, str]]) -> None:
    """Raise UsageError that names everything in which a worker differs from the driver."""
    different = {
        f"{name} {worker[name]} instead of {driver[name]}"
        for worker in workers
        for name in driver
        if worker[name] != driver[name]
    }
    if different:
        raise UsageError(
            f"Workers do not run what the driver runs: {', '.join(sorted(different))}. Set PYSPARK_PYTHON to the same "
            "environment on every machine."
        )
