"""What the pages need beside what the API has."""

from dataclasses import dataclass, field

from starlette.requests import Request

from garant.api.threads import Threads
from garant.dashboard.begun_logins import BegunLogins
from garant.dashboard.oidc import OidcLogin, OidcOptions
from garant.dashboard.sessions import Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardOptions:
    """How pages behave.

    Parameters
    ----------
    local_login : bool
        Whether anybody may log in by saying who they are: only where nobody but this machine reaches the service.
    is_secure : bool
        Whether browsers reach it over TLS.
    oidc : OidcOptions or None
        Where people log in; None where nobody proves who they are.
    """

    local_login: bool = False
    is_secure: bool = True
    oidc: OidcOptions | None = None


@dataclass(slots=True, kw_only=True)
class Dashboard:
    """State of running pages.

    Parameters
    ----------
    options : DashboardOptions
        How they behave.
    sessions : Sessions or None
        Who is logged in; made at the first request, when the record store with its keys is open.
    aside : Threads
        Where pages wait for the process that works aside, one at a time: decisions keep all threads of theirs.
    begun : BegunLogins or None
        Who is on the way to the identity provider; made as late.
    oidc : OidcLogin or None
        The identity provider.
    """

    options: DashboardOptions
    sessions: Sessions | None = None
    aside: Threads = field(default_factory=lambda: Threads(1, 8, name="pages"))
    begun: BegunLogins | None = None
    oidc: OidcLogin | None = None


def dashboard_of(request: Request) -> Dashboard:
    """State of the pages that `request` asks for."""
    found = request.app.state.dashboard
    assert isinstance(found, Dashboard)  # noqa: S101 - dashboard.app puts it there
    return found


def sessions_of(request: Request) -> Sessions:
    """Who is logged in, signed with a key of the record store."""
    dashboard = dashboard_of(request)
    if dashboard.sessions is None:
        dashboard.sessions = Sessions(_key(request), is_secure=dashboard.options.is_secure)
    return dashboard.sessions


def begun_logins_of(request: Request) -> BegunLogins:
    """Who is on the way to the identity provider, signed likewise."""
    dashboard = dashboard_of(request)
    if dashboard.begun is None:
        dashboard.begun = BegunLogins(_key(request), is_secure=dashboard.options.is_secure)
    return dashboard.begun


def _key(request: Request) -> bytes:
    key = request.app.state.live.parts.store.keyring.page_cookies
    assert isinstance(key, bytes)  # noqa: S101 - what a keyring gives
    return key
