"""What stack Serving must be told beside account and region: entries of the context that begin with ``serving_``."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from garant.exceptions import UsageError
from garant.login_settings import is_safe_address

_DIGEST = "sha256:[0-9a-f]{64}"
_HOST = r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
_KEY = r"ed25519:[A-Za-z0-9+/]{43}="
_ARN = r"arn:[a-z-]+:{service}:{region}:{account}:{rest}"


@dataclass(frozen=True, kw_only=True)
class ServingWanted:
    """What is served, where, and to whom.

    Attributes
    ----------
    image : str
        ``-c serving_image=sha256:…``, digest of an image in the stack's repository.
    certificate : str
        ``-c serving_certificate=arn:…``, certificate of ACM for `host`, in the region.
    host : str
        ``-c serving_host=garant.lender.example``: where browsers and programs reach it.
    bundle : str
        ``-c serving_bundle=…``: digest of a bundle that `garant cloud upload` brought to bucket curated.
    trusted_keys : str
        ``-c serving_trusted_keys=ed25519:…``: who signs bundles, separated by commas.
    jwt_issuer, jwt_audience : str
        Whose tokens programs show.
    oidc_issuer, oidc_client_id : str or None
        Where people log in; without both there are no pages.
    is_public : bool
        ``-c serving_public=true``: the load balancer has public addresses.
    ingress : tuple of str
        ``-c serving_ingress=198.51.100.0/24``: networks that may reach it, separated by commas; the own one alone where
        none is named.
    snapshot, master_key : str or None
        A database that was served before: identifier of its snapshot, ARN of the secret that holds its master key.
    """

    image: str
    certificate: str
    host: str
    bundle: str
    trusted_keys: str
    jwt_issuer: str
    jwt_audience: str
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    is_public: bool = False
    ingress: tuple[str, ...] = ()
    snapshot: str | None = None
    master_key: str | None = None

    @property
    def has_pages(self) -> bool:
        """Whether people are served beside programs."""
        return self.oidc_issuer is not None


def serving_wanted(entry: Callable[[str], Any], *, account: str, region: str) -> ServingWanted | None:
    """Read the context; None while there is no image: then the stack has its repository alone.

    Parameters
    ----------
    entry : callable
        Value of an entry, None where it is not there: ``stack.node.try_get_context``.
    account, region : str
        Where certificate and secret must be.

    Raises
    ------
    UsageError
        Names every entry that is missing or wrong.
    """
    said = {name: str(value) for name in _PATTERNS | _OPTIONAL if (value := entry(f"serving_{name}")) not in (None, "")}
    if "image" not in said:
        return None
    own = {"account": re.escape(account), "region": re.escape(region)}
    wrong = [f"serving_{name} is missing" for name in _PATTERNS if name not in said]
    for name, value in said.items():
        pattern, expected = (_PATTERNS | _OPTIONAL)[name]
        if not re.fullmatch(pattern.replace("{account}", own["account"]).replace("{region}", own["region"]), value):
            wrong.append(f"serving_{name}={value}: expected {expected}")
    wrong += [
        f"serving_{name}={said[name]}: expected https without user, password and fragment"
        for name in ("jwt_issuer", "oidc_issuer")
        if name in said and not (said[name].startswith("https://") and is_safe_address(said[name]))
    ]
    wrong += _apart(said, "oidc_issuer", "oidc_client_id")
    if "snapshot" in said and "master_key" not in said:
        wrong.append("serving_snapshot needs serving_master_key: no record of it is read without its own master key")
    is_public = said.pop("public", "false") == "true"
    ingress = tuple(word.strip() for word in said.pop("ingress", "").split(",") if word.strip())
    wrong += [problem for network in ingress if (problem := _of_network(network, is_public=is_public))]
    if is_public and not ingress:
        wrong.append("serving_public=true needs serving_ingress: name the networks that may reach it")
    if wrong:
        raise UsageError(f"Stack Serving: {'; '.join(wrong)}. No template was made; docs/service.md has all entries.")
    return ServingWanted(**said, is_public=is_public, ingress=ingress)


_PATTERNS: dict[str, tuple[str, str]] = {
    "image": (_DIGEST, "the digest of an image, sha256:…: a tag could be moved"),
    "certificate": (
        _ARN.replace("{service}", "acm").replace("{rest}", "certificate/[0-9a-f-]+"),
        "the ARN of a certificate of ACM in this account and region",
    ),
    "host": (_HOST, "a host name like garant.lender.example"),
    "bundle": (r"[0-9a-f]{64}", "the digest of a bundle, 64 hexadecimal digits"),
    "trusted_keys": (f"{_KEY}(,{_KEY})*", "public keys like ed25519:…, separated by commas"),
    "jwt_issuer": (r"\S+", "the address of an issuer"),
    "jwt_audience": (r"[\x21-\x7e]{1,500}", "an audience"),
}
"""Entries that a service needs: what they look like, and how that is said."""

_OPTIONAL: dict[str, tuple[str, str]] = {
    "oidc_issuer": (r"\S+", "the address of an identity provider"),
    "oidc_client_id": (r"[\x21-\x7e]{1,500}", "the client id"),
    "public": ("true|false", "true or false"),
    "ingress": (r"[0-9a-fA-F.:/, ]+", "networks like 198.51.100.0/24, separated by commas"),
    "snapshot": (r"[A-Za-z][A-Za-z0-9:-]{0,254}", "the identifier of a snapshot"),
    "master_key": (
        _ARN.replace("{service}", "secretsmanager").replace("{rest}", r"secret:\S+"),
        "the ARN of a secret in this account and region",
    ),
}


def _apart(said: dict[str, str], one: str, other: str) -> list[str]:
    if (one in said) == (other in said):
        return []
    return [f"serving_{one} and serving_{other} belong together: say both, or neither"]


def _of_network(text: str, *, is_public: bool) -> str | None:
    """What is wrong with a network that may reach the service."""
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        return f"serving_ingress={text}: is no network, expected 198.51.100.0/24"
    if network.prefixlen == 0 or (network.version == 4 and network.prefixlen < _WIDEST):  # noqa: PLR2004 - of IP
        return f"serving_ingress={text}: would let the whole world in. Name the networks of who asks"
    if network.version != 4:  # noqa: PLR2004
        return f"serving_ingress={text}: expected IPv4, the load balancer has no other addresses"
    if not is_public and not network.is_private:
        return f"serving_ingress={text}: is a public network, and the load balancer has private addresses alone"
    return None


_WIDEST = 8
