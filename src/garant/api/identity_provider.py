"""An identity provider as garant knows it: what its discovery document says, and the keys that it signs with."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from garant.api.kept_answers import KeptAnswer
from garant.api.provider_requests import ProviderRequests
from garant.exceptions import ProviderError
from garant.login_settings import is_safe_address

DISCOVERY = "/.well-known/openid-configuration"

MOST_KEYS = 100

_FAMILIES = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
"""Kind of key of each algorithm. What is no kind of public key is in here nowhere."""

_PUBLIC = ("kty", "n", "e", "crv", "x", "y", "kid", "alg", "use")
_N_CHARACTERS = range(342, 1_400)
"""Of the modulus of an RSA key of 2,048 to about 8,000 bits, in base64url."""
_E_CHARACTERS = 8

SigningKey = RSAKey | ECKey


class UnknownKeyError(Exception):
    """The provider has no key of that name for that algorithm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a provider says of itself.

    Parameters
    ----------
    authorization, token, jwks : str
        Where people are sent, where a code is exchanged, where the keys are; empty where it names none.
    userinfo, end_session : str
        Where it tells more of a person, and where it ends its own session; empty where it names none.
    token_authentication : tuple of str
        How a client may prove who it is at `token`.
    names_itself : bool
        Whether it says its name when it sends somebody back (RFC 9207).
    """

    authorization: str
    token: str
    jwks: str
    userinfo: str
    end_session: str
    token_authentication: tuple[str, ...]
    names_itself: bool


class IdentityProvider:
    """A provider that is asked when something is needed of it, and remembered.

    Parameters
    ----------
    issuer : str
        Its name, under which its discovery document lies.
    jwks_url : str or None
        Where its keys are, instead of what that document says.
    requests : ProviderRequests or None
        Asks.
    clock : callable
        Seconds that only ever grow.
    """

    def __init__(
        self,
        issuer: str,
        *,
        jwks_url: str | None = None,
        requests: ProviderRequests | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.issuer = issuer
        self.requests = requests or ProviderRequests()
        self._jwks_url = jwks_url
        self._metadata = KeptAnswer(self._discovered, clock)
        self._keys = KeptAnswer(self._read_keys, clock)

    def metadata(self) -> Metadata:
        """What it says of itself; may wait for its answer.

        Raises
        ------
        ProviderError
            When it cannot be asked, or calls itself by another name.
        """
        return self._metadata.value()

    def key(self, kid: str | None, algorithm: str, *, may_ask: bool = True) -> SigningKey:
        """The key that signed a token whose head says this.

        Raises
        ------
        UnknownKeyError
            When there is no such key, or several where none is named.
        ProviderError
            When no keys are known that count.
        garant.api.kept_answers.MustAskError
            When they must be asked for and `may_ask` is False.
        """
        family = _FAMILIES.get(algorithm)

        def found(keys: tuple[SigningKey, ...]) -> list[SigningKey]:
            return [
                key
                for key in keys
                if (kid is None or key.kid == kid) and key.key_type == family and key.get("alg") in {None, algorithm}
            ]

        known = found(self._keys.value(lambda keys: kid is None or bool(found(keys)), may_ask=may_ask))
        if len(known) != 1:
            raise UnknownKeyError
        return known[0]

    def _discovered(self) -> Metadata:
        told = self.requests.json(self.issuer.rstrip("/") + DISCOVERY)
        if told.get("issuer") != self.issuer:
            raise ProviderError(
                f"{self.issuer}: its discovery document names another issuer. Set the issuer exactly as it says."
            )
        methods = told.get("token_endpoint_auth_methods_supported")
        return Metadata(
            authorization=_address(told, "authorization_endpoint"),
            token=_address(told, "token_endpoint"),
            jwks=_address(told, "jwks_uri"),
            userinfo=_address(told, "userinfo_endpoint"),
            end_session=_address(told, "end_session_endpoint"),
            token_authentication=tuple(map(str, methods)) if isinstance(methods, list) else (),
            names_itself=told.get("authorization_response_iss_parameter_supported") is True,
        )

    def _read_keys(self) -> tuple[SigningKey, ...]:
        url = self._jwks_url or self.metadata().jwks
        if not url:
            raise ProviderError(f"{self.issuer}: its discovery document does not say where its keys are.")
        told = self.requests.json(url).get("keys")
        keys = tuple(_usable(told[:MOST_KEYS])) if isinstance(told, list) else ()
        if not keys:
            raise ProviderError(f"{self.issuer}: has no key that garant can use.")
        return keys


def _address(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or not is_safe_address(value):
        raise ProviderError(f"The discovery document of the identity provider has no safe address for {name}.")
    return value


def _usable(entries: list[object]) -> Iterator[SigningKey]:
    """Public keys that sign, of kinds and sizes that garant reads; whatever else stands there is passed over."""
    for entry in entries:
        if not isinstance(entry, dict) or entry.get("use") not in {None, "sig"}:
            continue
        public = {name: entry[name] for name in _PUBLIC if name in entry}
        try:
            if public.get("kty") == "RSA":
                if len(public["n"]) in _N_CHARACTERS and len(public["e"]) <= _E_CHARACTERS:
                    yield RSAKey.import_key(public)
            elif public.get("kty") == "EC" and public.get("crv") == "P-256":
                yield ECKey.import_key(public)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
