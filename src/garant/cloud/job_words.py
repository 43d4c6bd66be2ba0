"""Words of a job beside those of garant's commands: the client writes them, the driver reads them."""

import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from garant.exceptions import StorageError, UsageError

POLICY_FROM: Final = "--policy-from"
"""Before all others: place in a bucket of the lender's rules, which the driver fetches."""

THEN: Final = "--then"
"""Between two commands of one job: one session, one start of workers for both."""

_POLICY: Final = "policy.toml"
"""Where the rules are fetched to, in the folder that the driver runs in."""


def with_policy(words: Sequence[str]) -> list[str]:
    """Fetch the rules that the words name first, and have the settings say so; return the other words.

    Raises
    ------
    UsageError
        When they name no place in a bucket.
    StorageError
        When nothing is there.
    """
    if len(words) < 2 or words[0] != POLICY_FROM:  # noqa: PLR2004 - the word and its place
        return list(words)
    from garant.settings import load_settings  # noqa: PLC0415 - most jobs have no rules of their own
    from garant.storage import S3Location, parse_location  # noqa: PLC0415
    from garant.storage.s3 import Bucket  # noqa: PLC0415 - boto3 is an extra

    place = parse_location(words[1])
    if not isinstance(place, S3Location):
        raise UsageError(f"{POLICY_FROM} {words[1]}: expected a place in a bucket.")
    with closing(Bucket(place.bucket, load_settings())) as bucket:
        there = bucket.read(place.prefix)
    if there is None:
        raise StorageError(f"{place}: is not there. Start the job again from where its rules are.")
    Path(_POLICY).write_bytes(there.content)
    os.environ["GARANT_POLICY_FILE"] = _POLICY
    return list(words[2:])
