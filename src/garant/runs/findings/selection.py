"""How the features were chosen, how stable the choice is, and what it costs."""

from collections.abc import Mapping

from garant.models.bundle.selection import ChosenFeature, LostAuc, SelectionEntry
from garant.models.selection.ranking import METHOD
from garant.reports.section import Section, Table
from garant.runs.champion import Chosen
from garant.runs.findings.finding import Finding, Inquiry
from garant.runs.words import words_of
from garant.wording.catalogue import Wording

NEAR_MISSES = 10
"""Features shown beside the used ones: those that folds chose most often and all rows did not."""


def selection(inquiry: Inquiry) -> Finding:
    """Nothing where the model uses all features."""
    chosen = inquiry.model.chosen
    if chosen is None:
        return Finding()
    entry = selection_entry(chosen)
    importance = inquiry.model.trained.importance

    def section(wording: Wording) -> Section:
        return _section(chosen, entry, importance, wording)

    return Finding(
        bundle={"selection": entry}, sections=(section,), said=(_said(entry, len(inquiry.model.learned_from.label)),)
    )


def selection_entry(chosen: Chosen) -> SelectionEntry:
    """Section of the bundle."""
    found, lost = chosen.selection, chosen.selection.lost_auc
    used = set(found.chosen)
    ever = sorted({number for columns in found.columns for number in columns})
    # Sorting is stable: of features chosen equally often the order is that of the matrix.
    ever.sort(key=lambda number: (-found.times_chosen(number), number not in used))
    return SelectionEntry(
        method=METHOD,
        asked=len(used),
        candidates=len(chosen.candidates),
        folds=len(found.of_folds),
        lost_auc=LostAuc(value=lost.value, low=lost.low, high=lost.high),
        features=tuple(
            ChosenFeature(name=chosen.candidates[n].name, folds=found.times_chosen(n), used=n in used) for n in ever
        ),
    )


def _stable(entry: SelectionEntry) -> int:
    return sum(feature.used and feature.folds == entry.folds for feature in entry.features)


def _said(entry: SelectionEntry, rows: int) -> str:
    lost = entry.lost_auc
    return (
        f"{entry.asked} of {entry.candidates} features, chosen anew in each fold; {_stable(entry)} of them in every "
        f"fold. All features: AUC {lost.value:+.4f} ({lost.low:+.4f} to {lost.high:+.4f}) on the same folds "
        f"of the {rows} applicants trained on."
    )


def _section(chosen: Chosen, entry: SelectionEntry, importance: Mapping[str, float], wording: Wording) -> Section:
    def signed(value: float) -> str:
        return wording.number(value, decimals=4, fixed=True)

    words = words_of(chosen.candidates, wording.language)
    by_name = {feature.name: feature for feature in chosen.candidates}
    used = [feature for feature in entry.features if feature.used]
    missed = [feature for feature in entry.features if not feature.used][:NEAR_MISSES]
    lost = entry.lost_auc
    return Section(
        name="selection",
        heading=wording.text("report.heading.selection"),
        paragraphs=(
            wording.text(
                "report.selection.how",
                n=wording.number(entry.asked),
                candidates=wording.number(entry.candidates),
                folds=wording.number(entry.folds),
            ),
            wording.text(
                "report.selection.price", value=signed(lost.value), low=signed(lost.low), high=signed(lost.high)
            ),
            wording.text(
                "report.selection.stability", n=wording.number(_stable(entry)), used=wording.number(entry.asked)
            ),
        ),
        tables=(
            Table(
                wording.text("report.selection.caption"),
                (
                    wording.text("report.column.feature"),
                    *(wording.text(f"report.selection.column.{name}") for name in ("folds", "used", "share")),
                ),
                tuple(
                    (
                        words.label(by_name[found.name].text, window=str(by_name[found.name].window)),
                        wording.number(found.folds),
                        wording.text("unit.flag.yes" if found.used else "unit.flag.no"),
                        wording.percent(importance[found.name], decimals=1, fixed=True)
                        if found.used
                        else wording.text("report.none"),
                    )
                    for found in [*used, *missed]
                ),
            ),
        ),
    )
