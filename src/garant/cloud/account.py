"""The account and region that a command works in: refused outside the European Union before anything is sent.

boto3 is an extra; it is imported when an account is opened.
"""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from garant.exceptions import CloudError, MissingPartError, UsageError
from garant.settings import EU_REGIONS, Settings

Answer = TypeVar("Answer")

_AWS_DOMAINS: Final = ("amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "api.aws")
_ATTEMPTS: Final = 5

_NO_IDENTITY: Final = frozenset(
    {
        "CredentialRetrievalError",
        "NoCredentialsError",
        "PartialCredentialsError",
        "SSOError",
        "SSOTokenLoadError",
        "TokenRetrievalError",
        "UnauthorizedSSOTokenError",
    }
)
_NOT_ACCEPTED: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"})
"""What services answer who lacks a right."""


class Account:
    """An account of AWS in one region of the European Union, seen through the credentials of the user.

    Attributes
    ----------
    id : str
        Twelve digits, as AWS says that the credentials belong to.
    region : str
        One of `garant.settings.EU_REGIONS`.
    caller : str
        ARN of who asks.
    clients : dict
        Clients by service, each made when it is first asked.
    """

    def __init__(self, session: Any, *, region: str) -> None:  # noqa: ANN401 - boto3 makes its classes at run time
        self._session = session
        self.clients: dict[str, Any] = {}
        self.region = region
        identity = self.ask("sts", "get_caller_identity")
        self.id, self.caller = str(identity["Account"]), str(identity["Arn"])

    @property
    def partition(self) -> str:
        """First part of every ARN there: the European Sovereign Cloud has one of its own."""
        return self.caller.split(":")[1]

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
        """Client of a service in this region, made once."""
        from botocore.config import Config  # noqa: PLC0415 - boto3 is an extra

        if service not in self.clients:
            config = Config(
                connect_timeout=10,
                # Who asks first waits for STS: a server that never answers is told within a minute.
                read_timeout=10 if service == "sts" else 60,
                retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
                s3={"addressing_style": "path" if self._is_elsewhere() else "auto"},
            )
            self.clients[service] = self._session.client(service, region_name=self.region, config=config)
        return self.clients[service]

    def ask(self, service: str, operation: str, /, **request: Any) -> Any:  # noqa: ANN401 - answers are dictionaries
        """Answer of one operation."""
        with self.explaining(service, operation):
            return getattr(self.client(service), operation)(**request)

    def each(self, service: str, operation: str, key: str, /, **request: Any) -> list[Any]:  # noqa: ANN401 - as `ask`
        """Everything that the pages of a listing hold under `key`."""
        with self.explaining(service, operation):
            client = self.client(service)
            pages = client.get_paginator(operation).paginate(**request)
            return [found for page in pages for found in page.get(key) or ()]

    def unless(self, codes: frozenset[str], ask: Callable[[], Answer]) -> Answer | None:
        """Answer of AWS; None when it refuses with one of the codes, as for what is not there."""
        try:
            return ask()
        except CloudError as error:
            if code_of(error.__cause__) in codes:
                return None
            raise

    @contextmanager
    def explaining(self, service: str, operation: str) -> Generator[None]:
        """Turn errors of boto3 into ours."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - boto3 is an extra
        from botocore.parsers import ResponseParserError  # noqa: PLC0415 - as above

        try:
            yield
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            raise explained(error, service=service, operation=operation, region=self.region) from error

    def _is_elsewhere(self) -> bool:
        """Whether an address was configured that is none of AWS, as a server for tests."""
        return any(not _is_aws(host) for host in _configured_hosts())


def open_account(settings: Settings, *, region: str | None = None) -> Account:
    """Find out whose credentials these are, in a region of the European Union; AWS_PROFILE chooses among several.

    Parameters
    ----------
    settings : Settings
        `s3_region` counts when no region is given; `regions` may narrow what is allowed, never widen it.
    region : str or None
        Region that the user typed.

    Raises
    ------
    UsageError
        When the region is unknown or outside the European Union, before anything is sent, or nobody is known here.
    CloudError
        When AWS does not accept the credentials or does not answer.
    """
    try:
        from botocore.exceptions import ProfileNotFound  # noqa: PLC0415 - an extra

        from garant.storage.aws_session import aws_session  # noqa: PLC0415 - boto3 is an extra
    except ModuleNotFoundError as error:
        raise MissingPartError("garant cloud speaks to AWS through boto3. Run: pip install 'garant[aws]'") from error
    chosen = region or settings.s3_region
    if chosen is not None:
        allowed_region(chosen, settings)
    try:
        session: Any = aws_session()
        chosen = allowed_region(chosen or session.region_name, settings)
    except ProfileNotFound as error:
        raise UsageError(f"{error}. Set AWS_PROFILE to one of the AWS configuration (~/.aws/config).") from error
    for host in _configured_hosts():
        if _is_aws(host) and chosen not in host.split("."):
            raise UsageError(f"{host} (AWS_ENDPOINT_URL…) is not in region {chosen}. Nothing was sent. Unset it.")
    return Account(session, region=chosen)


def allowed_region(region: str | None, settings: Settings) -> str:
    """Region, when garant may be deployed there.

    Raises
    ------
    UsageError
        When it is unknown or outside the European Union.
    """
    allowed = [name for name in EU_REGIONS if name in settings.regions]
    listed = ", ".join(allowed) or "none (setting regions names none of the European Union)"
    if not region:
        raise UsageError(f"The region is not known. Give --region or set AWS_REGION; allowed are {listed}.")
    if region not in allowed:
        outside = "is outside the European Union" if region not in EU_REGIONS else "is excluded by the setting regions"
        raise UsageError(f"Region {region} {outside}; allowed are {listed}. Nothing was sent.")
    return region


def code_of(error: BaseException | None) -> str:
    """Code that AWS gave with a refusal; empty for anything else."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def explained(error: Exception, *, service: str, operation: str, region: str) -> CloudError | UsageError:
    """Error of garant for what went wrong, without anything of the request."""
    what = f"{service} {operation.replace('_', '-')} in {region}"
    code = code_of(error)
    if type(error).__name__ == "ProfileNotFound":
        return UsageError(f"{error}. Set AWS_PROFILE to one of the AWS configuration (~/.aws/config).")
    if type(error).__name__ in _NO_IDENTITY:
        return UsageError(
            f"No usable credentials of AWS ({type(error).__name__}). Set AWS_PROFILE, or run "
            "`aws sso login`; garant keeps no key of its own."
        )
    if code in _NOT_ACCEPTED:
        return CloudError(f"{what}: AWS does not accept the credentials ({code}). Log in again: aws sso login")
    if code in DENIED:
        action = f"{service}:{''.join(part.capitalize() for part in operation.split('_'))}"
        return CloudError(f"{what}: access denied. Allow {action} (or what it stands for) for these credentials.")
    if code:
        return CloudError(f"{what}: AWS refused ({code}): {_message(error)}")
    kind = type(error).__name__
    return CloudError(f"{what}: no answer to understand after {_ATTEMPTS} attempts ({kind}). Check the network.")


def _message(error: Exception) -> str:
    response: dict[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Message") or "no reason given")


def _configured_hosts() -> list[str]:
    found = [value for name, value in os.environ.items() if name.startswith("AWS_ENDPOINT_URL") and value]
    return [(urlsplit(value).hostname or "").lower().rstrip(".") for value in found]


def _is_aws(host: str) -> bool:
    return host.endswith(tuple(f".{domain}" for domain in _AWS_DOMAINS))
