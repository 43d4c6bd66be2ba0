"""Sessions of boto3 that share what it reads from its own files.

Descriptions of services are megabytes of JSON, parsed anew for each session: a tenth of a second for each bucket that a
command opens, a fifth of that where they are shared. Credentials and settings are those of the moment, as ever.

Only imported when AWS or a bucket is spoken to: boto3 is an extra.
"""

from functools import cache
from typing import Any

import boto3
import botocore.session


def aws_session() -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
    """Session with the credentials that the environment gives now."""
    session = botocore.session.get_session()
    session.register_component("data_loader", _descriptions())
    return boto3.Session(botocore_session=session)


@cache
def _descriptions() -> Any:  # noqa: ANN401 - as above
    return botocore.session.get_session().get_component("data_loader")
