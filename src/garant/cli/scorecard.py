"""`garant bundle scorecard`: the challenger of a bundle as a table, in French or English, or as data."""

from typing import TYPE_CHECKING, Literal

from garant.cli.bundle import BundleArgument
from garant.cli.parameters import Language, OutputOption
from garant.cli.show import Cell, print_json, print_rows, print_table, say
from garant.settings import load_settings
from garant.storage import staging

if TYPE_CHECKING:
    from garant.models.scorecard.content import Scorecard


def scorecard_bundle(bundle: BundleArgument, /, *, lang: Language = None, output: OutputOption = "table") -> int:
    """Print the points scorecard: feature, bin, points, weight of evidence, share of applicants, bad rate.

    Above 0 a weight of evidence is safer than the sample. Share and bad rate are left out below 20 applicants.

    Example: garant bundle scorecard MODEL --lang fr
    """
    from garant.exceptions import UsageError
    from garant.models.bundle.reading import read_bundle
    from garant.models.bundle.trust import Trust
    from garant.models.scorecard.reading import read_scorecard

    settings = load_settings()
    with staging(settings) as at:
        found = read_scorecard(read_bundle(at.fetched(bundle), Trust.of(settings)))
    if found is None:
        raise UsageError(
            f"{bundle}: holds no scorecard. Install garant[train] and train again without --no-challenger."
        )
    language = lang or settings.language
    if output == "json":
        print_json(found.model_dump(mode="json"))
    elif output == "csv":
        print_rows(_rows(found, language), output=output)
    else:
        _print(found, language)
    return 0


def _rows(scorecard: "Scorecard", language: Literal["fr", "en"]) -> list[dict[str, Cell]]:
    return [
        {
            "feature": entry.name,
            "bin": line.text(language),
            "points": line.points,
            "woe": line.woe,
            "share": line.share,
            "bad_rate": line.bad_rate,
        }
        for entry in scorecard.features
        for line in entry.bins
    ]


def _print(scorecard: "Scorecard", language: Literal["fr", "en"]) -> None:
    from garant.wording.catalogue import Wording

    words = Wording(language)
    shown = [
        [
            line.text(language),
            str(line.points),
            words.number(line.woe, decimals=2, fixed=True),
            *("" if part is None else words.percent(part, fixed=True) for part in (line.share, line.bad_rate)),
        ]
        for entry in scorecard.features
        for line in entry.bins
    ]
    scale = scorecard.scale
    said = {"base": scale.base, "odds": scale.odds, "pdo": scale.pdo, "rows": scorecard.rows}
    numbers = {name: words.number(value, decimals=1) for name, value in said.items()}
    header = [words.text(f"scorecard.column.{name}") for name in ("bin", "points", "woe", "share", "bad_rate")]
    print_table(shown, header=header, title=words.text("scorecard.title", n=str(len(scorecard.features)), **numbers))
    say()
    say(words.text("scorecard.rounding", points=words.number(scorecard.largest_rounding, decimals=1)))
