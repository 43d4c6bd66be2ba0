"""Whether the service on this machine answers: ``python -m garant.api.alive [PORT]`` ends with 0 then, else with 1.

For whatever starts a container anew when it hangs; needs nothing but Python, and imports little, since it is started
every half minute. It asks `/healthz`: a service whose database is away lives, and goes on by itself.
"""

import os
import ssl
import sys
import tomllib
from collections.abc import Sequence
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path

_HOST = "127.0.0.1"
_PORT = 8000
_SECONDS = 4
_OK = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask once; exit code of the check."""
    words = sys.argv[1:] if arguments is None else arguments
    return 0 if is_alive(int(words[0]) if words else _PORT) else 1


def is_alive(port: int) -> bool:
    """Whether the service on `port` of this machine answers that it lives."""
    with closing(_connection(port)) as connection:
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == _OK
        except (OSError, HTTPException):
            return False


def _connection(port: int) -> HTTPConnection:
    """Connect without a proxy of the environment, and as the service is set; nobody's word is trusted here."""
    if not _has_tls():
        return HTTPConnection(_HOST, port, timeout=_SECONDS)
    # The certificate names the service as others know it, not 127.0.0.1; nothing secret is sent.
    unverified = ssl.create_default_context()
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    return HTTPSConnection(_HOST, port, timeout=_SECONDS, context=unverified)


def _has_tls() -> bool:
    """Whether the service ends TLS itself: by two of its settings, read without the rest."""
    if os.environ.get("GARANT_TLS_CERT"):
        return True
    try:
        return "tls_cert" in tomllib.loads(Path("garant.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False


if __name__ == "__main__":
    sys.exit(main())
