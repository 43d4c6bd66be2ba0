"""The role of a job: raw tables are read, runs and nothing else are written."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from garant.cloud import names
from garant_infra.role import Grant, LeastPrivilegeRole, service_trust

READ: Final = {
    "raw": (names.INITIAL_DATA,),
    "curated": (names.TABLES, names.BUNDLES, names.ENVIRONMENTS),
    "results": (names.RUNS, names.PCA_RUNS, names.NOTEBOOKS),
}
"""Places that jobs and notebooks read, by the purpose of the bucket."""

_FOLDERS: Final = ("scores", "matrix", "contributions", "quarantine", "orphans", "pca", ".shared")
"""Folders of an attempt; ``.shared`` is what the driver sends to its executors, gone before the commit."""

_FILES: Final = ("manifest.json", "scores.csv", ".writer")
"""Files of an attempt; ``.writer`` reserves it."""

_NOT_OF_PCA: Final = frozenset({"scores", "contributions", "scores.csv"})
"""What an attempt at a projection does not have; a role's policies have a length that they must fit into."""

_RUNS: Final = f"{names.RUNS}run_id=*"
_PCA_RUNS: Final = f"{names.PCA_RUNS}*/run_id=*"

ATTEMPTS: Final = (
    *(f"{_RUNS}/attempt=*/{folder}/*" for folder in _FOLDERS),
    *(f"{_RUNS}/attempt=*/{file}" for file in _FILES),
    *(f"{_PCA_RUNS}/attempt=*/{folder}/*" for folder in _FOLDERS if folder not in _NOT_OF_PCA),
    *(f"{_PCA_RUNS}/attempt=*/{file}" for file in _FILES if file not in _NOT_OF_PCA),
)
"""What attempts at runs are made of: written, and removed again when an attempt fails."""

COMMITS: Final = (
    f"{_RUNS}/COMMITTED",
    f"{_PCA_RUNS}/COMMITTED",
    f"{names.RUNS}current.json",
    f"{names.PCA_RUNS}*/current.json",
)
"""Marks of committed runs and the pointers: written, never removed."""

NOTEBOOK: Final = (f"{names.NOTEBOOKS}run_id=*",)
"""What the notebook of the portfolio writes."""

_STAR: Final = (
    "Runs have ids that nobody knows before they run. The session policy of each run narrows this to its own id; the "
    "state machine starts no job without one."
)


class JobRole(LeastPrivilegeRole):
    """Role that drivers and executors of a job have.

    Parameters
    ----------
    scope, construct_id
        As of every construct.
    application_arn : str
        Application on whose behalf EMR may take it.
    key : kms.IKey
        Key of the buckets.
    boundary : iam.IManagedPolicy
        Permissions boundary.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        application_arn: str,
        key: kms.IKey,
        boundary: iam.IManagedPolicy,
    ) -> None:
        stack = Stack.of(scope)
        super().__init__(
            scope,
            construct_id,
            purpose="Drivers and executors of garant's jobs: read tables and bundles, write runs",
            trusts=service_trust(
                "emr-serverless.amazonaws.com",
                account=stack.account,
                # On behalf of the application, or of one of its jobs.
                source_arns=[application_arn, f"{application_arn}/*"],
            ),
            grants=_grants(stack, key),
            boundary=boundary,
        )


def bucket_arn(stack: Stack, purpose: str) -> str:
    """ARN of a bucket of stack Data, by its name: no stack needs another one for it."""
    name = names.bucket_name(purpose, account=stack.account, region=stack.region)
    return f"arn:{stack.partition}:s3:::{name}"


def read_grants(stack: Stack, places: Mapping[str, Sequence[str]] = READ) -> list[Grant]:
    """Read what lies in places of buckets, and list these buckets.

    The list is not narrowed to prefixes: nothing but these places is in the buckets, and asked for an object that is
    not there S3 answers "denied" instead of "absent" to whoever may not list its key. The pointer of the first run is
    such an object.
    """
    grants: list[Grant] = []
    for purpose, prefixes in places.items():
        arn = bucket_arn(stack, purpose)
        grants += [
            Grant(
                f"Read{purpose.capitalize()}",
                ["s3:GetObject"],
                _in(arn, [f"{prefix}*" for prefix in prefixes]),
                star=_NAMED_BY_CONTENT,
            ),
            Grant(f"List{purpose.capitalize()}", ["s3:ListBucket"], [arn]),
        ]
    return grants


_NAMED_BY_CONTENT: Final = (
    "Objects below these prefixes are named by their content or their run, not before they exist."
)


def _grants(stack: Stack, key: kms.IKey) -> list[Grant]:
    results, logs = bucket_arn(stack, "results"), bucket_arn(stack, "logs")
    put = ["s3:PutObject", "s3:AbortMultipartUpload"]
    return [
        *read_grants(stack),
        Grant("WriteRuns", put, _in(results, (*ATTEMPTS, *COMMITS)), star=_STAR),
        Grant("RemoveFailedAttempts", ["s3:DeleteObject"], _in(results, ATTEMPTS), star=_STAR),
        Grant("WriteNotebooks", [*put, "s3:DeleteObject"], _in(results, [f"{n}/*" for n in NOTEBOOK]), star=_STAR),
        Grant(
            "WriteLogs",
            put,
            _in(logs, [f"{names.JOB_LOGS}*"]),
            star="EMR names log files by application, job and worker, all of them new with each job.",
        ),
        Grant("UseTheKey", ["kms:Decrypt", "kms:GenerateDataKey"], [key.key_arn]),
    ]


def _in(bucket: str, keys: Iterable[str]) -> list[str]:
    return [f"{bucket}/{key}" for key in keys]
