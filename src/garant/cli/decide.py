"""`garant decide`: one application in, one recorded decision out; by a running service, or here."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from garant.cli.operator import operator
from garant.cli.parameters import FOLDER, LOCAL, Language
from garant.cli.show import print_json, say, step_progress, warn
from garant.decisions.access import Role
from garant.exceptions import MissingPartError, UsageError
from garant.settings import Settings, load_settings
from garant.storage import Location, staging

if TYPE_CHECKING:
    from garant.client.questions import Question

OUTCOME_CODES = {"accept": 40, "refer": 41, "refuse": 42}
"""Exit codes with --exit-outcome."""


def decide(  # noqa: PLR0913 - one parameter per option of the command
    file: Annotated[
        str | None,
        Parameter(
            name="FILE", allow_leading_hyphen=True, help="JSON file of the raw records; `-` reads standard input."
        ),
    ] = None,
    /,
    *,
    client: Annotated[
        int | None, Parameter(help="SK_ID_CURR of an applicant in the data, of the service or --data, instead of FILE.")
    ] = None,
    url: Annotated[
        str | None,
        Parameter(help="Address of a running service; http://127.0.0.1:8000 by default. Its key: GARANT_API_KEY."),
    ] = None,
    bundle: Annotated[
        Location | None, FOLDER, Parameter(help="Decide here instead, by this bundle; recorded in store_url.")
    ] = None,
    data: Annotated[Location | None, FOLDER, Parameter(help="With --bundle: folder of tables, for --client.")] = None,
    key: Annotated[
        str | None,
        Parameter(help="Idempotency key: the same key and records give the same decision again. A new one by default."),
    ] = None,
    preview: Annotated[
        bool, Parameter(help="Say what would be decided; nothing is decided or kept.", negative="")
    ] = False,
    write_request: Annotated[
        Path | None,
        LOCAL,
        Parameter(help="With --client and --data: write that client's records to this file, and decide nothing."),
    ] = None,
    lang: Language = None,
    exit_outcome: Annotated[
        bool, Parameter(help="End with 40 for accept, 41 for refer, 42 for refuse.", negative="")
    ] = False,
    output: Annotated[Literal["table", "json"], Parameter(help="Words, or the answer as JSON.")] = "table",
) -> int:
    """Decide about one application from its raw records: recorded first, then told, with reasons in words.

    FILE holds {"application": {…}, "bureau": [{…}], …}. A table that is left out is unknown, and a person decides; an
    empty list says that there is nothing. A first example is written by --client ID --data DATA --write-request FILE.
    Ends with 0 for any recorded decision, 3 when the records are refused: then nothing is recorded.

    Example: garant decide application.json --url https://garant.bank.example --lang fr
    """
    _require_one_way(file=file, client=client, url=url, bundle=bundle, data=data, write_request=write_request)
    settings = load_settings()
    if write_request is not None and client is not None and data is not None:
        return _write(write_request, client, data, settings)
    body = _body(file) if client is None else json.dumps({"client": client}).encode()
    language = lang or settings.language
    if bundle is None:
        from garant.client.address import DEFAULT_URL

        said = _remote(body, url or DEFAULT_URL, language=language, key=key, preview=preview)
    else:
        said = _here(body, bundle, data, settings, language=language, key=key, preview=preview)
    if output == "json":
        print_json(said)
    else:
        from garant.cli.decision_text import show_decision

        show_decision(said)
    return OUTCOME_CODES[said["outcome"]] if exit_outcome else 0


def _require_one_way(**given: object) -> None:
    """Refuse words that contradict each other."""
    if (given["file"] is None) == (given["client"] is None):
        raise UsageError("decide: name one application: a FILE (`-` for standard input), or --client ID.")
    if given["url"] is not None and given["bundle"] is not None:
        raise UsageError("decide: --url asks a service, --bundle decides here. Leave one of them out.")
    if given["write_request"] is not None:
        if given["client"] is None or given["data"] is None:
            raise UsageError("decide --write-request: name the client with --client, and its tables with --data.")
    elif given["data"] is not None and given["bundle"] is None:
        raise UsageError("decide: --data is for deciding here: name --bundle too. A service has its own data.")


def _body(file: str | None) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    path = Path(str(file))
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}).") from error


def _remote(body: bytes, url: str, *, language: Literal["fr", "en"], key: str | None, preview: bool) -> dict[str, Any]:
    from dataclasses import replace

    try:
        from garant.client import Client, questions
        from garant.client.reading import read_object
    except ModuleNotFoundError as error:
        raise MissingPartError(
            f"A service is asked with the extra `client` ({error.name} is missing): pip install 'garant[client]'. Or "
            "decide here, with --bundle."
        ) from error

    asked: Question[Any]
    if preview:
        asked = questions.preview(body, client=None, moves=(), external_checks=None, language=language)
    else:
        asked = questions.decide(body, client=None, external_checks=None, language=language, key=key)
    with Client(url) as service:
        return dict(service.ask(replace(asked, read=read_object)))


def _here(
    body: bytes,
    bundle: Location,
    data: Location | None,
    settings: Settings,
    *,
    language: Literal["fr", "en"],
    key: str | None,
    preview: bool,
) -> dict[str, Any]:
    from garant.client.calls import new_key
    from garant.runs.deciding.opening import open_service
    from garant.wording.catalogue import Wording

    person = operator(Role.ADVISER, settings.owner)
    with (
        step_progress() as progress,
        staging(settings, progress=progress) as at,
        open_service(
            settings,
            bundle=at.fetched(bundle),
            data=at.fetched(data) if data else None,
            one_request=True,
            progress=progress,
        ) as service,
    ):
        if service.decider.content.training.fast:
            warn(Wording(language).text("model.limit.fast"))
        if preview:
            return service.preview(person, body, language=language)
        answered = service.decide(person, body, key=key or new_key(), language=language)
    found: Mapping[str, Any] = json.loads(answered.body)
    return dict(found)


def _write(path: Path, client: int, data: Location, settings: Settings) -> int:
    from garant.runs.example_request import write_request

    with step_progress() as progress, staging(settings, progress=progress) as at:
        write_request(path, client, data=at.fetched(data), settings=settings, progress=progress)
    warn(f"personal data of one applicant, readable by you alone: {path}")
    say(f"Next: garant decide {path}")
    return 0
