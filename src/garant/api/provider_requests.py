"""Asking an identity provider: over TLS, no further than the address that is asked, bounded in bytes and in time."""

import json
import ssl
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx

from garant.exceptions import ProviderError
from garant.login_settings import is_safe_address

SECONDS = 8.0
"""How long one answer may take, the opening of the connection and its last byte included."""

MOST_BYTES = 512 * 1024
"""Of one answer. The largest set of keys that was seen in public has 30 kB."""

OK, SERVER_ERROR = 200, 500

_TIMEOUT = httpx.Timeout(4.0, connect=3.0)


class ProviderRequests:
    """Questions to a provider; safe for many threads, and to be asked in one: they wait.

    Certificates are checked against those of the system, to which ``SSL_CERT_FILE`` adds a lender's own authority.
    """

    def json(self, url: str, *, bearer: str | None = None) -> Mapping[str, Any]:
        """The JSON object at `url`.

        Raises
        ------
        ProviderError
            When there is no answer, or another than an object with status 200.
        """
        headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
        status, told = self._asked("GET", url, headers, None)
        if status != OK:
            raise ProviderError(f"{_host(url)}: answers with status {status} where a JSON object is expected.")
        return told

    def form(self, url: str, body: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
        """Send a form to `url`; status and JSON object of the answer.

        Raises
        ------
        ProviderError
            When there is no answer, or the provider is out of order.
        """
        status, told = self._asked("POST", url, headers, body.encode())
        if status >= SERVER_ERROR:
            raise ProviderError(f"{_host(url)}: answers with status {status}.")
        return status, told

    def _asked(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None
    ) -> tuple[int, Mapping[str, Any]]:
        if not is_safe_address(url):
            raise ProviderError("The identity provider names an address that is not https: nothing is sent there.")
        until = time.monotonic() + SECONDS
        # What is packed could be far larger than what is counted.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", **headers}
        try:
            with (
                httpx.Client(verify=_trust(), timeout=_TIMEOUT, follow_redirects=False) as client,
                client.stream(method, url, headers=headers, content=content) as answer,
            ):
                return answer.status_code, _read(answer, until)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProviderError(f"{_host(url)}: gives no answer ({type(error).__name__}).") from error


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _read(answer: httpx.Response, until: float) -> Mapping[str, Any]:
    host, parts, size = answer.url.host, list[bytes](), 0
    for part in answer.iter_raw():
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise ProviderError(f"{host}: answers with more than {MOST_BYTES:,} bytes.")
        if time.monotonic() > until:
            raise ProviderError(f"{host}: took longer than {SECONDS:g} s to answer.")
    try:
        told = json.loads(b"".join(parts))
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, dict):
        return told
    if answer.status_code == OK:
        raise ProviderError(f"{host}: answers with something else than a JSON object.")
    return {}


def _host(url: str) -> str:
    return httpx.URL(url).host
