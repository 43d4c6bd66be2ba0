"""`garant bundle directions`: whether a bundle keeps to its directions, feature by feature and on raw facts."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from garant.cli.bundle import BundleArgument
from garant.cli.parameters import Data, OutputOption, Without
from garant.cli.show import Cell, print_json, print_rows, say, step_progress
from garant.settings import load_settings
from garant.storage import staging

if TYPE_CHECKING:
    from garant.runs.direction_check import DirectionCheck


def directions_bundle(
    bundle: BundleArgument,
    data: Data,
    /,
    *,
    applicants: Annotated[int, Parameter(help="How many applicants to draw.")] = 1_000,
    seed: Annotated[int, Parameter(help="Seed of the draw.")] = 7,
    without: Without = (),
    output: OutputOption = "table",
) -> int:
    """Raise each bound feature of applicants of DATA, then make raw facts of theirs worse, and count PDs that fall.

    The first must never happen; the second can, because a raw fact also moves features without a direction. Ends with 1
    when a bound feature moved a PD against its direction.

    Example: garant bundle directions MODEL DATA
    """
    from garant.models.bundle.reading import read_bundle
    from garant.models.bundle.trust import Trust
    from garant.runs.bundle_directions import bundle_directions

    settings = load_settings()
    with step_progress() as progress, staging(settings, progress=progress) as at:
        found = bundle_directions(
            read_bundle(at.fetched(bundle), Trust.of(settings)),
            at.fetched(data),
            applicants=applicants,
            seed=seed,
            without=without,
            settings=settings,
            progress=progress,
        )
    moves = found.of_features
    if output == "json":
        print_json(_json(found))
    else:
        print_rows(_rows(found), output=output, title="Raw facts made worse, one at a time")
    if output == "table":
        say(
            f"{len(found.features)} bound features raised one by one for {found.applicants} applicants: "
            f"{moves.against} of {moves.rows} moves against the direction."
        )
    return 1 if moves.against else 0


def _rows(found: "DirectionCheck") -> list[dict[str, Cell]]:
    return [
        {
            "fact": fact.fact,
            "applicants": fact.moves.rows,
            "pd_fell": fact.moves.against,
            "largest_fall_log_odds": fact.moves.largest,
            "largest_fall_pd": fact.largest_pd,
            "led_by": fact.led_by or "",
        }
        for fact in found.facts
    ]


def _json(found: "DirectionCheck") -> dict[str, object]:
    return {
        "applicants": found.applicants,
        "facts": _rows(found),
        "features": {
            name: {"raised": moves.rows, "against": moves.against, "largest_fall_log_odds": moves.largest}
            for name, moves in found.features.items()
        },
    }
