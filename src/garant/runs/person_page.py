"""The page of `garant explain ID --html`: one applicant's proposal, reasons and effects; personal data."""

from datetime import date
from pathlib import Path

from garant.explanations.comparison import Comparison
from garant.reports.comparison_table import comparison_notes, comparison_table
from garant.reports.section import Section, Table
from garant.reports.sections_page import write_sections_page
from garant.reports.waterfall import waterfall_figure
from garant.runs.explanation import Explanation
from garant.wording.catalogue import Wording


def write_person_page(path: Path, found: Explanation, *, made_on: date) -> None:
    """Write the page to `path`, whole or not at all; nobody but the owner may read it."""
    wording = Wording(found.language)
    text = wording.text
    title = f"{text('explain.title', id=str(found.client))} – {text(f'outcome.{found.outcome}.proposed')}"
    sections = [
        _reasons(found, wording),
        _changes(found, wording),
        _beside_others(found.comparison, wording) if found.comparison is not None else None,
        _effects(found, wording),
    ]
    write_sections_page(
        path,
        title=title,
        facts=_facts(found, wording, made_on=made_on),
        sections=[section for section in sections if section is not None],
        wording=wording,
        private=True,
    )


def _facts(found: Explanation, wording: Wording, *, made_on: date) -> list[tuple[str, str]]:
    text, percent = wording.text, wording.percent
    facts = [(found.label, percent(found.pd)), (text("explain.cutoff"), percent(found.cutoff))]
    band = found.refer_band
    if band.lower < band.upper:
        ends = {"lower": percent(band.lower, decimals=2), "upper": percent(band.upper, decimals=2)}
        facts.append((text("explain.refer_band"), text("explain.refer_band_said", **ends)))
    return [
        *facts,
        (text("explain.points"), wording.number(found.points)),
        (text("compare.fact.made"), wording.date(made_on)),
    ]


def _reasons(found: Explanation, wording: Wording) -> Section:
    """Sentences, the rule outside the model first; what a reader must not miss before them."""
    said = [f"{reason.said} [{wording.text(f'kind.{reason.kind}')}]" for reason in found.reasons]
    # As on a terminal: rules are hit or not and have no order among the reasons, which are numbered by their weight.
    told = [*(f"• {rule.text}" for rule in found.rules), *(f"{n}. {reason}" for n, reason in enumerate(said, start=1))]
    alarms = [wording.text("notice.kaggle")] if found.profile == "kaggle" else []
    if found.fast:
        alarms.append(wording.text("model.limit.fast"))
    if found.stability is not None and found.is_main_reason_uncertain:
        kept, members = wording.number(found.stability.main_kept), wording.number(found.stability.members)
        alarms.append(wording.text("explain.unstable", n=kept, total=members))
    return Section(
        name="reasons",
        heading=wording.text("explain.reasons"),
        alarms=tuple(alarms),
        paragraphs=(*(told or [wording.text("explain.no_reason")]), wording.text("notice.proposal")),
    )


def _changes(found: Explanation, wording: Wording) -> Section | None:
    """What would have changed the result, where that was looked for."""
    changes = found.counterfactuals
    if changes is None:
        return None
    said = [changes.none] if changes.none else [result.text for result in changes.results]
    note = () if changes.none else (wording.text("counterfactual.note"),)
    return Section(name="changes", heading=wording.text("counterfactual.title"), paragraphs=(*said, *note))


def _beside_others(found: Comparison, wording: Wording) -> Section:
    """The person beside accepted, refused and similar applicants."""
    columns, rows = comparison_table(found, wording)
    return Section(
        name="comparison",
        heading=wording.text("compared.title"),
        paragraphs=comparison_notes(found, wording),
        tables=(Table(caption=wording.text("compared.caption"), columns=columns, rows=rows),),
    )


def _effects(found: Explanation, wording: Wording) -> Section:
    """The waterfall: from the mean of accepted applicants over families to the applicant's score."""
    effects = [(family.label, family.effect) for family in found.families]
    figure = waterfall_figure(
        "waterfall",
        wording,
        heading=wording.text("person.way.heading"),
        caption=wording.text("person.way.caption"),
        start=(wording.text("person.way.start"), found.typical_margin),
        effects=effects,
        end=wording.text("person.way.end"),
    )
    return Section(name="effects", heading=wording.text("explain.chart"), figures=(figure,))
