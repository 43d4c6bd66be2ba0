"""`garant explain`: one applicant in words."""

from typing import Annotated, Literal

from cyclopts import Parameter

from garant.cli.parameters import FOLDER, AllowMissingColumns, BundleFolder, Language, Without
from garant.cli.show import print_json, step_progress, warn
from garant.settings import load_settings
from garant.storage import Location, staging


def explain(
    client: Annotated[int, Parameter(name="ID", help="SK_ID_CURR of the applicant.")],
    /,
    *,
    data: Annotated[Location, FOLDER, Parameter(help="Folder of raw tables, or a folder that `check --out` wrote.")],
    bundle: BundleFolder,
    lang: Language = None,
    without: Without = (),
    allow_missing_columns: AllowMissingColumns = False,
    stability: Annotated[
        bool,
        Parameter(
            help="Also say in how many of the bundle's retrained models each reason stays among the first four.",
            negative="",
        ),
    ] = False,
    output: Annotated[Literal["table", "json"], Parameter(help="Words and bars, or one JSON object.")] = "table",
) -> int:
    """Explain one applicant: the proposal, its reasons in sentences, and what each family of facts does to the risk.

    Works for anybody in DATA, also for an applicant whom nobody scored before.

    Example: garant explain 100002 --data DATA --bundle MODEL --lang fr
    """
    from garant.cli.explanation_text import show_explanation
    from garant.runs.explain import explain as run_explain

    settings = load_settings()
    with step_progress() as progress, staging(settings, progress=progress) as at:
        model = at.fetched(bundle)
        explanation = run_explain(
            client,
            data=at.fetched(data),
            bundle_folder=model,
            language=lang or settings.language,
            settings=settings,
            without=without,
            allow_missing_columns=allow_missing_columns,
            stability=stability,
            progress=progress,
        )
    if explanation.missing_columns:
        warn(f"read as empty although the bundle learned from them: {', '.join(explanation.missing_columns)}.")
    if output == "json":
        print_json(explanation.to_dict())
    else:
        show_explanation(explanation)
    return 0
