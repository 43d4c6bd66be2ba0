"""What tuning tried, what it chose, and what that gained on applicants it never saw."""

import math

from garant.metrics.intervals import Interval
from garant.models.bundle.tuning import GainedAuc, TuningEntry
from garant.models.tuning.space import values_of
from garant.reports.section import Section, SectionMaker, Table
from garant.runs.findings.finding import Finding, Inquiry
from garant.runs.tuning import Tuning
from garant.wording.catalogue import Wording


def tuning(inquiry: Inquiry) -> Finding:
    """Nothing where the parameters are the default ones."""
    found = inquiry.model.tuning
    if found is None:
        return Finding()
    entry = tuning_entry(found)
    return Finding(bundle={"tuning": entry}, sections=(section_of(entry),), said=said(entry))


def tuning_entry(found: Tuning) -> TuningEntry:
    """Section of the bundle."""
    tried = found.tried
    return TuningEntry(
        study=found.study,
        trials=tried.trials,
        broken_off=tried.broken_off,
        seconds=round(tried.seconds, 1),
        default_value=tried.default_value,
        best_value=tried.best_value,
        chosen=values_of(tried.best),
        held_back_rows=found.gained.rows,
        gained_held_back=_gained(found.gained.held_back),
        gained_out_of_fold=_gained(found.gained.out_of_fold),
    )


def said(entry: TuningEntry) -> tuple[str, ...]:
    """What was found, in two lines."""
    tried = f"{entry.trials} sets of parameters to the end, {entry.broken_off} broken off"
    inner = f"{entry.default_value:.4f} with the default ones, {entry.best_value:.4f} with the best"
    held, whole = _shown(entry.gained_held_back), _shown(entry.gained_out_of_fold)
    seen = "tuning saw the other folds, so the measures above are a little too good"
    return (
        f"Tuned in {entry.seconds / 60:.1f} minutes, {tried}: AUC on inner folds {inner}.",
        f"Gained on the {entry.held_back_rows} applicants that tuning never saw: AUC {held}; on all {whole}; {seen}.",
    )


def section_of(entry: TuningEntry) -> SectionMaker:
    """Section of the validation report."""

    def make(wording: Wording) -> Section:
        numbers = {
            "trials": wording.number(entry.trials),
            "broken_off": wording.number(entry.broken_off),
            "minutes": wording.number(entry.seconds / 60, decimals=1),
            "default": _auc(entry.default_value, wording),
            "best": _auc(entry.best_value, wording),
            "rows": wording.number(entry.held_back_rows),
        }
        rows = [
            (wording.text(f"report.tuning.{name}"), *(_auc(value, wording) for value in (g.value, g.low, g.high)))
            for name, g in (("held_back", entry.gained_held_back), ("out_of_fold", entry.gained_out_of_fold))
        ]
        return Section(
            name="tuning",
            heading=wording.text("report.heading.tuning"),
            paragraphs=tuple(wording.text(f"report.tuning.{name}", **numbers) for name in ("how", "honest")),
            tables=(
                Table(
                    wording.text("report.tuning.caption"),
                    tuple(wording.text(f"report.column.{name}") for name in ("measure", "value", "low", "high")),
                    tuple(rows),
                ),
                Table(
                    wording.text("report.tuning.chosen"),
                    tuple(wording.text(f"report.column.{name}") for name in ("parameter", "value")),
                    tuple((name, _value(value, wording)) for name, value in entry.chosen.items()),
                ),
            ),
        )

    return make


def _gained(found: Interval) -> GainedAuc:
    known = [None if math.isnan(x) else x for x in (found.value, found.low, found.high)]
    return GainedAuc(value=known[0], low=known[1], high=known[2])


def _shown(gained: GainedAuc) -> str:
    if gained.value is None or gained.low is None or gained.high is None:
        return "cannot be told"
    return f"{gained.value:+.4f} ({gained.low:+.4f} to {gained.high:+.4f})"


def _auc(value: float | None, wording: Wording) -> str:
    return wording.text("report.none") if value is None else wording.number(value, decimals=4, fixed=True)


def _value(value: float | bool, wording: Wording) -> str:  # noqa: FBT001 - a value of a parameter, not a switch
    if isinstance(value, bool):
        return wording.text("unit.flag.yes" if value else "unit.flag.no")
    return wording.number(value, decimals=3)
