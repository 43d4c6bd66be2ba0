"""`garant bundle show | recut | scorecard`: what a bundle holds, another cut-off, the challenger as a table."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from garant.cli.parameters import Language, OutputOption
from garant.cli.show import Cell, print_json, print_rows, print_table, say

if TYPE_CHECKING:
    from garant.models.bundle.content import ChallengerEntry
    from garant.models.cutoff import ReferBand

BundleArgument = Annotated[Path, Parameter(name="BUNDLE", help="Folder of the bundle.")]


def show_bundle(bundle: BundleArgument, /, *, output: OutputOption = "table") -> int:
    """Show what a bundle holds: label, costs and cut-off, calibration, tables, measures with 95 % intervals.

    The digests of all files are checked first.
    """
    from garant.cli.measures import measure_rows
    from garant.models.bundle.reading import read_bundle

    found = read_bundle(bundle)
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
        "challenger": _challenger(content.challenger),
        "recut from": content.recut_from or "",
    }
    print_rows([{"entry": key, "value": value} for key, value in facts.items()], output="table")
    say()
    print_rows(measures, output="table", title="Measured out of fold")
    return 0


def _challenger(entry: "ChallengerEntry | None") -> str:
    if entry is None:
        return "none"
    area = entry.metrics.out_of_fold["auc"].value
    return f"{entry.kind} of {entry.features} features, AUC {area:.4f} out of fold" if area else entry.kind


def _band(band: "ReferBand") -> str:
    return "none" if band.lower == band.upper else f"PD {band.lower:.6f} to {band.upper:.6f}"


def recut_bundle(
    bundle: BundleArgument,
    /,
    *,
    costs: Annotated[str, Parameter(help="Cost of refusing a good payer : cost of accepting a bad one, e.g. 1:12.")],
    out: Annotated[Path, Parameter(help="Folder of the new bundle.")],
    overwrite: Annotated[bool, Parameter(help="Replace a bundle that is there.", negative="")] = False,
) -> int:
    """Write the same model with the cut-off of other costs, as a new bundle that says where it comes from.

    Example: garant bundle recut MODEL --costs 1:12 --out MODEL-1-12
    """
    from garant.models.bundle.reading import read_bundle
    from garant.models.bundle.recut import recut
    from garant.models.cutoff import Costs

    made = recut(read_bundle(bundle), Costs.parse(costs), out, overwrite=overwrite)
    shares = {name: made.content.metrics.out_of_fold[name].value for name in ("accept", "refer", "refuse")}
    said = ", ".join(f"{name} {share:.1%}" for name, share in shares.items() if share is not None)
    say(f"{out}: cut-off {made.content.cutoff:.4f} from costs {made.content.costs}; out of fold {said}.")
    return 0


def scorecard_bundle(bundle: BundleArgument, /, *, lang: Language = None, output: OutputOption = "table") -> int:
    """Print the points scorecard: feature, bin, points, weight of evidence, share of applicants, bad rate.

    Above 0 a weight of evidence is safer than the sample. Share and bad rate are left out below 20 applicants.

    Example: garant bundle scorecard MODEL --lang fr
    """
    from garant.exceptions import UsageError
    from garant.models.bundle.reading import read_bundle
    from garant.models.scorecard.reading import read_scorecard
    from garant.settings import load_settings
    from garant.wording.catalogue import Wording

    language = lang or load_settings().language
    found = read_scorecard(read_bundle(bundle))
    if found is None:
        raise UsageError(
            f"{bundle}: holds no scorecard. Install garant[train] and train again without --no-challenger."
        )
    if output == "json":
        print_json(found.model_dump(mode="json"))
        return 0
    lines = [(entry.name, line) for entry in found.features for line in entry.bins]
    if output == "csv":
        rows: list[dict[str, Cell]] = [
            {
                "feature": name,
                "bin": line.text(language),
                "points": line.points,
                "woe": line.woe,
                "share": line.share,
                "bad_rate": line.bad_rate,
            }
            for name, line in lines
        ]
        print_rows(rows, output="csv")
        return 0
    words = Wording(language)
    shown = [
        [
            line.text(language),
            str(line.points),
            words.number(line.woe, decimals=2, fixed=True),
            *("" if part is None else words.percent(part, fixed=True) for part in (line.share, line.bad_rate)),
        ]
        for _, line in lines
    ]
    scale = {"base": found.scale.base, "odds": found.scale.odds, "pdo": found.scale.pdo, "rows": found.rows}
    numbers = {name: words.number(value, decimals=1) for name, value in scale.items()}
    header = [words.text(f"scorecard.column.{name}") for name in ("bin", "points", "woe", "share", "bad_rate")]
    print_table(shown, header=header, title=words.text("scorecard.title", n=str(len(found.features)), **numbers))
    say()
    say(words.text("scorecard.rounding", points=words.number(found.largest_rounding, decimals=1)))
    return 0
