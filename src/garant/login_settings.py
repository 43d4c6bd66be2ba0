"""Settings of who gets in: people by OpenID Connect, programs by signed tokens. Part of `garant.settings`."""

import re
from ipaddress import ip_address
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode


def words(value: object) -> object:
    """Let the environment write a list as words with commas between them."""
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


def is_loopback(host: str) -> bool:
    """Whether `host` is an address of this machine that nobody else reaches."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe_address(value: str) -> bool:
    """Whether `value` is an address over https, or on this machine, without user, password and fragment."""
    try:
        parts = urlsplit(value)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc or "#" in value or not re.fullmatch(r"[\x21-\x7e]{1,2000}", value):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def _safe_address(value: str) -> str:
    if not is_safe_address(value):
        raise ValueError("expected https://host without user, password and fragment; http on this machine alone")
    return value


WebAddress = Annotated[str, AfterValidator(_safe_address)]
ClientId = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,500}$")]
ClaimName = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,200}$")]
Algorithms = Annotated[tuple[Literal["RS256", "PS256", "ES256"], ...], NoDecode, BeforeValidator(words)]


class LoginSettings(BaseSettings):
    """Who gets in, and by whose word.

    Parameters
    ----------
    public_url : str or None
        Where browsers reach the pages, ``"https://garant.bank.example"``: the identity provider sends people back
        there. Needed where others reach the service.
    oidc_issuer : str or None
        Identity provider of people, as its discovery document names itself; over https unless on this machine.
    oidc_client_id : str or None
        What garant is for it.
    oidc_client_secret : str or None
        Secret of a confidential client; shown in no text. None for a public client, which PKCE protects alone.
    oidc_scope : str
        Scopes that are asked for; the claims below may need others.
    oidc_algorithms : tuple of {"RS256", "PS256", "ES256"}
        Algorithms with which an ID token may be signed, and no others.
    oidc_role_claim, oidc_owner_claim, oidc_name_claim : str
        Claims that tell the role, the branch and the name of a person.
    jwt_issuer : str or None
        Who signs tokens that programs show instead of API keys.
    jwt_audience : str or None
        Audience that such a token names: this service.
    jwt_jwks_url : str or None
        Where the issuer's public keys are; by default what its discovery document says.
    jwt_algorithms : tuple of {"RS256", "PS256", "ES256"}
        Algorithms with which such a token may be signed, and no others.
    jwt_role_claim, jwt_owner_claim : str
        Claims that tell the role and the branch of a program.
    """

    public_url: WebAddress | None = None
    oidc_issuer: WebAddress | None = None
    oidc_client_id: ClientId | None = None
    oidc_client_secret: Annotated[SecretStr, Field(min_length=1, max_length=500)] | None = None
    oidc_scope: str = Field(default="openid profile", pattern=r"^openid( [\x21\x23-\x5b\x5d-\x7e]+)*$")
    oidc_algorithms: Annotated[Algorithms, Field(min_length=1)] = ("RS256",)
    oidc_role_claim: ClaimName = "garant_role"
    oidc_owner_claim: ClaimName = "garant_branch"
    oidc_name_claim: ClaimName = "name"
    jwt_issuer: WebAddress | None = None
    jwt_audience: ClientId | None = None
    jwt_jwks_url: WebAddress | None = None
    jwt_algorithms: Annotated[Algorithms, Field(min_length=1)] = ("RS256",)
    jwt_role_claim: ClaimName = "garant_role"
    jwt_owner_claim: ClaimName = "garant_branch"

    @field_validator("public_url")
    @classmethod
    def _is_origin(cls, value: str | None) -> str | None:
        """Refuse a path: pages stand at the root of their host."""
        if value is not None and (urlsplit(value).path not in {"", "/"} or "?" in value):
            raise ValueError("expected https://host without a path")
        return None if value is None else value.rstrip("/")

    @field_validator("oidc_issuer", "jwt_issuer")
    @classmethod
    def _is_issuer(cls, value: str | None) -> str | None:
        if value is not None and "?" in value:
            raise ValueError("an issuer has no parameters (?) in its address")
        return value

    @model_validator(mode="after")
    def _has_all_of_login(self) -> Self:
        if (self.oidc_issuer is None) != (self.oidc_client_id is None):
            raise ValueError("oidc_issuer and oidc_client_id belong together: set both, or neither")
        if self.oidc_client_secret is not None and self.oidc_client_id is None:
            raise ValueError("oidc_client_secret needs oidc_issuer and oidc_client_id")
        return self

    @model_validator(mode="after")
    def _has_all_of_tokens(self) -> Self:
        if (self.jwt_issuer is None) != (self.jwt_audience is None):
            raise ValueError("jwt_issuer and jwt_audience belong together: set both, or neither")
        if self.jwt_jwks_url is not None and self.jwt_issuer is None:
            raise ValueError("jwt_jwks_url needs jwt_issuer and jwt_audience")
        if self.jwt_issuer is not None and (self.jwt_issuer, self.jwt_audience) == (
            self.oidc_issuer,
            self.oidc_client_id,
        ):
            # An ID token says who logged in at a page. It stays in browsers and logs, and must not open the API.
            raise ValueError("jwt_audience must be another than oidc_client_id: an ID token is no key of the API")
        return self
