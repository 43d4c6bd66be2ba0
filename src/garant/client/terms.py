"""How a client speaks to one service: where, as whom, how long, how often."""

import os
import ssl
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

import httpx

from garant import __version__
from garant.client.address import is_loopback, service_url
from garant.client.calls import Call, Language
from garant.client.refusals import kind_of, refusal, unreachable
from garant.client.retries import Retries, jitter, may_be_sent_again, retry_after
from garant.exceptions import UsageError

KEY_VARIABLE = "GARANT_API_KEY"

Found = httpx.Response | httpx.RequestError
"""What came of one attempt."""


class Transport(TypedDict):
    """What both kinds of clients of the HTTP library are made with."""

    base_url: str
    headers: dict[str, str]
    timeout: float
    verify: ssl.SSLContext | bool
    trust_env: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """See `garant.client.Client`, whose arguments these are; the key never stands in its text."""

    url: str
    language: Language | None
    timeout: float
    retries: Retries
    ca_file: Path | None
    _key: str | None = field(repr=False)

    @classmethod
    def of(
        cls,
        url: str,
        *,
        key: str | None,
        language: Language | None,
        timeout: float,
        retries: Retries,
        ca_file: Path | None,
        allow_plain_http: bool,
    ) -> "Terms":
        """Check the arguments of a client.

        Raises
        ------
        UsageError
            When the address or the key cannot be used.
        """
        secret = (os.environ.get(KEY_VARIABLE) or None) if key is None else key
        if secret is not None:
            secret = secret.strip()
            if not secret.isascii() or not secret.isprintable() or " " in secret or not secret:
                raise UsageError(f"The API key is none: expected what `garant key create` printed ({KEY_VARIABLE}).")
        return cls(
            url=service_url(url, allow_plain_http=allow_plain_http),
            language=language,
            timeout=timeout,
            retries=retries,
            ca_file=ca_file,
            _key=secret,
        )

    def transport(self) -> Transport:
        """Arguments of a client of the HTTP library; it follows no redirect, which could lead the key elsewhere."""
        headers = {"accept": "application/json, application/problem+json", "user-agent": f"garant/{__version__}"}
        if self._key is not None:
            headers["authorization"] = f"Bearer {self._key}"
        return {
            "base_url": self.url,
            "headers": headers,
            "timeout": self.timeout,
            "verify": ssl.create_default_context(cafile=str(self.ca_file)) if self.ca_file else True,
            # A proxy of the environment has no business between two programs of this machine.
            "trust_env": not is_loopback(httpx.URL(self.url).host),
        }

    def wait(
        self, call: Call, found: httpx.Response | httpx.RequestError, *, attempt: int, begun: float
    ) -> float | None:
        """Seconds until `call` is sent again; None when `found` is what came of it."""
        is_response = isinstance(found, httpx.Response)
        if is_response and found.is_success:
            return None
        if not may_be_sent_again(call, found, kind=kind_of(found) if is_response else ""):
            return None
        return self.retries.wait(
            attempt,
            spent=time.monotonic() - begun,
            asked=retry_after(found) if is_response else None,
            draw=jitter,
        )

    def result(self, call: Call, found: Found) -> httpx.Response:
        """Give the response with an answer.

        Raises
        ------
        ServiceError
            When the service refused.
        ServiceUnavailableError
            When it cannot answer now.
        """
        if isinstance(found, httpx.Response):
            if found.is_success or found.status_code in call.answers:
                return found
            raise refusal(found)
        raise unreachable(found, url=self.url, is_repeatable=call.is_repeatable) from found
