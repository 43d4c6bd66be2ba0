"""`garant serve`: the decision service over HTTP."""

from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from cyclopts import Parameter

from garant.cli.clone import is_clone
from garant.cli.parameters import FOLDER, BundleFolder
from garant.cli.show import say
from garant.exceptions import MissingPartError
from garant.settings import load_settings
from garant.storage import Location, staging

if TYPE_CHECKING:
    from collections.abc import Callable

    from garant.api.serve import Pages, ServeOptions


class Service(NamedTuple):
    """What serves: its options, the function, and the pages that it carries."""

    options: "type[ServeOptions]"
    run: "Callable[..., int]"
    pages: "Pages"


def import_service() -> Service:
    """Import what serves; it is an extra.

    Raises
    ------
    MissingPartError
        When it is not installed.
    """
    try:
        from garant.api.serve import ServeOptions
        from garant.api.serve import serve as run_service
        from garant.dashboard.app import served_pages
    except ModuleNotFoundError as error:
        raise MissingPartError(
            f"garant serve needs the extra `serve` ({error.name} is missing). Install it: "
            + ("make setup-all" if is_clone() else "pip install 'garant[serve]'")
            + "."
        ) from error
    return Service(ServeOptions, run_service, served_pages)


def serve(
    *,
    bundle: BundleFolder,
    data: Annotated[
        Location | None,
        FOLDER,
        Parameter(help='Folder of tables, raw or from `check --out`: a request may then say {"client": ID}.'),
    ] = None,
    run: Annotated[
        Location | None, FOLDER, Parameter(help="Folder of a committed run that pages show beside decisions.")
    ] = None,
    host: Annotated[str, Parameter(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="Port to listen on; 0 takes a free one.")] = 8000,
    only: Annotated[
        Literal["api", "dashboard"] | None,
        Parameter(help="Serve the API for programs or the pages for people alone."),
    ] = None,
    workers: Annotated[int, Parameter(help="Processes; more than one needs PostgreSQL (store_url).")] = 1,
    store: Annotated[
        str | None, Parameter(help="Record store instead of store_url: sqlite:///FILE or postgresql://….")
    ] = None,
) -> int:
    """Answer decisions over HTTP and show pages for people; each decision is recorded before it is told.

    On this machine alone (127.0.0.1) it makes a development key and prints it. Bound elsewhere it refuses to start
    without API keys (`garant key create`) or an issuer of tokens, a bundle signed with a trusted key, and TLS or a
    declared proxy; with pages also without the lender's identity provider (docs/login.md).

    Example: garant serve --bundle MODEL --data DATA
    """
    service = import_service()
    settings = load_settings()
    if store is not None:
        settings = settings.model_copy(update={"store_url": store})
    with staging(settings) as at:
        options = service.options(
            bundle=at.fetched(bundle),
            data=at.fetched(data) if data else None,
            run=at.fetched(run) if run else None,
            host=host,
            port=port,
            workers=workers,
            only=only,
        )
        return service.run(options, settings, say=say, pages=service.pages)
