"""Where the service is, and whether a key may be sent there."""

import ipaddress
from urllib.parse import urlsplit

from garant.exceptions import UsageError

DEFAULT_URL = "http://127.0.0.1:8000"
"""Where `garant serve` listens unless it is told otherwise."""


def service_url(text: str, *, allow_plain_http: bool) -> str:
    """Address of a service, without a slash at its end.

    Raises
    ------
    UsageError
        When it is no address of a service, holds a user or password, or would carry key and personal data in the
        clear: ``http`` is for this machine alone, unless `allow_plain_http`.
    """
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment:
        raise UsageError("The address of the service is none: expected https://host or http://127.0.0.1:8000.")
    if "@" in parts.netloc:
        raise UsageError("The address of the service holds a user or a password: only the API key says who asks.")
    if parts.scheme == "http" and not allow_plain_http and not is_loopback(host):
        raise UsageError(
            f"http://{parts.netloc} is another machine: the key and the application would travel in the clear. "
            "Use https://, or say that the way is safe (allow_plain_http)."
        )
    return text.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine by definition, not by what some name server says."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
