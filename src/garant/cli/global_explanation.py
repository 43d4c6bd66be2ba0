"""`garant explain`: pages of the model as a whole and of one applicant, and which of the two is meant."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from garant.cli.show import print_json, print_table, say, step_progress, warn
from garant.exceptions import UsageError
from garant.settings import load_settings
from garant.storage import Location, staging

if TYPE_CHECKING:
    from garant.runs.explanation import Explanation

PAGE = Path("explanation.html")

SHOWN = 10
"""Families of the printed table; the page has them all."""


def subject_of(
    client: int | None, *, is_global: bool, of_one: Mapping[str, object], of_all: Mapping[str, object]
) -> int | None:
    """Applicant to explain; None when the model is to be explained.

    Parameters
    ----------
    client : int or None
        ID that was typed.
    is_global : bool
        Whether ``--global`` was.
    of_one, of_all : mapping of str to object
        Options that explain one applicant, and those that explain the model: those that were not typed are None, False
        or empty.

    Raises
    ------
    UsageError
        When both or neither are asked for, or options of the other one.
    """
    if client is not None and is_global:
        raise UsageError(f"explain {client} --global: one applicant or the whole model? Leave out ID or --global.")
    if client is None and not is_global:
        raise UsageError("explain: ID is missing. Name an applicant (SK_ID_CURR), or explain the model with --global.")
    others = of_one if is_global else of_all
    wrong = [name for name, value in others.items() if value is not None and value is not False and value != ()]
    if wrong:
        whom = "one applicant: name ID instead of --global" if is_global else "the model: say --global instead of ID"
        raise UsageError(f"explain: {', '.join(wrong)} only explains {whom}.")
    return client


def explain_globally(
    *,
    data: Location,
    bundle: Location,
    page: Path,
    seed: int | None,
    lang: Literal["fr", "en"] | None,
    without: tuple[str, ...],
    allow_missing_columns: bool,
    output: Literal["table", "json"],
) -> int:
    """Write the page of a model and print what moves its scores most."""
    from datetime import UTC, datetime

    from garant.runs.global_explanation import DEFAULT_SEED, explain_all
    from garant.runs.global_page import explained, global_words, write_global_page

    settings = load_settings()
    with step_progress() as progress, staging(settings, progress=progress) as at:
        model = at.fetched(bundle)
        found = explain_all(
            at.fetched(data),
            model,
            settings=settings,
            seed=DEFAULT_SEED if seed is None else seed,
            without=without,
            allow_missing_columns=allow_missing_columns,
            progress=progress,
        )
    if found.missing_columns:
        warn(f"read as empty although the bundle learned from them: {', '.join(found.missing_columns)}.")
    if found.notice is not None:
        warn(found.notice)
    words = global_words(found, lang or settings.language)
    today = datetime.now(UTC).date()
    write_global_page(page, found, words, bundle=str(bundle), data=str(data), made_on=today)
    if output == "json":
        print_json({"page": str(page), **found.to_dict()})
        return 0
    text = words.wording.text
    print_table(
        [
            [
                words.family(each.name),
                *(words.size(number) for number in (each.size.value, each.size.low, each.size.high)),
                words.wording.percent(each.share, fixed=True),
            ]
            for each in found.views.families[:SHOWN]
        ],
        header=[text(f"global.column.{name}") for name in ("family", "size")]
        + [text(f"report.column.{name}") for name in ("low", "high", "share")],
        title=f"{text('global.families.heading')} – {text('global.size')}",
    )
    say(f"{text('global.fact.explained')}{text('explain.separator')} {explained(found, words)}")
    say(text("global.readers"))
    say(f"Page{text('explain.separator')} {page}")
    return 0


def write_person(page: Path, explanation: "Explanation") -> None:
    """Write the page of one applicant and say on stderr that it is there, since it is personal data."""
    from datetime import UTC, datetime

    from garant.runs.person_page import write_person_page

    write_person_page(page, explanation, made_on=datetime.now(UTC).date())
    warn(f"personal data of one applicant, readable by you alone: {page}")
