"""`garant pca`: principal components of a portfolio."""

from collections.abc import Mapping
from typing import Annotated, Literal

from cyclopts import Parameter

from garant.cli.parameters import (
    FOLDER,
    AcceptQuarantine,
    AllowMissingColumns,
    Engine,
    Language,
    OutputOption,
    Without,
)
from garant.cli.show import Cell, print_json, print_rows, say, step_progress, warn
from garant.settings import load_settings
from garant.storage import Json, Location, Staging, manifest_digest, staging
from garant.tables.quarantine_limit import DEFAULT_LIMIT, QuarantineLimit

SHOWN = 20
"""Components in the printed table; all of them are in the files and in the other forms of output."""


def pca(  # noqa: PLR0913 - one parameter per option of the command
    data: Annotated[
        Location,
        FOLDER,
        Parameter(
            name="DATA",
            help="Raw or accepted tables; or a matrix that is there already: what `feature build` wrote, a folder of "
            "runs (its current run), one run. s3://bucket/prefix too.",
        ),
    ],
    /,
    *,
    out: Annotated[
        Location,
        FOLDER,
        Parameter(
            help="Folder of runs; the result lies in OUT/run_id=…/attempt=…/pca, the pointer is OUT/current.json."
        ),
    ],
    components: Annotated[int | None, Parameter(help="How many components.")] = None,
    variance: Annotated[
        float | None, Parameter(help="Share of the variance to hold with as few components as possible, like 0.95.")
    ] = None,
    with_: Annotated[
        Location | None,
        FOLDER,
        Parameter(
            name="--with",
            help="Apply the components of an earlier run (its folder, or that of its components) to these clients "
            "instead of making new ones, so that both can be compared.",
        ),
    ] = None,
    bundle: Annotated[
        Location | None,
        FOLDER,
        Parameter(name="--bundle", help="Model bundle: its numeric inputs are used, its PDs colour the picture."),
    ] = None,
    profile: Annotated[
        Literal["eu", "kaggle"] | None,
        Parameter(help="Which features of raw tables are used where no bundle says it; `eu` by default."),
    ] = None,
    engine: Engine = "duckdb",
    lang: Language = None,
    without: Without = (),
    accept_quarantine: AcceptQuarantine = DEFAULT_LIMIT.text,
    allow_missing_columns: AllowMissingColumns = False,
    output: OutputOption = "table",
) -> int:
    """Compute principal components (PCA) of the clients of DATA: scores, loadings, explained variance, two pictures.

    Numeric features are standardised (ddof 0), a missing value counts as the mean. Categories are left out, and so are
    features that do not vary: they are listed. The largest loading of a component is positive. Say how many
    components you want, or how much variance they shall hold. `pca_scores.csv` is one sorted file up to 1,000,000
    clients; beyond that there are numbered files with a list. Ends with 1 when a raw table has rows in quarantine.

    Example: garant pca FEATURES --bundle MODEL --variance 0.95 --out PCA
    """
    from garant.features.feature import Profile
    from garant.projection.components import Extent
    from garant.runs.pca.options import PcaOptions
    from garant.runs.pca.results import FOLDER as PCA
    from garant.runs.pca.run import pca as run_pca
    from garant.wording.catalogue import Wording

    settings = load_settings()
    language = lang or settings.language
    is_new = with_ is None or components is not None or variance is not None
    extent = Extent(number=components, variance=variance) if is_new else None
    options = PcaOptions(
        extent=extent,
        profile=Profile(profile) if profile is not None else None,
        language=language,
        without=without,
        accept_quarantine=QuarantineLimit.parse(accept_quarantine),
        allow_missing_columns=allow_missing_columns,
        engine=engine,
    )
    with step_progress() as progress, staging(settings, progress=progress) as at:
        runs = at.runs(out)
        result = run_pca(
            at.fetched(current_place(data, at)),
            runs,
            bundle_folder=at.fetched(bundle) if bundle is not None else None,
            components_folder=at.fetched(artefact_place(with_, at)) if with_ is not None else None,
            options=options,
            settings=settings,
            around=at.runs_around(data),
            progress=progress,
        )
    manifest = result.run.manifest
    if manifest["rows"]["suppressed"]:
        warn(f"left out because they were erased from the folder of runs: {manifest['rows']['suppressed']} clients.")
    folder = result.run.place / PCA
    code = 1 if manifest["rows"]["quarantined"] else 0
    if output == "json":
        brief = {key: value for key, value in manifest.items() if key != "files"}
        said = {"folder": str(result.run.place), "manifest_digest": manifest_digest(manifest)}
        print_json({**said, "repeated": result.repeated, **brief})
        return code
    if output == "csv":
        print_rows(result.explained, output=output)
        return code
    print_rows([_row(entry) for entry in result.explained[:SHOWN]], output=output)
    if len(result.explained) > SHOWN:
        last = result.explained[-1]
        say(f"… and {len(result.explained) - SHOWN} more up to {last['component']}, {last['cumulative']:.1%} in all.")
    if result.repeated:
        say("The same run was there already: nothing to do.")
    if result.outrun:
        say("Another command committed the same run first: its result stands, this one's was dropped.")
    if manifest["profile"] == "kaggle":
        say(Wording(language).text("pca.kaggle"))
    _say_what_was_used(manifest)
    say(f"Files: {folder}")
    say(f"Manifest digest: {manifest_digest(manifest)}")
    say(f"Next: garant pca LATER --with {result.run.place} --out OUT_LATER   the same axes for another month")
    return code


def current_place(place: Location, at: Staging) -> Location:
    """Place of the current run where `place` is a folder of runs, so that no other is fetched."""
    around = at.runs_around(place)
    return place if around is None or place.name.startswith("attempt=") else around.current().place


def artefact_place(place: Location, at: Staging) -> Location:
    """Place of the components where `place` is a folder of runs or a run, so that no row of a person is fetched."""
    from garant.runs.pca.results import ARTEFACT, FOLDER

    return place if at.runs_around(place) is None else current_place(place, at) / FOLDER / ARTEFACT


def _row(entry: dict[str, Json]) -> dict[str, Cell]:
    return {
        "component": entry["component"],
        "variance": f"{entry['variance']:.4g}",
        "share": f"{entry['ratio']:.2%}",
        "so far": f"{entry['cumulative']:.2%}",
        "weighs most": f"{entry['strongest']} ({entry['loading']:+.2f})",
    }


def _say_what_was_used(manifest: Mapping[str, Json]) -> None:
    rows, dropped = manifest["rows"], manifest["dropped"]
    categories = f"; {manifest['n_categories']} categories left out" if manifest["n_categories"] else ""
    learned = f", learned from {rows['learned_from']} clients" if rows["learned_from"] != rows["clients"] else ""
    say(f"{rows['clients']} clients, {len(manifest['features'])} numeric features{learned}{categories}.")
    for why, text in (("constant", "they have one value"), ("unknown", "nobody states them")):
        names = [name for name, reason in dropped.items() if reason == why]
        if names:
            say(f"Left out because {text}: {', '.join(names)}.")
    if rows["quarantined"] or rows["orphans"]:
        say(f"Set aside: {rows['quarantined']} rows in quarantine, {rows['orphans']} orphans.")
