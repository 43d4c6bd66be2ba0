"""A token that PostgreSQL on Amazon RDS takes for a password: signed on this machine, good for 15 minutes."""

import re
from functools import cache
from typing import Any

from garant.exceptions import MissingPartError, StorageError

_HOST = re.compile(r"\.(?P<region>[a-z]+-[a-z]+(?:-[a-z]+)?-\d)\.rds\.amazonaws\.(?:com|eu)$")


def rds_token(*, host: str, port: int, user: str) -> str:
    """Token for `user` of a database; nothing is asked of the database, credentials are those of the environment.

    Raises
    ------
    StorageError
        When `host` is no database of Amazon RDS, or there are no credentials to sign with.
    MissingPartError
        When boto3 is not installed.
    """
    found = _HOST.search(host)
    if found is None:
        raise StorageError(f"{host}: is no address of a database of Amazon RDS, so no token can be signed for it.")
    try:
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - an extra

        client = _client(found["region"])
    except ModuleNotFoundError as error:
        raise MissingPartError("password_from=rds-iam needs boto3. Run: pip install 'garant[aws]'") from error
    try:
        return client.generate_db_auth_token(DBHostname=host, Port=port, DBUsername=user)
    except BotoCoreError as error:
        raise StorageError(f"{host}: no token can be signed ({error}). Give the process a role of AWS.") from error


@cache
def _client(region: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    import boto3  # noqa: PLC0415 - an extra

    return boto3.Session().client("rds", region_name=region)
