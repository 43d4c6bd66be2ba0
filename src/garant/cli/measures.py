"""The table of measures with their 95 % intervals, as `train` and `bundle show` print it."""

from collections.abc import Mapping

from garant.cli.show import Cell
from garant.models.bundle.content import MetricEntry
from garant.models.evaluation import MEASURES


def measure_rows(metrics: Mapping[str, MetricEntry]) -> list[dict[str, Cell]]:
    """One row per measure, in the order in which an evaluation names them."""
    known = [name for name in MEASURES if name in metrics]
    return [
        {"measure": name, "value": metrics[name].value, "low 95 %": metrics[name].low, "high 95 %": metrics[name].high}
        for name in known
    ]
