"""What one job may do: its role, narrowed to the prefixes of its run."""

import json
from collections.abc import Sequence
from typing import Final

from garant.cloud.platform import Store
from garant.exceptions import InvariantError
from garant.runs.suppression import LIST
from garant.storage import S3Location
from garant.storage.runs import MANIFEST, POINTER

MOST_CHARACTERS: Final = 2048
"""What StartJobRun takes of a session policy."""


def session_policy(
    store: Store, *, reads: Sequence[S3Location], writes: Sequence[S3Location], runs: S3Location | None = None
) -> str:
    """Session policy of a job as JSON text; what it may do is what this and its role both allow.

    Parameters
    ----------
    store : Store
        Buckets and key.
    reads, writes : sequence of S3Location
        Folders that it may read alone, and folders that are its own: what lies there it may also replace and remove.
    runs : S3Location or None
        Folder of runs whose pointer it moves. It may read what is told of runs there (pointer, manifests), no row.
    """
    partition = store.key_arn.split(":")[1]
    own = [_below(place) for place in writes]
    read = [_below(place) for place in reads]
    statements: list[dict[str, list[str] | str]] = [
        _allow(["s3:GetObject"], read + own + (_told_of_runs(runs) if runs is not None else [])),
        _allow(["s3:PutObject", "s3:AbortMultipartUpload"], own + _pointer(runs) + [_below(store.job_logs)]),
        _allow(["s3:DeleteObject"], own),
        # Whole buckets: with a condition on the prefix S3 calls an object that is not there denied instead of absent.
        _allow(["s3:ListBucket"], sorted({f"arn:aws:s3:::{place.bucket}" for place in (*reads, *writes)})),
        _allow(["kms:Decrypt", "kms:GenerateDataKey"], [store.key_arn]),
    ]
    for statement in statements:
        # Buckets have no account in their names, but a partition: that of the key.
        statement["Resource"] = [
            str(arn).replace("arn:aws:s3", f"arn:{partition}:s3", 1) for arn in statement["Resource"]
        ]
    text = json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))
    if len(text) > MOST_CHARACTERS:
        raise InvariantError(f"The session policy has {len(text)} characters; {MOST_CHARACTERS} are taken.")
    return text


def _allow(actions: list[str], resources: list[str]) -> dict[str, list[str] | str]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def _below(place: S3Location) -> str:
    return f"arn:aws:s3:::{place.bucket}/{place.prefix}/*"


def _pointer(runs: S3Location | None) -> list[str]:
    return [f"arn:aws:s3:::{runs.bucket}/{runs.prefix}/{POINTER}"] if runs is not None else []


def _told_of_runs(runs: S3Location) -> list[str]:
    """Pointer, list of erased clients, and manifests: without them nobody can tell what the pointer leads to."""
    place = f"arn:aws:s3:::{runs.bucket}/{runs.prefix}"
    return [f"{place}/{POINTER}", f"{place}/{LIST}", f"{place}/run_id=*/{MANIFEST}"]
