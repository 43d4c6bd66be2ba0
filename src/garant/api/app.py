"""The app: routes, and what stands around all of them."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractContextManager, asynccontextmanager

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from structlog.typing import FilteringBoundLogger

from garant.api import health, routes_decisions, routes_models, routes_records
from garant.api.access import PlainAddresses
from garant.api.headers import SecurityHeaders
from garant.api.lasting import keep_what_is_here
from garant.api.limits import RateLimit
from garant.api.live import ApiOptions, Live, Parts
from garant.api.logs import RequestLog, open_log
from garant.api.metrics import Metrics
from garant.api.openapi import add_pages, describe
from garant.api.problems import RefusedError, tell_error, tell_http, tell_refused
from garant.api.threads import Threads
from garant.exceptions import GarantError


def create_app(
    parts: Callable[[], AbstractContextManager[Parts]],
    options: ApiOptions | None = None,
    *,
    log: FilteringBoundLogger | None = None,
    pages: Callable[[FastAPI], None] | None = None,
    has_api: bool = True,
) -> FastAPI:
    """App that serves decisions.

    Parameters
    ----------
    parts : callable
        Opens what the app serves; called when it starts, closed when it ends.
    options : ApiOptions or None
        How it behaves.
    log : FilteringBoundLogger or None
        Where it logs; stderr by default.
    pages : callable or None
        Adds pages for people.
    has_api : bool
        Whether it answers programs; health and figures are there in any case.

    Returns
    -------
    FastAPI
        To be served by an HTTP server, see `garant.api.serve`.
    """
    options = options or ApiOptions()
    log = log or open_log()
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        with parts() as opened:
            live = Live(
                options=options,
                log=log,
                metrics=metrics,
                limit=RateLimit(options.rate),
                threads=Threads(options.threads, options.queue),
                parts=opened,
            )
            app.state.live = live
            keep_what_is_here()
            if opened.swapper:
                opened.swapper.start(opened.service, log=log, metrics=metrics)
            try:
                yield
            finally:
                if opened.swapper:
                    opened.swapper.stop()
                for threads in (live.threads, live.batch, live.aside, live.outside):
                    threads.close()
                if opened.swapper:
                    opened.swapper.close()

    app = FastAPI(
        title="garant",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        lifespan=lifespan,
        # Figures and logs are our own: what a tracer of the framework would collect, nobody has looked at.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    for module in (routes_decisions, routes_records, routes_models) if has_api else ():
        app.include_router(module.router)
    app.include_router(health.router)
    if pages is not None:
        pages(app)
    app.add_exception_handler(RefusedError, tell_refused)
    app.add_exception_handler(GarantError, tell_error)
    app.add_exception_handler(HTTPException, tell_http)
    describe(app)
    if options.docs_pages:
        add_pages(app)
    # The last one added is the outermost.
    app.add_middleware(PlainAddresses)
    app.add_middleware(RequestLog, log=log, metrics=metrics)
    app.add_middleware(SecurityHeaders)
    return app
