"""The table of measures with their 95 % intervals, as `train` and `bundle show` print it."""

from collections.abc import Mapping

from garant.cli.show import Cell
from garant.models.bundle.content import BundleContent, MetricEntry
from garant.models.evaluation import MEASURES


def measure_rows(metrics: Mapping[str, MetricEntry]) -> list[dict[str, Cell]]:
    """One row per measure, in the order in which an evaluation names them."""
    known = [name for name in MEASURES if name in metrics]
    return [
        {"measure": name, "value": metrics[name].value, "low 95 %": metrics[name].low, "high 95 %": metrics[name].high}
        for name in known
    ]


def out_of_fold_text(content: BundleContent) -> str:
    """On whom the out-of-fold measures of a bundle were taken."""
    return f"out of fold on the {content.training.rows} applicants trained on"


def judged_text(content: BundleContent) -> str:
    """On whom the measures were taken that are shown first: later applicants, where there are any."""
    split = content.split
    if split.start is None:
        return out_of_fold_text(content)
    return f"on the {split.tested_rows} later applicants, from {split.start} on"


def split_text(content: BundleContent, *, has_dates: bool) -> str:
    """How the applicants were parted; where their days are known and were not used, how to use them."""
    split, rows = content.split, content.training.rows
    if split.start is None:
        hint = " (--out-of-time MONTH tests on later ones)" if has_dates else ""
        return f"random split only{hint}; {rows} applicants"
    parted = (
        f"out of time: trained on {rows} applicants before {split.start}, tested on {split.tested_rows} from then on"
    )
    return f"{parted}; {split.immature_rows} too recent for either" if split.immature_rows else parted
