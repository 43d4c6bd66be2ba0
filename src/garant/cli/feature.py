"""`garant feature list | describe | build | export`: the catalogue of features."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from garant.cli.parameters import (
    FOLDER,
    LOCAL,
    AllowMissingColumns,
    BundleFolder,
    BundleOption,
    Data,
    DataOption,
    Engine,
    Language,
    OutputOption,
    Without,
)
from garant.cli.show import print_json, print_rows, say, step_progress, warn
from garant.settings import load_settings
from garant.storage import Location, staging

ProfileName = Annotated[
    Literal["eu", "kaggle"], Parameter(help="`eu` leaves out protected attributes; `kaggle` is the competition's view.")
]


def list_feature(
    *,
    profile: ProfileName = "eu",
    family: Annotated[
        tuple[str, ...],
        Parameter(name="--family", negative="", consume_multiple=False, help="Only this reason family; repeatable."),
    ] = (),
    table: Annotated[
        tuple[str, ...],
        Parameter(name="--table", negative="", consume_multiple=False, help="Only of this raw table; repeatable."),
    ] = (),
    without: Without = (),
    data: DataOption = None,
    bundle: BundleOption = None,
    lang: Language = None,
    output: OutputOption = "table",
) -> int:
    """List the features that a model of a profile may use, with unit, direction, reason family and legal flag.

    With `--data` also those of the lender's own columns; with `--bundle` the inputs of that model instead.

    Example: garant feature list --table bureau --family debt_elsewhere
    """
    from garant.features.catalogue import ALL_TABLES
    from garant.features.feature import Profile
    from garant.models.bundle.reading import read_bundle
    from garant.models.bundle.trust import Trust
    from garant.runs.feature_list import config_of, listed_features, narrowed
    from garant.runs.findings.external_scores import left_out_scores
    from garant.runs.words import words_of

    tables = [name for name in ALL_TABLES if name not in without]
    settings = load_settings()
    with staging(settings) as at:
        folder = at.fetched(data) if data else None
        features = listed_features(
            profile=Profile(profile),
            tables=tables,
            data=folder,
            bundle=read_bundle(at.fetched(bundle), Trust.of(settings)) if bundle else None,
        )
        left_out = None if bundle else left_out_scores(config_of(folder), Profile(profile))
    shown = narrowed(features, families=family, tables=table)
    words = words_of(features, lang or settings.language)
    rows = [
        {
            "name": feature.name,
            "unit": feature.unit.value,
            "sign": feature.sign.value,
            "family": feature.family,
            "legal": feature.legal.value,
            "label": words.label(feature.text, window=str(feature.window)),
        }
        for feature in shown
    ]
    print_rows(rows, output=output)
    if left_out:
        warn(left_out)
    if output == "table":
        of = f"profile {profile}" if bundle is None else str(bundle)
        count = f"{len(rows)}" if len(rows) == len(features) else f"{len(rows)} of {len(features)}"
        say(f"{count} features of {of}. More of one: garant feature describe NAME")
    return 0


def describe_feature(
    name: Annotated[str, Parameter(help="Name of the feature.")],
    /,
    *,
    data: Annotated[
        Location | None,
        FOLDER,
        Parameter(
            name="--data",
            help="Folder of raw tables, which are read: adds the lender's own columns, the share of NULL, and the PSI "
            "of the applicants without a label against those with one.",
        ),
    ] = None,
    bundle: Annotated[
        Location | None,
        FOLDER,
        Parameter(name="--bundle", help="Folder of a model bundle: adds how much its model uses the feature."),
    ] = None,
    without: Without = (),
    lang: Language = None,
    output: Annotated[Literal["table", "json"], Parameter(help="How the entry is printed.")] = "table",
) -> int:
    """Describe one feature: raw columns, window, unit, meaning of NULL, direction, family, legal flag, both texts.

    With `--data` also how much is missing and whether it changed, with `--bundle` its share of the model's gain. A
    feature of the lender's own column needs one of them.

    Example: garant feature describe bureau_debt_sum_all --data DATA --bundle MODEL
    """
    from garant.cli.feature_entry import entry_json, entry_rows
    from garant.models.bundle.reading import read_bundle
    from garant.models.bundle.trust import Trust
    from garant.runs.feature_description import describe

    settings = load_settings()
    with step_progress() as progress, staging(settings, progress=progress) as at:
        found = describe(
            name,
            data=at.fetched(data) if data else None,
            bundle=read_bundle(at.fetched(bundle), Trust.of(settings)) if bundle else None,
            without=without,
            settings=settings,
            progress=progress,
        )
    if output == "json":
        print_json(entry_json(found))
    else:
        rows = entry_rows(found, lang or settings.language)
        print_rows([{"entry": key, "value": value} for key, value in rows.items()], output="table")
    return 0


def build_feature(
    data: Data,
    /,
    *,
    out: Annotated[Location, FOLDER, Parameter(help="Folder for the matrix; must not exist or be empty.")],
    profile: ProfileName = "eu",
    without: Without = (),
    engine: Engine = "duckdb",
    output: OutputOption = "table",
) -> int:
    """Build the feature matrix of DATA as Parquet: one row per client, sorted, values before any cast to float32."""
    from garant.features.feature import Profile
    from garant.runs.feature_build import build_features

    settings = load_settings()
    with (
        step_progress() as progress,
        staging(settings, progress=progress) as at,
        at.output(out, manifest="manifest.json") as folder,
    ):
        built = build_features(
            at.fetched(data),
            out=folder,
            profile=Profile(profile),
            without=without,
            settings=settings,
            engine=engine,
            progress=progress,
        )
    print_rows([{"folder": str(out), "clients": built.n_clients, "features": built.n_features}], output=output)
    if built.left_out:
        warn(built.left_out)
    return 0


def export_feature(  # noqa: PLR0913 - one parameter per option of the command
    data: Data,
    /,
    *,
    bundle: BundleFolder,
    out: Annotated[Location, FOLDER, Parameter(help="Folder for the files; must not exist or be empty.")],
    client: Annotated[
        tuple[int, ...],
        Parameter(negative="", consume_multiple=False, help="SK_ID_CURR of a client; repeat for several."),
    ] = (),
    clients: Annotated[Path | None, LOCAL, Parameter(help="Text file with one SK_ID_CURR per line.")] = None,
    lang: Language = None,
    without: Without = (),
    allow_missing_columns: AllowMissingColumns = False,
    output: OutputOption = "table",
) -> int:
    """Write what a bundle reads of chosen clients of DATA: as the model sees it, and in words.

    `inputs` (.parquet, .csv) holds a row per client with the encoded numbers; `readable` (.parquet, .csv) a row per
    client and feature with its name and value in French or English. Ends with 1 when a client's row is in quarantine.

    Example: garant feature export DATA --bundle MODEL --client 100001 --out FOLDER
    """
    from garant.exceptions import UsageError
    from garant.runs.client_list import read_client_list
    from garant.runs.feature_export import INPUTS, MANIFEST, READABLE, ExportOptions, export_features

    asked = {*client, *(read_client_list(clients) if clients else ())}
    if not asked:
        raise UsageError("No client asked for. Name one with --client, or several in a file with --clients.")
    settings = load_settings()
    with (
        step_progress() as progress,
        staging(settings, progress=progress) as at,
        at.output(out, manifest=MANIFEST) as folder,
    ):
        done = export_features(
            asked,
            data=at.fetched(data),
            bundle_folder=at.fetched(bundle),
            out=folder,
            options=ExportOptions(
                language=lang or settings.language, without=without, allow_missing_columns=allow_missing_columns
            ),
            settings=settings,
            progress=progress,
        )
    for name, why in done.set_aside.items():
        warn(f"{name}: in quarantine, so not in the files. {why}.")
    if done.missing_columns:
        warn(f"read as empty although the bundle learned from them: {', '.join(done.missing_columns)}.")
    summary = {"folder": str(out), "clients": done.n_clients, "features": done.n_features}
    print_rows([{**summary, "set aside": len(done.set_aside)}], output=output)
    if output == "table":
        say(f"{out / INPUTS}.parquet, .csv: as the model sees them. {out / READABLE}.parquet, .csv: in words.")
        say("These are rows of persons: keep them where the raw tables may be kept.")
    return 1 if done.set_aside else 0
