"""Reading a signed token (JWT): nothing in it is believed before signature, issuer, audience and time are checked."""

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jws import CompactSignature, JWSRegistry

from garant.api.identity_provider import IdentityProvider, SigningKey, UnknownKeyError

LEEWAY_SECONDS = 30
"""What the clocks of two hosts may differ."""

TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
"""What a token may call itself (RFC 8725, RFC 9068): one for a logout or for another protocol is none for us."""

_SUBJECT = re.compile(r"[\x21-\x7e]{1,255}")
_NO_TOKEN = (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, binascii.Error)
"""What reading something that is no token raises."""


class WrongTokenError(Exception):
    """A token that opens nothing.

    Parameters
    ----------
    reason : str
        What is wrong, as a word for the log; whoever sent it is not told.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Token:
    """A token that can be believed.

    Parameters
    ----------
    head, claims : mapping of str to Any
        Its two parts.
    """

    head: Mapping[str, Any]
    claims: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """Who it is about."""
        return str(self.claims["sub"])


class TokenReader:
    """Reads the tokens of one issuer for one audience.

    Parameters
    ----------
    provider : IdentityProvider
        The issuer, whose keys sign.
    audience : str
        For whom the tokens are.
    algorithms : tuple of str
        Algorithms that count, whatever a token or a key says.
    """

    def __init__(self, provider: IdentityProvider, audience: str, algorithms: tuple[str, ...]) -> None:
        self._provider = provider
        # Heads may hold more than the standard names; what one must understand (``crit``) is refused below.
        self._registry = JWSRegistry(algorithms=algorithms, strict_check_header=False)
        self._rules = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    def read(self, text: str, *, may_ask: bool = True) -> Token:
        """Read one token.

        Parameters
        ----------
        text : str
            The token; who takes it from outside bounds its length.
        may_ask : bool
            Whether the caller waits while the issuer is asked for its keys.

        Raises
        ------
        WrongTokenError
            When it opens nothing.
        ProviderError
            When the issuer's keys are not known.
        garant.api.kept_answers.MustAskError
            When they must be asked for and `may_ask` is False.
        """

        def key(token: CompactSignature) -> SigningKey:
            return self._key(token.headers(), may_ask=may_ask)

        try:
            read = jwt.decode(text, key, registry=self._registry)  # pyright: ignore[reportArgumentType]
        except UnknownKeyError:
            raise WrongTokenError("key") from None
        except _NO_TOKEN as error:
            raise WrongTokenError("signature") from error
        try:
            self._rules.validate(read.claims)
        except ExpiredTokenError:
            raise WrongTokenError("expired") from None
        except (InvalidClaimError, MissingClaimError) as error:
            raise WrongTokenError(_claim(error)) from error
        if not _SUBJECT.fullmatch(read.claims["sub"]):
            raise WrongTokenError("sub")
        if "cnf" in read.claims:
            # Bound to a key of its holder, whose proof garant does not ask for.
            raise WrongTokenError("bound")
        return Token(read.header, read.claims)

    def _key(self, head: Mapping[str, Any], *, may_ask: bool) -> SigningKey:
        if "crit" in head or "b64" in head:
            raise WrongTokenError("critical")
        if str(head.get("typ", "jwt")).lower() not in TYPES:
            raise WrongTokenError("type")
        return self._provider.key(head.get("kid"), head["alg"], may_ask=may_ask)


def _claim(error: InvalidClaimError | MissingClaimError) -> str:
    """Name of the first claim that is wrong: one of those that are asked for, never one that came in."""
    named = str(error.claim).split(",")
    return next(
        (name for name in ("iss", "aud", "exp", "nbf", "iat", "sub", "nonce", "azp") if name in named), "claims"
    )
