"""A real OpenID provider on this machine: discovery, keys, authorization, token with PKCE, userinfo; and its errors."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from api_world import served_app

CLIENT = "garant-pages"
SECRET = "s3cr&t/+: %41"  # noqa: S105 - of tests; every character that a form encodes otherwise
AUDIENCE = "https://garant.bank.example/api"
SUBJECT = "auth0|6f1e-5"

HOSTILE = "<script>alert('stolen')</script>"


@cache
def rsa_key(kid: str) -> RSAKey:
    """Key that tests share by its name."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@cache
def elliptic_key(kid: str) -> ECKey:
    """As above, on P-256."""
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


def part(value: bytes | Mapping[str, Any]) -> str:
    """Base64url of bytes or of JSON, as the parts of a token are written."""
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unsigned(claims: Mapping[str, Any]) -> str:
    """Token that says that it needs no signature."""
    return f"{part({'alg': 'none', 'typ': 'JWT', 'kid': 'first'})}.{part(claims)}."


def signed_with_public_key(claims: Mapping[str, Any], key: RSAKey) -> str:
    """Token whose HMAC has the public key as its secret."""
    text = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'first'})}.{part(claims)}"
    return f"{text}.{part(hmac.digest(key.as_pem(private=False), text.encode(), 'sha256'))}"


@dataclass(frozen=True)
class FromNow:
    """A time of a claim, in seconds from when the token is made."""

    seconds: float


@dataclass(kw_only=True)
class OidcServer:
    """A provider, what it says, and what it was asked.

    Everything may be changed while it runs; `reset` puts it right again.
    """

    url: str = ""
    person: dict[str, Any] = field(default_factory=dict[str, Any])
    """Claims about whoever logs in, beside those that every token has."""
    change: dict[str, Any] = field(default_factory=dict[str, Any])
    """Claims of the next tokens that are others; None leaves one out."""
    head: dict[str, Any] = field(default_factory=dict[str, Any])
    """Entries of the head of the next tokens that are others."""
    key: RSAKey | ECKey = field(default_factory=lambda: rsa_key("first"))
    """Signs."""
    published: list[Any] = field(default_factory=list[Any])
    """What stands under /keys."""
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    """Entries of the discovery document that are others."""
    only_userinfo: dict[str, Any] = field(default_factory=dict[str, Any])
    """Claims that /userinfo alone tells."""
    token_change: dict[str, Any] = field(default_factory=dict[str, Any])
    """Entries of the answer of /token that are others; None leaves one out."""
    error: str = ""
    """What /authorize answers instead of a code."""
    names_itself: str = ""
    """Parameter iss of the answer."""
    redirects: list[str] = field(default_factory=list[str])
    """Registered addresses of clients."""
    out_of_order: set[str] = field(default_factory=set[str])
    """Paths that answer 500, or with status and body in `strange`."""
    strange: dict[str, Response] = field(default_factory=dict[str, Response])
    asked: Counter[str] = field(default_factory=Counter[str])
    seen: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    """Parameters of /authorize and of /token, in order."""
    authentication: str = ""
    """How the client proved itself last."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def reset(self) -> None:
        """Be a good provider of one adviser again."""
        fresh = OidcServer(url=self.url, redirects=self.redirects)
        fresh.person = {"name": "Anne Martin", "garant_role": "adviser", "garant_branch": "paris"}
        fresh.published = [rsa_key("first").as_dict(private=False)]
        self.__dict__.update(fresh.__dict__)

    def claims(self, **more: object) -> dict[str, Any]:
        """Claims of a token from now on for five minutes, with `change`."""
        now = int(time.time())
        made = {"iss": self.url, "sub": SUBJECT, "iat": now, "exp": now + 300, **self.person, **more, **self.change}
        told = {name: now + value.seconds if isinstance(value, FromNow) else value for name, value in made.items()}
        return {name: value for name, value in told.items() if value is not None}

    def signed(self, claims: dict[str, Any]) -> str:
        """Token of these claims."""
        algorithm = "ES256" if isinstance(self.key, ECKey) else "RS256"
        head = {"alg": algorithm, "typ": "JWT", "kid": self.key.kid, **self.head}
        freely = JWSRegistry(algorithms=["RS256", "ES256"], strict_check_header=False)
        return jwt.encode(
            {name: value for name, value in head.items() if value is not None},
            claims,
            self.key,
            registry=freely,
            default_type=None,
        )

    def machine_token(self, **change: object) -> str:
        """Token of a program."""
        return self.signed(self.claims(**{"aud": AUDIENCE, "sub": "scoring-batch", **change}))

    # ------------------------------------------------------------ what it answers

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        path = request.url.path
        self.asked[path] += 1
        if path in self.strange:
            return self.strange[path]
        if path in self.out_of_order:
            return JSONResponse({"error": "out of order"}, 500)
        return await {
            "/.well-known/openid-configuration": self._discovery,
            "/keys": self._keys,
            "/authorize": self._authorize,
            "/token": self._token,
            "/userinfo": self._userinfo,
        }[path](request)

    async def _discovery(self, _: Request) -> Response:
        made = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "end_session_endpoint": f"{self.url}/end",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            **self.metadata,
        }
        return JSONResponse({name: value for name, value in made.items() if value is not None})

    async def _keys(self, _: Request) -> Response:
        return JSONResponse({"keys": self.published})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.seen.append(asked)
        good = (
            asked.get("client_id") == CLIENT
            and asked.get("redirect_uri") in self.redirects
            and asked.get("response_type") == "code"
            and asked.get("code_challenge_method") == "S256"
            and len(asked.get("code_challenge", "")) == 43
            and "openid" in asked.get("scope", "").split()
        )
        if not good:
            return JSONResponse({"error": "invalid_request"}, 400)
        told = {"state": asked["state"]}
        if self.names_itself:
            told["iss"] = self.names_itself
        if self.error:
            told |= {"error": self.error, "error_description": HOSTILE}
        else:
            told["code"] = secrets.token_urlsafe(16)
            self.codes[told["code"]] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(told)}", 302)

    async def _token(self, request: Request) -> Response:
        sent = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        self.seen.append(sent)
        client, secret = sent.get("client_id", ""), sent.get("client_secret")
        self.authentication = "none" if secret is None else "client_secret_post"
        basic = request.headers.get("authorization", "")
        if basic.startswith("Basic "):
            client, _, secret = base64.b64decode(basic[6:]).decode().partition(":")
            client, secret = unquote_plus(client), unquote_plus(secret)
            self.authentication = "client_secret_basic"
        if client != CLIENT or secret not in {None, SECRET}:
            return JSONResponse({"error": "invalid_client"}, 401)
        begun = self.codes.pop(sent.get("code", ""), None)
        challenge = part(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        if (
            begun is None
            or sent.get("grant_type") != "authorization_code"
            or sent.get("redirect_uri") != begun["redirect_uri"]
            or challenge != begun["code_challenge"]
        ):
            return JSONResponse({"error": "invalid_grant", "error_description": HOSTILE}, 400)
        access = secrets.token_urlsafe(16)
        at_hash = part(hashlib.sha256(access.encode()).digest()[:16])
        told = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self.signed(self.claims(aud=CLIENT, nonce=begun.get("nonce"), at_hash=at_hash)),
            **self.token_change,
        }
        return JSONResponse({name: value for name, value in told.items() if value is not None})

    async def _userinfo(self, request: Request) -> Response:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return JSONResponse({"error": "invalid_token"}, 401)
        return JSONResponse({"sub": SUBJECT, **self.only_userinfo})


@contextmanager
def started_oidc_server() -> Generator[OidcServer]:
    """Serve one until the block ends."""
    server = OidcServer()
    app = Starlette(routes=[Route("/{path:path}", server.answer, methods=["GET", "POST"])])
    with served_app(app) as client:
        server.url = str(client.base_url).rstrip("/")
        server.reset()
        yield server
