"""What the pages need beside what the API has."""

from dataclasses import dataclass, field

from starlette.requests import Request

from garant.api.threads import Threads
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
    """

    local_login: bool = False
    is_secure: bool = True


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
    """

    options: DashboardOptions
    sessions: Sessions | None = None
    aside: Threads = field(default_factory=lambda: Threads(1, 8, name="pages"))


def dashboard_of(request: Request) -> Dashboard:
    """State of the pages that `request` asks for."""
    found = request.app.state.dashboard
    assert isinstance(found, Dashboard)  # noqa: S101 - dashboard.app puts it there
    return found


def sessions_of(request: Request) -> Sessions:
    """Who is logged in, signed with a key of the record store."""
    dashboard = dashboard_of(request)
    if dashboard.sessions is None:
        key = request.app.state.live.parts.store.keyring.page_cookies
        dashboard.sessions = Sessions(key, is_secure=dashboard.options.is_secure)
    return dashboard.sessions
