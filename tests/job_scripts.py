"""Scripts of jobs: one that really runs what it was told on the same buckets, and some that only say how they end."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripted_cloud import ScriptedJob, allows

BILLED = (0.5, 2.5, 0.0)
"""vCPU, GB and disk hours of an attempt, made up."""


def variables_of(parameters: str) -> dict[str, str]:
    """Environment of the driver, as the parameters of a job say it."""
    return dict(re.findall(r"--conf spark\.emr-serverless\.driverEnv\.(\w+)=(\S+)", parameters))


def really_run(s3: Any, folder: Path, said: list[str]) -> Any:  # noqa: ANN401 - a client of boto3, and a script
    """Script that starts the entry point with its words, its environment and DuckDB in place of Spark.

    What it writes is held to the session policy afterwards; what was against it is added to `said`.
    """

    def script(job: ScriptedJob) -> None:
        job.attempt()
        entry, words = job.input["entry_point"], [*job.input["arguments"]]
        program = folder / Path(entry).name
        program.write_bytes(read(s3, entry))
        words = ["duckdb" if word == "spark" else word for word in words]
        before = listing(s3)
        job.prints(s3, "stdout", "line of the driver\n")
        done = subprocess.run(
            [sys.executable, str(program), *words],
            env={**os.environ, **driver(job.input["spark_parameters"])},
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        job.prints(s3, "stdout", f"line of the driver\n{done.stdout}")
        job.prints(s3, "stderr", done.stderr)
        said.extend(
            place
            for place, etag in listing(s3).items()
            if before.get(place) != etag
            and not place.split("/")[2].startswith("garant-logs")
            and not allows(job.input["policy"], "s3:PutObject", place.replace("s3://", "arn:aws:s3:::"))
        )
        job.state("SUCCESS" if done.returncode == 0 else "FAILED", details=done.stderr[-200:], billed=BILLED)
        job.ends("SUCCEEDED" if done.returncode == 0 else "FAILED", error="Failed", cause=done.stderr[-200:])

    return script


def driver(parameters: str) -> Mapping[str, str]:
    """Environment of a driver that runs here: that of the job, with no key of the user's own."""
    # A driver has no development key of the user: the bundle is trusted by the key that the job was given.
    return variables_of(parameters) | {"GARANT_DEVELOPMENT_KEY": "none.key", "GARANT_THREADS": "1"}


def fails_twice(s3: Any) -> Any:  # noqa: ANN401 - as above
    """Script of a job whose both attempts fail."""

    def script(job: ScriptedJob) -> None:
        for _ in range(2):
            job.attempt()
            job.prints(s3, "stderr", "noise of Spark\nerror: planted\n")
            job.state("FAILED", details="planted", billed=BILLED)
        job.ends("FAILED", error="Failed", cause="planted")

    return script


def read(s3: Any, place: str) -> bytes:  # noqa: ANN401 - a client of boto3
    """Content of an object by its address."""
    bucket, _, key = place.removeprefix("s3://").partition("/")
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def listing(s3: Any) -> dict[str, str]:  # noqa: ANN401 - a client of boto3
    """Every object of the platform with its ETag."""
    buckets = [found["Name"] for found in s3.list_buckets()["Buckets"] if found["Name"].startswith("garant-")]
    return {
        f"s3://{bucket}/{found['Key']}": found["ETag"]
        for bucket in buckets
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for found in page.get("Contents", ())
    }
