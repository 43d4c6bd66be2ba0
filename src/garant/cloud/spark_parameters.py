"""What the workers of a job are: their size, their Python, their environment, as parameters of spark-submit."""

import re
from collections.abc import Mapping

from garant.cloud.environment import ARCHIVE
from garant.cloud.profiles import DISK_GB, Profile
from garant.exceptions import UsageError
from garant.storage import S3Location

FOLDER = "environment"
"""Where a worker unpacks the archive, below the folder that it runs in."""

_PYTHON = f"./{FOLDER}/bin/python"

_SAFE = re.compile(r"[A-Za-z0-9_./:,=+@#\-]+")
"""Values that need no quotes: the parameters are one line of text, which EMR takes apart at blanks."""


def spark_parameters(profile: Profile, environment: S3Location, variables: Mapping[str, str]) -> str:
    """Parameters of a job.

    Parameters
    ----------
    profile : Profile
        Size and number of workers; fixed, because an executor that goes takes its shuffle files with it.
    environment : S3Location
        Where the archive lies.
    variables : mapping of str to str
        Environment of the driver.

    Raises
    ------
    UsageError
        When a value holds a blank or a quote, which would end a parameter and begin another.
    """
    worker = profile.worker
    beside = f"{worker.memory_gb - worker.heap_gb}g"
    settings = {
        "spark.archives": f"{environment / ARCHIVE}#{FOLDER}",
        "spark.emr-serverless.driverEnv.PYSPARK_DRIVER_PYTHON": _PYTHON,
        "spark.emr-serverless.driverEnv.PYSPARK_PYTHON": _PYTHON,
        "spark.executorEnv.PYSPARK_PYTHON": _PYTHON,
        "spark.driver.cores": str(worker.vcpu),
        "spark.driver.memory": f"{worker.heap_gb}g",
        "spark.driver.memoryOverhead": beside,
        "spark.executor.cores": str(worker.vcpu),
        "spark.executor.memory": f"{worker.heap_gb}g",
        "spark.executor.memoryOverhead": beside,
        "spark.executor.instances": str(profile.executors),
        "spark.dynamicAllocation.enabled": "false",
        "spark.emr-serverless.driver.disk": f"{DISK_GB}g",
        "spark.emr-serverless.executor.disk": f"{DISK_GB}g",
    } | {f"spark.emr-serverless.driverEnv.{name}": value for name, value in sorted(variables.items())}
    for name, value in settings.items():
        if not _SAFE.fullmatch(value):
            raise UsageError(
                f"{name}: the value {value!r} cannot be given to a job. Use letters, digits and . / - _ only."
            )
    return " ".join(f"--conf {name}={value}" for name, value in settings.items())
