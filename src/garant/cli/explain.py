"""`garant explain`: one applicant in words."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from garant.cli.parameters import FOLDER, LOCAL, AllowMissingColumns, BundleFolder, Language, WhatIf, Without
from garant.cli.show import print_json, step_progress, warn
from garant.settings import load_settings
from garant.storage import Location, staging


def explain(  # noqa: PLR0913 - one parameter per option of the command
    client: Annotated[int | None, Parameter(name="ID", help="SK_ID_CURR of the applicant.")] = None,
    /,
    *,
    data: Annotated[Location, FOLDER, Parameter(help="Folder of raw tables, or a folder that `check --out` wrote.")],
    bundle: BundleFolder,
    lang: Language = None,
    without: Without = (),
    allow_missing_columns: AllowMissingColumns = False,
    stability: Annotated[
        bool | None,
        Parameter(
            help="Say in how many of the bundle's retrained models each reason stays; where it has any, it is said "
            "unless you refuse it."
        ),
    ] = None,
    what_if: WhatIf = (),
    html: Annotated[
        Path | None, LOCAL, Parameter(help="Also write the applicant's explanation as one HTML page: personal data.")
    ] = None,
    global_: Annotated[
        bool,
        Parameter(
            name="--global",
            negative="",
            help="Explain the model on everybody in DATA instead, as one page for experts.",
        ),
    ] = False,
    out: Annotated[
        Path | None, LOCAL, Parameter(help="With --global: HTML file of the page; explanation.html by default.")
    ] = None,
    seed: Annotated[
        int | None,
        Parameter(help="With --global: seed of intervals, dots and, beyond 100,000 applicants, who is drawn; 7."),
    ] = None,
    output: Annotated[Literal["table", "json"], Parameter(help="Words and bars, or one JSON object.")] = "table",
) -> int:
    """Explain one applicant: the proposal, its reasons in sentences, and what each family of facts does to the risk.

    Works for anybody in DATA, also for an applicant whom nobody scored before. With --global: the model as a whole,
    as one page with the importance of facts, beeswarm, dependence, interactions and mean scores.

    Example: garant explain 100002 --data DATA --bundle MODEL --lang fr
    """
    from garant.cli.global_explanation import PAGE, explain_globally, subject_of, write_person

    subject = subject_of(
        client,
        is_global=global_,
        of_one={"--stability": stability, "--what-if": what_if, "--html": html},
        of_all={"--out": out, "--seed": seed},
    )
    if subject is None:
        return explain_globally(
            data=data,
            bundle=bundle,
            page=out or PAGE,
            seed=seed,
            lang=lang,
            without=without,
            allow_missing_columns=allow_missing_columns,
            output=output,
        )
    from garant.cli.explanation_text import show_explanation
    from garant.runs.explain import explain as run_explain
    from garant.runs.explain_options import ExplainOptions

    settings = load_settings()
    with step_progress() as progress, staging(settings, progress=progress) as at:
        model = at.fetched(bundle)
        explanation = run_explain(
            subject,
            data=at.fetched(data),
            bundle_folder=model,
            language=lang or settings.language,
            settings=settings,
            without=without,
            allow_missing_columns=allow_missing_columns,
            options=ExplainOptions(stability=stability, what_if=what_if),
            progress=progress,
        )
    if explanation.missing_columns:
        warn(f"read as empty although the bundle learned from them: {', '.join(explanation.missing_columns)}.")
    if html is not None:
        write_person(html, explanation)
    if output == "json":
        print_json(explanation.to_dict())
    else:
        show_explanation(explanation)
    return 0
