"""Names that templates and commands share: stacks, what they say of themselves, and places in the buckets.

A bucket is called ``garant-<purpose>-<account>-<region>``: names of buckets are unique in the world.
"""

from typing import Final

DATA: Final = "GarantData"
GUARD: Final = "GarantGuard"
BATCH: Final = "GarantBatch"
SERVING: Final = "GarantServing"

STACKS: Final = (DATA, GUARD, BATCH, SERVING)
"""In the order in which they are deployed; `SERVING` only when it is asked for."""

TOOLKIT: Final = "GarantToolkit"
"""What AWS CDK itself needs in a region: a stack of our own, so that roles and bucket are shared with nobody."""

QUALIFIER: Final = "garant"
"""Part of the names of everything in `TOOLKIT`; the stacks are synthesised for it."""

BUCKETS: Final = ("raw", "curated", "results", "logs")
"""Purposes of the buckets of stack `DATA`."""

# Outputs of stack DATA; of each bucket `bucket_output(purpose)`.
KEY_ARN: Final = "KeyArn"

# Outputs of stack BATCH.
APPLICATION_ID: Final = "ApplicationId"
JOB_ROLE_ARN: Final = "JobRoleArn"
STATE_MACHINE_ARN: Final = "StateMachineArn"
PROFILE: Final = "Profile"

# Outputs of stack SERVING.
SERVICE_URL: Final = "ServiceUrl"
CLUSTER_NAME: Final = "ClusterName"
SERVICE_NAME: Final = "ServiceName"
IMAGE_REPOSITORY: Final = "ImageRepository"
BALANCER_ADDRESS: Final = "BalancerAddress"
MASTER_KEY_AT: Final = "MasterKeyArn"
"""ARN of the secret that opens the record store."""

TAG: Final = "garant"
"""Tag of everything that is deployed; its value is the name of the stack."""

TOLD: Final = "garant:told"
"""Entry of the metadata of each template: what it was told beside account and region (`garant.cloud.told`)."""

# Places in bucket raw: read-only for the job.
INITIAL_DATA: Final = "initial/"
"""The seven raw tables as they were uploaded, with their manifest: the CSV of the original project."""

# Places in bucket curated.
TABLES: Final = "tables/"
"""Accepted tables, as ``garant check`` wrote them."""
BUNDLES: Final = "bundles/"
"""Bundles, each under its digest."""
ENVIRONMENTS: Final = "environments/"
"""Environment archives, each under its sha256, with the programs that start garant out of it."""

# Places in bucket results.
RUNS: Final = "runs/"
"""Scoring runs: ``run_id=<id>/attempt=<n>/`` and the pointer ``current.json``."""
PCA_RUNS: Final = "pca/"
"""Runs of the projection, with the CSV of the original project: scores, loadings, explained variance.

Those of one scoring run lie below ``<its run id>/``, so that a job may write below prefixes of its own alone.
"""
NOTEBOOKS: Final = "notebooks/"
"""What the notebook wrote: ``run_id=<id>/`` with its runs, and the notebook as it was run."""

# Places in bucket logs.
JOB_LOGS: Final = "jobs/"
"""What drivers and executors of jobs print, below ``applications/<id>/jobs/<id>/`` as EMR lays it out."""


def bucket_name(purpose: str, *, account: str, region: str) -> str:
    """Name of a bucket of stack `DATA`."""
    return f"garant-{purpose}-{account}-{region}"


def bucket_output(purpose: str) -> str:
    """Output of stack `DATA` that holds the name of a bucket."""
    return f"{purpose.capitalize()}Bucket"


def execution_name(run_id: str, start: int) -> str:
    """Name of an execution of the state machine: the same run is not started twice.

    Parameters
    ----------
    run_id : str
        16 hexadecimal digits.
    start : int
        0; one more after each execution of this run that failed.
    """
    return f"run-{run_id}-{start}"
