"""The pages as a part of the service's app: their routes, their errors, nothing that the API answers."""

from collections.abc import Callable

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match, Mount
from starlette.types import Scope

from garant.api.problems import RefusedError
from garant.dashboard import (
    applications,
    client,
    clients,
    corrections,
    decisions,
    exports,
    home,
    letters,
    login,
    login_provider,
    model,
    portfolio,
    problems,
    review_file,
    reviews,
    static_files,
    what_if,
)
from garant.dashboard.access import NotLoggedInError
from garant.dashboard.oidc import OidcLogin, OidcOptions
from garant.dashboard.parts import Dashboard, DashboardOptions
from garant.exceptions import GarantError
from garant.settings import Settings

PREFIXES = ("/fr", "/en", "/login", "/static")
"""What pages answer, beside ``/``; everything else is the API's."""


def served_pages(settings: Settings, exposed: bool) -> Callable[[FastAPI], None]:  # noqa: FBT001 - one of two words that a service is told
    """What adds the pages of a service with these settings, which others reach or not."""
    is_secure = settings.tls_cert is not None or bool(settings.trusted_proxy)
    oidc = OidcOptions.of(settings)
    # Who has set up real logins means them: nobody then gets in by saying a name.
    return pages(DashboardOptions(local_login=not exposed and oidc is None, is_secure=is_secure, oidc=oidc))


def pages(options: DashboardOptions) -> Callable[[FastAPI], None]:
    """What adds the pages to an app."""

    def add(app: FastAPI) -> None:
        inner = FastAPI(
            docs_url=None,
            redoc_url=None,
            openapi_url=None,
            redirect_slashes=False,
            telemetry={"tracing": False, "metrics": False, "logs": False},
        )
        for module in (
            static_files,
            login,
            home,
            applications,
            clients,
            client,
            what_if,
            letters,
            portfolio,
            model,
            decisions,
            exports,
            corrections,
            reviews,
            review_file,
            login_provider,
        ):
            inner.include_router(module.router)
        inner.add_exception_handler(NotLoggedInError, problems.ask_to_log_in)
        inner.add_exception_handler(RefusedError, problems.tell_refused)
        inner.add_exception_handler(GarantError, problems.tell_error)
        inner.add_exception_handler(HTTPException, problems.tell_http)
        inner.add_exception_handler(RequestValidationError, problems.tell_wrong_address)
        # One state: what the app opens when it starts is there for pages too.
        inner.state = app.state
        app.state.dashboard = Dashboard(options=options, oidc=OidcLogin(options.oidc) if options.oidc else None)
        app.router.routes.append(_Pages("", app=inner))

    return add


class _Pages(Mount):
    """The pages' own addresses, so that an address of the API that does not exist stays the API's to refuse."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the request asks for a page."""
        path = scope["path"]
        if path == "/" or any(path == each or path.startswith(f"{each}/") for each in PREFIXES):
            return super().matches(scope)
        return Match.NONE, {}
