"""What changed from one bundle to the next: inputs, data, cut-off, measures; from what both say of themselves."""

import math
from collections.abc import Callable

from garant.models.bundle.content import BundleContent
from garant.reports.figure import Cells
from garant.reports.section import Section, Table
from garant.reports.sections.cells import measured
from garant.wording.catalogue import Wording

MEASURED = ("auc", "gini", "ks", "brier", "slope", "cost", "accept", "refer", "refuse")

MOST_NAMES = 12
"""Inputs that are named; the rest is counted."""

Said = Callable[[BundleContent], str]


def changes_section(now: BundleContent, before: BundleContent | None, words: Wording) -> Section:
    """Section on the changes; a sentence where there is nothing to compare with."""
    heading = words.text("page.model.changes")
    if before is None:
        return Section(name="changes", heading=heading, paragraphs=(words.text("page.model.no_before"),))
    said = [words.text("page.model.compared")]
    names, old = ([each.name for each in content.features] for content in (now, before))
    for key, changed in (
        ("page.model.inputs_new", [name for name in names if name not in set(old)]),
        ("page.model.inputs_gone", [name for name in old if name not in set(names)]),
    ):
        if changed:
            more = " …" if len(changed) > MOST_NAMES else ""
            listed = ", ".join(changed[:MOST_NAMES]) + more
            said.append(words.text(key, n=words.number(len(changed)), names=listed))
    if sorted(names) == sorted(old):
        said.append(words.text("page.model.inputs_same"))
    table = Table(
        caption=words.text("page.model.beside"),
        columns=(words.text("report.column.measure"), words.text("page.model.before"), words.text("page.model.now")),
        rows=(*_terms(before, now, words), *_measures(before, now, words)),
    )
    return Section(name="changes", heading=heading, paragraphs=tuple(said), tables=(table,))


def _terms(before: BundleContent, now: BundleContent, words: Wording) -> list[Cells]:
    entries: tuple[tuple[str, Said], ...] = (
        ("page.model.applicants", lambda each: words.number(each.training.rows)),
        ("page.model.inputs", lambda each: words.number(len(each.features))),
        ("page.model.trees", lambda each: words.number(each.training.iteration)),
        ("page.model.costs", lambda each: str(each.costs)),
        ("report.column.cutoff", lambda each: words.percent(each.cutoff, decimals=2)),
        ("page.model.refer_band", lambda each: _band(each, words)),
    )
    return [(words.text(key), said(before), said(now)) for key, said in entries]


def _band(content: BundleContent, words: Wording) -> str:
    low, high = (words.percent(each, decimals=2) for each in (content.refer_band.lower, content.refer_band.upper))
    return words.text("page.model.range", low=low, high=high)


def _measures(before: BundleContent, now: BundleContent, words: Wording) -> list[Cells]:
    """Out-of-fold measures of both; each on its own sample."""
    return [
        (
            words.text(f"report.metric.{name}"),
            *(_shown(name, each, words) for each in (before, now)),
        )
        for name in MEASURED
    ]


def _shown(name: str, content: BundleContent, words: Wording) -> str:
    entry = content.metrics.out_of_fold.get(name)
    return measured(name, math.nan if entry is None or entry.value is None else entry.value, words)
