"""OpenID Connect: where people are sent to log in, and who they are when they come back. Code flow with PKCE.

Authlib writes the requests and checks what only an ID token has (nonce, azp, at_hash); signature, issuer, audience and
time are checked as for every token, in `garant.api.signed_tokens`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError
from pydantic import SecretStr

from garant.api.claimed_roles import principal_of
from garant.api.identity_provider import IdentityProvider, Metadata
from garant.api.provider_requests import OK
from garant.api.signed_tokens import LEEWAY_SECONDS, Token, TokenReader, WrongTokenError
from garant.dashboard.begun_logins import BegunLogin
from garant.decisions.access import Principal
from garant.decisions.record import Language
from garant.exceptions import ProviderError
from garant.settings import Settings

RETURN = "/login/return"
"""Where the provider sends people back to, behind the address of the pages; registered there."""

NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,200}")
"""A name as it may stand under a decision."""

MOST_CHARACTERS = 16_384
"""Of an ID token: one may list the groups of a large house."""

_OPAQUE = re.compile(r"[\x21-\x7e]{1,8192}")
_CODE = re.compile(r"[\x20-\x7e]{1,2048}")
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcOptions:
    """What the pages must know of the identity provider; as in `garant.login_settings`.

    Parameters
    ----------
    issuer, client_id : str
        Whom we ask, and what we are for them.
    client_secret : SecretStr or None
        Proves it; None where PKCE alone does.
    scope : str
        What is asked for.
    algorithms : tuple of str
        How ID tokens may be signed.
    role_claim, owner_claim, name_claim : str
        Which claims tell what.
    public_url : str or None
        Where browsers reach the pages; None takes what the browser asked for, on this machine alone.
    """

    issuer: str
    client_id: str
    client_secret: SecretStr | None = None
    scope: str = "openid profile"
    algorithms: tuple[str, ...] = ("RS256",)
    role_claim: str = "garant_role"
    owner_claim: str = "garant_branch"
    name_claim: str = "name"
    public_url: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> "OidcOptions | None":
        """What the settings say; None where they name no provider."""
        if settings.oidc_issuer is None or settings.oidc_client_id is None:
            return None
        return cls(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            scope=settings.oidc_scope,
            algorithms=settings.oidc_algorithms,
            role_claim=settings.oidc_role_claim,
            owner_claim=settings.oidc_owner_claim,
            name_claim=settings.oidc_name_claim,
            public_url=settings.public_url,
        )


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the provider knows.

    Parameters
    ----------
    principal : Principal
        Who it is for the decision service.
    name : str
        Their name.
    """

    principal: Principal
    name: str


class OidcLogin:
    """Logging in at one provider; safe for many threads. Methods that say so wait for it.

    Parameters
    ----------
    options : OidcOptions
        What is known of it.
    """

    def __init__(self, options: OidcOptions) -> None:
        self.options = options
        self.provider = IdentityProvider(options.issuer)
        self._reader = TokenReader(self.provider, options.client_id, options.algorithms)

    def address(self, login: BegunLogin, return_to: str) -> str:
        """Where `login` goes on, at the provider; may wait.

        Raises
        ------
        ProviderError
            When the provider does not say where.
        """
        metadata = self.provider.metadata()
        return prepare_grant_uri(
            _named(metadata.authorization, "authorization_endpoint"),
            self.options.client_id,
            "code",
            redirect_uri=return_to,
            scope=self.options.scope,
            state=login.state,
            nonce=login.nonce,
            code_challenge=create_s256_code_challenge(login.verifier),
            code_challenge_method="S256",
            ui_locales=login.language,
        )

    def person(self, answer: Mapping[str, str], login: BegunLogin, return_to: str) -> Person:
        """Whoever comes back with `answer`, the parameters of the address; may wait.

        Raises
        ------
        WrongTokenError
            When nobody is to be let in.
        ProviderError
            When the provider cannot be asked.
        """
        metadata = self.provider.metadata()
        named = answer.get("iss")
        if (named is None and metadata.names_itself) or named not in {None, self.options.issuer}:
            # An answer of another provider that the browser was led to.
            raise WrongTokenError("iss")
        if "error" in answer:
            raise WrongTokenError("denied" if answer["error"] == "access_denied" else "error")
        code = answer.get("code", "")
        if not _CODE.fullmatch(code):
            raise WrongTokenError("code")
        told = self._exchanged(metadata, code, login, return_to)
        access = told.get("access_token")
        token = self._id_token(told.get("id_token"), access, login)
        claims = self._claims(metadata, token, access)
        principal = principal_of(
            f"oidc:{token.subject}", claims, role=self.options.role_claim, owner=self.options.owner_claim
        )
        name = claims.get(self.options.name_claim)
        if not isinstance(name, str) or not NAME.fullmatch(name.strip()):
            raise WrongTokenError("name")
        return Person(principal, name.strip())

    def logout_address(self, back: str, language: Language) -> str | None:
        """Where the provider ends its own session, and leads `back`; None where it offers that nowhere. May wait."""
        try:
            place = self.provider.metadata().end_session
        except ProviderError:
            return None
        told = [
            ("client_id", self.options.client_id),
            ("post_logout_redirect_uri", back),
            ("ui_locales", language),
        ]
        return add_params_to_uri(place, told) if place else None

    def _exchanged(self, metadata: Metadata, code: str, login: BegunLogin, return_to: str) -> Mapping[str, Any]:
        """What the provider gives for the code."""
        place = _named(metadata.token, "token_endpoint")
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=return_to, code_verifier=login.verifier
        )
        _, headers, body = self._client(metadata).prepare("POST", place, dict(_FORM), body)
        status, told = self.provider.requests.form(place, body, headers)
        if status != OK:
            raise WrongTokenError(f"code-{status}")
        return told

    def _client(self, metadata: Metadata) -> ClientAuth:
        """How garant proves who it is: as the provider can read it, in a header where that is left open."""
        client, secret = self.options.client_id, self.options.client_secret
        if secret is None:
            return ClientAuth(client, None, "none")
        offered = metadata.token_authentication
        if "client_secret_post" in offered and "client_secret_basic" not in offered:
            return ClientAuth(client, secret.get_secret_value(), "client_secret_post")
        # RFC 6749, 2.3.1: both are encoded as in a form before they are joined by a colon.
        return ClientAuth(quote(client, ""), quote(secret.get_secret_value(), ""), "client_secret_basic")

    def _id_token(self, text: object, access: object, login: BegunLogin) -> Token:
        if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
            raise WrongTokenError("no-id-token")
        token = self._reader.read(text)
        expected = {"nonce": login.nonce, "client_id": self.options.client_id, "access_token": access}
        try:
            CodeIDToken(dict(token.claims), dict(token.head), params=expected).validate(leeway=LEEWAY_SECONDS)
        except JoseError as error:
            raise WrongTokenError(str(getattr(error, "claim", "claims"))) from error
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            raise WrongTokenError("claims") from error
        return token

    def _claims(self, metadata: Metadata, token: Token, access: object) -> Mapping[str, Any]:
        """Claims of the ID token, and those that a provider tells only when it is asked once more."""
        wanted = {self.options.role_claim, self.options.owner_claim, self.options.name_claim}
        if wanted <= set(token.claims) or not metadata.userinfo:
            return token.claims
        if not isinstance(access, str) or not _OPAQUE.fullmatch(access):
            return token.claims
        told = self.provider.requests.json(metadata.userinfo, bearer=access)
        if told.get("sub") != token.subject:
            raise WrongTokenError("userinfo")
        return {**told, **token.claims}


def _named(place: str, name: str) -> str:
    if not place:
        raise ProviderError(f"The discovery document of the identity provider has no {name}.")
    return place
