"""Who can reach a service, and what it must then have: real keys, and TLS or a proxy that ends it."""

import ipaddress
from datetime import UTC, datetime, timedelta

from garant.decisions.access import Role
from garant.decisions.api_keys import ApiKey, ApiKeys
from garant.exceptions import UsageError
from garant.settings import Settings

DEVELOPMENT = "development"
"""Name of the key that a service on loopback makes for itself."""

DEVELOPMENT_OWNER = "local"
DEVELOPMENT_HOURS = 24


def is_exposed(host: str, settings: Settings) -> bool:
    """Whether others than this machine reach a service bound to `host`: also through a proxy in front of it."""
    if settings.trusted_proxy:
        return True
    if host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


def require_transport(host: str, settings: Settings) -> None:
    """Refuse to be reached by others in clear.

    Raises
    ------
    UsageError
        Says which settings are missing.
    """
    if settings.tls_cert is None and not settings.trusted_proxy:
        raise UsageError(
            f"{host}: others reach this address, and keys and personal data would cross the network in clear. Set "
            "tls_cert and tls_key, or trusted_proxy to the address of the proxy that ends TLS; or serve on 127.0.0.1."
        )


def real_keys(keys: ApiKeys) -> list[ApiKey]:
    """Keys that count now and were made by somebody."""
    now = datetime.now(UTC)
    return [key for key in keys.list() if key.counts(now) and key.name != DEVELOPMENT]


def require_real_keys(keys: ApiKeys, host: str) -> None:
    """Refuse to serve others with nobody who may ask.

    Raises
    ------
    UsageError
        Says how a key is made.
    """
    if not real_keys(keys):
        raise UsageError(
            f"{host}: others reach this address, and the record store has no API key that counts. Make one with "
            "`garant key create NAME --role adviser --owner BRANCH`; or serve on 127.0.0.1."
        )


def require_login(host: str, settings: Settings) -> None:
    """Refuse to show pages to others where nobody can prove who they are, or where nobody can come back to.

    Raises
    ------
    UsageError
        Says which settings are missing.
    """
    if settings.oidc_issuer is None:
        raise UsageError(
            f"{host}: others reach this address, and nobody could log in at the pages. Set oidc_issuer and "
            "oidc_client_id to the lender's identity provider (docs/login.md); or serve the API alone with --only api; "
            "or serve on 127.0.0.1."
        )
    if settings.public_url is None or not settings.public_url.startswith("https://"):
        raise UsageError(
            f"{host}: others reach this address, and the identity provider must know where it sends people back to. "
            "Set public_url to the https address of the pages, such as https://garant.bank.example."
        )


def development_key(keys: ApiKeys) -> str | None:
    """Text of a new key for who tries the service on this machine; None where real keys are there.

    Keys that earlier starts made count no longer.
    """
    now = datetime.now(UTC)
    for key in keys.list():
        if key.name == DEVELOPMENT and key.counts(now):
            keys.revoke(key.id)
    if real_keys(keys):
        return None
    _, text = keys.create(DEVELOPMENT, Role.ADVISER, DEVELOPMENT_OWNER, now + timedelta(hours=DEVELOPMENT_HOURS))
    return text
