"""Who is on the way to the identity provider: a short-lived signed cookie of the browser that left, nothing here."""

import hmac
import secrets
from dataclasses import asdict, dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from garant.decisions.record import Language

SECONDS = 600
"""How long somebody may take at the provider."""

_SALT = "garant.login"


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunLogin:
    """A login that was begun.

    Parameters
    ----------
    state : str
        Comes back with the browser: nobody else's answer is taken for it.
    nonce : str
        Comes back inside the ID token: no other token is taken for it.
    verifier : str
        Proof that the code is for whoever began (PKCE).
    back : str
        Page that they wanted.
    language : {"fr", "en"}
        Language that they read.
    """

    state: str
    nonce: str
    verifier: str
    back: str
    language: Language

    @classmethod
    def new(cls, back: str, language: Language) -> "BegunLogin":
        """Begin one, with secrets of its own."""
        state, nonce, verifier = (secrets.token_urlsafe(size) for size in (32, 32, 48))
        return cls(state=state, nonce=nonce, verifier=verifier, back=back, language=language)

    def began(self, state: str) -> bool:
        """Whether `state` is what this login left with."""
        return hmac.compare_digest(state.encode(), self.state.encode())


class BegunLogins:
    """Seals logins into a cookie and opens them again.

    Parameters
    ----------
    key : bytes
        Signs cookies; the same for all workers of a service.
    is_secure : bool
        Whether browsers reach the service over TLS only.
    """

    def __init__(self, key: bytes, *, is_secure: bool) -> None:
        self._serializer = URLSafeTimedSerializer(key, salt=_SALT)
        self._is_secure = is_secure

    @property
    def cookie(self) -> str:
        """Name of the cookie."""
        return "__Host-garant-login" if self._is_secure else "garant-login"

    def of(self, request: Request) -> BegunLogin | None:
        """Login that this browser began; None where it began none, or too long ago."""
        try:
            return BegunLogin(**self._serializer.loads(request.cookies.get(self.cookie, ""), max_age=SECONDS))
        except (BadSignature, TypeError):
            return None

    def begin(self, response: Response, login: BegunLogin) -> None:
        """Let the browser that gets `response` remember `login`."""
        response.set_cookie(
            self.cookie,
            self._serializer.dumps(asdict(login)),
            max_age=SECONDS,
            path="/",
            secure=self._is_secure,
            httponly=True,
            # The provider sends people back from another site: strict would lose them on the way.
            samesite="lax",
        )

    def end(self, response: Response) -> None:
        """Let the browser that gets `response` forget."""
        response.delete_cookie(self.cookie, path="/", secure=self._is_secure, httponly=True, samesite="lax")
