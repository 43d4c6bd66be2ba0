"""Who is logged in: a signed cookie and nothing on the server."""

import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from garant.decisions.access import Principal, Role

HOURS = 10
"""How long a login lasts: a working day."""

_SALT = "garant.session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who is logged in.

    Parameters
    ----------
    principal : Principal
        Who it is for the decision service.
    name : str
        Their name, as it stands under what they decide.
    csrf : str
        Secret that every form of theirs carries.
    """

    principal: Principal
    name: str
    csrf: str

    @classmethod
    def new(cls, principal: Principal, name: str) -> "Session":
        """Session of somebody who has just logged in."""
        return cls(principal=principal, name=name, csrf=secrets.token_urlsafe(24))


class Sessions:
    """Seals sessions into a cookie and opens them again.

    Parameters
    ----------
    key : bytes
        Signs cookies; the same for all workers of a service.
    is_secure : bool
        Whether browsers reach the service over TLS only: the cookie is then bound to it.
    """

    def __init__(self, key: bytes, *, is_secure: bool) -> None:
        self._serializer = URLSafeTimedSerializer(key, salt=_SALT)
        self._is_secure = is_secure

    @property
    def cookie(self) -> str:
        """Name of the cookie; its prefix makes browsers refuse one that was not set by this host over TLS."""
        return "__Host-garant" if self._is_secure else "garant"

    def of(self, request: Request) -> Session | None:
        """Session of whoever sends `request`; None where nobody is logged in, or it is too old."""
        text = request.cookies.get(self.cookie, "")
        try:
            known = self._serializer.loads(text, max_age=HOURS * 3600)
            principal = Principal(id=known["id"], role=Role(known["role"]), owner=known["owner"])
            return Session(principal=principal, name=known["name"], csrf=known["csrf"])
        except (BadSignature, KeyError, TypeError, ValueError):
            return None

    def begin(self, response: Response, session: Session) -> None:
        """Let `response` log `session` in."""
        who = session.principal
        text = self._serializer.dumps(
            {"id": who.id, "role": str(who.role), "owner": who.owner, "name": session.name, "csrf": session.csrf}
        )
        response.set_cookie(
            self.cookie,
            text,
            max_age=HOURS * 3600,
            path="/",
            secure=self._is_secure,
            httponly=True,
            # The identity provider sends people back from another site: strict would lose them on the way.
            samesite="lax",
        )

    def end(self, response: Response) -> None:
        """Let `response` log out."""
        response.delete_cookie(self.cookie, path="/", secure=self._is_secure, httponly=True, samesite="lax")
