"""`garant bundle show | recut`: what a bundle holds, and another cut-off for the same model."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from garant.cli.parameters import FOLDER, OutputOption
from garant.cli.show import print_json, print_rows, say
from garant.settings import load_settings
from garant.storage import Location, staging

if TYPE_CHECKING:
    from garant.models.cutoff import ReferBand

BundleArgument = Annotated[Location, FOLDER, Parameter(name="BUNDLE", help="Folder of the bundle.")]


def show_bundle(bundle: BundleArgument, /, *, output: OutputOption = "table") -> int:
    """Show what a bundle holds: label, costs and cut-off, calibration, tables, measures with 95 % intervals.

    The digests of all files are checked first.
    """
    from garant.cli.measures import measure_rows
    from garant.models.bundle.reading import read_bundle

    with staging(load_settings()) as at:
        found = read_bundle(at.fetched(bundle))
    content = found.content
    if output == "json":
        print_json({"digest": found.digest, **content.model_dump(mode="json")})
        return 0
    measures = measure_rows(content.metrics.out_of_fold)
    if output == "csv":
        print_rows(measures, output=output)
        return 0
    facts = {
        "digest": found.digest,
        "garant": content.garant_version,
        "profile": content.profile,
        "PD means": content.label.text_en,
        "costs": str(content.costs),
        "cut-off": f"{content.cutoff:.6f}",
        "refer band": _band(content.refer_band),
        "calibration applied": f"slope {content.calibrator.slope:.4f}, intercept {content.calibrator.intercept:.4f}",
        "points": f"{content.points.base:g} at {content.points.odds:g}:1, {content.points.pdo:g} double the odds",
        "tables": ", ".join(content.tables),
        "features": str(len(content.features)),
        "trained on": f"{content.training.rows} applicants, {content.training.positives} with payment difficulties",
        "tested": "random split only" if content.split.kind == "random" else f"out of time from {content.split.start}",
        "trees": str(content.training.iteration),
        "recut from": content.recut_from or "",
    }
    print_rows([{"entry": key, "value": value} for key, value in facts.items()], output="table")
    say()
    print_rows(measures, output="table", title="Measured out of fold")
    return 0


def _band(band: "ReferBand") -> str:
    return "none" if band.lower == band.upper else f"PD {band.lower:.6f} to {band.upper:.6f}"


def recut_bundle(
    bundle: BundleArgument,
    /,
    *,
    costs: Annotated[str, Parameter(help="Cost of refusing a good payer : cost of accepting a bad one, e.g. 1:12.")],
    out: Annotated[Location, FOLDER, Parameter(help="Folder of the new bundle.")],
    overwrite: Annotated[bool, Parameter(help="Replace a bundle that is there.", negative="")] = False,
) -> int:
    """Write the same model with the cut-off of other costs, as a new bundle that says where it comes from.

    Example: garant bundle recut MODEL --costs 1:12 --out MODEL-1-12
    """
    from garant.models.bundle.reading import read_bundle
    from garant.models.bundle.recut import recut
    from garant.models.bundle.writing import BUNDLE_FILE
    from garant.models.cutoff import Costs

    with staging(load_settings()) as at, at.output(out, manifest=BUNDLE_FILE) as folder:
        made = recut(read_bundle(at.fetched(bundle)), Costs.parse(costs), folder, overwrite=overwrite)
    shares = {name: made.content.metrics.out_of_fold[name].value for name in ("accept", "refer", "refuse")}
    said = ", ".join(f"{name} {share:.1%}" for name, share in shares.items() if share is not None)
    say(f"{out}: cut-off {made.content.cutoff:.4f} from costs {made.content.costs}; out of fold {said}.")
    return 0
