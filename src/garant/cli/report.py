"""`garant report dictionary | deck`: documents made from the catalogue, data and models."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from garant.cli.parameters import FOLDER, LOCAL, OutputOption, Without
from garant.cli.show import print_json, print_rows, say, step_progress
from garant.settings import load_settings
from garant.storage import Location, staging


def dictionary_report(
    *,
    out: Annotated[Location, FOLDER, Parameter(help="Folder for pages and tables; must not exist or be empty.")] = Path(
        "dictionary"
    ),
    lang: Annotated[
        Literal["fr", "en"] | None, Parameter(name="--lang", help="Language of the page; default is a page of each.")
    ] = None,
    data: Annotated[
        Location | None,
        FOLDER,
        Parameter(
            name="--data",
            help="Folder of raw tables: adds the lender's own columns, shares of missing values, and the PSI of the "
            "applicants without a label against those with one.",
        ),
    ] = None,
    bundle: Annotated[
        Location | None,
        FOLDER,
        Parameter(name="--bundle", help="Folder of a model bundle: adds how much its model uses each feature."),
    ] = None,
    without: Without = (),
    overwrite: Annotated[bool, Parameter(help="Replace a folder that is there.", negative="")] = False,
    output: OutputOption = "table",
) -> int:
    """Write the data dictionary: all raw columns and all features, as pages to search and print, and as CSV.

    dictionary.fr.html and dictionary.en.html need no network. columns.csv and features.csv hold both languages.

    Example: garant report dictionary --out DICTIONARY --data DATA --bundle MODEL
    """
    from garant.models.bundle.reading import read_bundle
    from garant.models.bundle.trust import Trust
    from garant.runs.dictionary import dictionary_data, write_dictionary_folder
    from garant.wording.catalogue import LANGUAGES

    settings = load_settings()
    with (
        step_progress() as progress,
        staging(settings, progress=progress) as at,
        at.output(out, manifest="features.csv") as folder,
    ):
        found = dictionary_data(
            data=at.fetched(data) if data else None,
            bundle=read_bundle(at.fetched(bundle), Trust.of(settings)) if bundle else None,
            without=without,
            settings=settings,
            progress=progress,
        )
        names = write_dictionary_folder(
            folder, found, languages=LANGUAGES if lang is None else (lang,), overwrite=overwrite
        )
    files = [str(out / name) for name in names]
    n_columns, n_features = len(found.readers), len(found.features)
    if output == "json":
        print_json({"columns": n_columns, "features": n_features, "files": files})
        return 0
    print_rows([{"file": file} for file in files], output=output)
    if output == "table":
        say(f"{n_columns} raw columns, {n_features} features.")
    return 0


def deck_report(
    *,
    bundle: Annotated[Location, FOLDER, Parameter(help="Folder of the model bundle that the talk is about.")],
    run: Annotated[
        Location | None,
        FOLDER,
        Parameter(
            help="Folder of runs of `garant score` with this bundle: adds its outcomes, the reasons of one refused "
            "client under a pseudonym, and the scree plot of its matrix."
        ),
    ] = None,
    lang: Annotated[Literal["fr", "en"] | None, Parameter(name="--lang", help="Language; default is the setting.")] = (
        None
    ),
    out: Annotated[Path, LOCAL, Parameter(help="File to write; one that is there is replaced.")] = Path("garant.pptx"),
    results: Annotated[
        Path | None,
        LOCAL,
        Parameter(help="Folder of benchmark results; default is benchmarks/results of the checkout, if this is one."),
    ] = None,
    output: OutputOption = "table",
) -> int:
    """Write the deck for a defence of the project before a jury: PowerPoint, with charts that can be clicked.

    Every number is read from the bundle, the run, results of benchmarks or garant's own limits, and stands with its
    source in the speaker's notes. What is missing is shown as not measured, and listed here.

    Example: garant report deck --bundle MODEL --run RUNS --lang fr --out talk.pptx
    """
    from garant.cloud.facts import cloud_facts
    from garant.runs.deck import deck

    settings = load_settings()
    with step_progress() as progress, staging(settings, progress=progress) as at:
        slides = deck(
            out,
            bundle_folder=at.fetched(bundle),
            run_folder=at.fetched(run) if run is not None else None,
            results_folder=results,
            cloud=cloud_facts(),
            language=lang or settings.language,
            settings=settings,
            progress=progress,
        )
    rows = [
        {
            "slide": number,
            "title": slide.title.text,
            "figures": len(slide.figures),
            "not measured": sum(figure.is_gap for figure in slide.figures),
        }
        for number, slide in enumerate(slides, start=1)
    ]
    if output == "json":
        print_json({"file": str(out), "slides": rows})
        return 0
    print_rows(rows, output=output)
    if output == "table":
        say(f"{out}: {len(slides)} slides.")
    return 0
