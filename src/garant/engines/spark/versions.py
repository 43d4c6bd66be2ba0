"""Driver and workers must run the same Python and packages: compared in the first task, told in one line."""

import platform
import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from pyspark.sql import SparkSession

from garant.exceptions import UsageError

COMPARED = ("garant", "lightgbm", "numba", "numpy", "pyarrow", "scipy")
"""Packages whose release may change a number or a byte of a file."""

_DIFFER = "Workers do not run what the driver runs"
_REMEDY = "Set PYSPARK_PYTHON to the same environment on every machine."


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
        said = what_a_worker_lacks(str(error))
        if said is None:
            raise
        raise UsageError(f"{_DIFFER}: {said} {_REMEDY}") from error
    require_same(versions_here(), found)


def what_a_worker_lacks(text: str) -> str | None:
    """Line of a worker's traceback that names another Python or a missing package; None where neither is the cause."""
    found = re.search(r"^.*?((?:ModuleNotFoundError: |\[PYTHON_VERSION_MISMATCH\] ).*)$", text, re.MULTILINE)
    return None if found is None else found[1].strip()


def require_same(driver: Mapping[str, str], workers: list[dict[str, str]]) -> None:
    """Raise UsageError that names everything in which a worker differs from the driver."""
    different = {
        f"{name} {worker[name]} instead of {driver[name]}"
        for worker in workers
        for name in driver
        if worker[name] != driver[name]
    }
    if different:
        raise UsageError(f"{_DIFFER}: {', '.join(sorted(different))}. {_REMEDY}")
