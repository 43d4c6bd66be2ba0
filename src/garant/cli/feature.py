"""`garant feature list | describe | build`: the catalogue of features."""

from typing import Annotated, Literal

from cyclopts import Parameter

from garant.cli.parameters import FOLDER, BundleOption, Data, DataOption, Language, OutputOption, Without
from garant.cli.show import print_json, print_rows, say, step_progress, warn
from garant.settings import load_settings
from garant.storage import Location, staging

ProfileName = Annotated[
    Literal["eu", "kaggle"], Parameter(help="`eu` leaves out protected attributes; `kaggle` is the competition's view.")
]


def list_feature(
    *,
    profile: ProfileName = "eu",
    without: Without = (),
    data: DataOption = None,
    bundle: BundleOption = None,
    lang: Language = None,
    output: OutputOption = "table",
) -> int:
    """List the features that a model of a profile may use, with unit, direction, reason family and legal flag.

    With `--data` also those of the lender's own columns; with `--bundle` the inputs of that model instead.
    """
    from garant.features.catalogue import ALL_TABLES
    from garant.features.feature import Profile
    from garant.models.bundle.reading import read_bundle
    from garant.models.bundle.trust import Trust
    from garant.runs.feature_list import listed_features
    from garant.runs.words import words_of

    tables = [table for table in ALL_TABLES if table not in without]
    settings = load_settings()
    with staging(settings) as at:
        features = listed_features(
            profile=Profile(profile),
            tables=tables,
            data=at.fetched(data) if data else None,
            bundle=read_bundle(at.fetched(bundle), Trust.of(settings)) if bundle else None,
        )
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
        for feature in features
    ]
    print_rows(rows, output=output)
    if output == "table":
        of = f"profile {profile}" if bundle is None else str(bundle)
        say(f"{len(rows)} features of {of}. More of one: garant feature describe NAME")
    return 0


def describe_feature(
    name: Annotated[str, Parameter(help="Name of the feature.")],
    /,
    *,
    data: DataOption = None,
    bundle: BundleOption = None,
    output: Annotated[Literal["table", "json"], Parameter(help="How the entry is printed.")] = "table",
) -> int:
    """Describe one feature: raw columns, window, unit, meaning of NULL, direction, family, legal flag, both texts.

    A feature of the lender's own column needs `--data` or `--bundle`.
    """
    from garant.features.feature import Profile
    from garant.models.bundle.reading import read_bundle
    from garant.models.bundle.trust import Trust
    from garant.runs.feature_list import found_feature
    from garant.runs.words import words_of

    settings = load_settings()
    with staging(settings) as at:
        feature = found_feature(
            name,
            data=at.fetched(data) if data else None,
            bundle=read_bundle(at.fetched(bundle), Trust.of(settings)) if bundle else None,
        )
    window = str(feature.window)
    entry = {
        "name": feature.name,
        "table": feature.table,
        "raw columns": ", ".join(feature.inputs),
        "window": window,
        "unit": feature.unit.value,
        "NULL means": feature.missing.value,
        "a higher value": f"{feature.sign.value} the risk" if feature.sign.value != "none" else "no certain direction",
        "reason family": feature.family,
        "legal flag": feature.legal.value,
        "profiles": ", ".join(profile.value for profile in Profile if feature.in_profile(profile)),
        "English": words_of([feature], "en").label(feature.text, window=window),
        "French": words_of([feature], "fr").label(feature.text, window=window),
    }
    if output == "json":
        print_json(entry)
    else:
        print_rows([{"entry": key, "value": value} for key, value in entry.items()], output="table")
    return 0


def build_feature(
    data: Data,
    /,
    *,
    out: Annotated[Location, FOLDER, Parameter(help="Folder for the matrix; must not exist or be empty.")],
    profile: ProfileName = "eu",
    without: Without = (),
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
            progress=progress,
        )
    print_rows([{"folder": str(out), "clients": built.n_clients, "features": built.n_features}], output=output)
    if built.left_out:
        warn(built.left_out)
    return 0
