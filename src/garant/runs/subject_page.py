"""The page of a person's own records: every decision in plain words, what was judged, who looked.

No log-odds, no name of a feature, and nobody of the lender by name: who works there is not what is asked about.
"""

from collections.abc import Mapping
from datetime import UTC, date
from typing import Any

from garant.decisions.export import SubjectExport
from garant.decisions.record import Decision, Event, EventKind, Judgement, Language, Said
from garant.reports.page import render_page
from garant.reports.section import Section, Table
from garant.reports.sections_page import TEMPLATE
from garant.runs.deciding.answer import final_outcome
from garant.runs.subject_application import application_tables
from garant.wording.catalogue import Wording

_TAIL = 8
"""Shown of an id in a heading: its end, because ids made in one minute begin alike."""


_Application = tuple[bytes, frozenset[str]]
"""What was sent, and the features that the model read: by these the facts of two decisions are shown alike."""


def subject_page(found: SubjectExport, *, language: Language, made_on: date, file: str) -> str:
    """HTML of the page.

    Parameters
    ----------
    found : SubjectExport
        Everything that is stored about the person.
    language : {"fr", "en"}
        Language of the page.
    made_on : date
        Day on which it is made.
    file : str
        Name of the file beside it that holds every row.
    """
    words = Wording(language)
    first: dict[_Application, Decision] = {}
    sections = [_decision(number, each, first, words) for number, each in enumerate(found.decisions, start=1)]
    intro = [words.text("subject.intro", file=file)]
    if not found.decisions:
        intro.append(words.text("subject.none"))
    title = words.text("subject.title", subject=found.subject)
    return render_page(
        TEMPLATE,
        words,
        title=title,
        facts=[
            (words.text("subject.facts.decisions"), words.number(len(found.decisions))),
            (words.text("compare.fact.made"), words.date(made_on)),
        ],
        sections=[
            Section(name="intro", heading=words.text("subject.reading"), paragraphs=tuple(intro)),
            *sections,
            _accesses(found, words),
        ],
    )


def _decision(number: int, decision: Decision, first: dict[_Application, Decision], words: Wording) -> Section:
    """One decision; `first` remembers with which one the same facts are shown already."""
    said = [words.text(f"decision.mode.{decision.mode}", basis=decision.legal_basis or "")]
    judgement = decision.judgement
    if decision.supersedes is not None:
        said.append(words.text("subject.supersedes"))
    if decision.superseded_by is not None:
        said.append(words.text("subject.superseded"))
    tables: tuple[Table, ...] = ()
    if judgement is not None:
        said.append(words.text("subject.system", outcome=words.text(f"outcome.{judgement.outcome}.name")))
        said += _why(judgement, words)
        if judgement.challenger_pd is not None:
            said.append(words.text("subject.second_model", pd=words.percent(judgement.challenger_pd)))
        tables = (_figures(judgement, words),)
        shown = first.setdefault((judgement.raw, frozenset(judgement.contributions)), decision)
        if shown is decision:
            tables += application_tables(judgement, words)
        else:
            said.append(words.text("subject.same_facts", decision=_name(shown, words)))
    said += [_event(event, words) for event in decision.events]
    final = final_outcome(decision)
    if final is None:
        said.append(words.text("subject.open"))
    else:
        separator = words.text("explain.separator")
        said.append(f"{words.text('decision.final')}{separator} {words.text(f'outcome.{final}.name')}.")
    return Section(
        name=f"decision-{number}",
        heading=_name(decision, words),
        paragraphs=tuple(said),
        tables=tables,
    )


def _name(decision: Decision, words: Wording) -> str:
    """Day, time and the end of the id, so that two decisions of one day are told apart."""
    at = decision.at.astimezone(UTC)
    return words.text(
        "subject.decision",
        date=words.date(at.date()),
        time=f"{at:%H:%M}",
        id=f"\N{HORIZONTAL ELLIPSIS}{decision.id[-_TAIL:]}",
    )


def _why(judgement: Judgement, words: Wording) -> list[str]:
    """Rules, then reasons, each with what the person can do about it."""
    said = [_text(rule, words) for rule in judgement.rules]
    for reason in judgement.reasons:
        kind = f" ({words.text(f'kind.{reason.kind}')})" if reason.kind else ""
        note = f" {_in(reason.notes, words)}" if reason.notes else ""
        said.append(f"{_text(reason, words)}{kind}{note}")
    if not said and judgement.pd is not None:
        return [words.text("explain.no_reason")]
    return [f"{number}. {sentence}" for number, sentence in enumerate(said, start=1)]


def _figures(judgement: Judgement, words: Wording) -> Table:
    facts: list[tuple[str, str]] = []
    if judgement.product is not None:
        facts.append((words.text("subject.product"), words.level("NAME_CONTRACT_TYPE", judgement.product)))
    if judgement.pd is not None:
        facts.append((words.text("subject.pd"), words.percent(judgement.pd, decimals=2)))
    lower, upper = judgement.refer_band
    # With a band the cut-off decides nothing: approval ends where the band begins.
    ends = lower if lower < upper else judgement.cutoff
    facts.append((words.text("subject.cutoff"), words.percent(ends, decimals=2)))
    if lower < upper:
        band = {"lower": words.percent(lower, decimals=2), "upper": words.percent(upper, decimals=2)}
        facts.append((words.text("subject.band"), words.text("subject.band_said", **band)))
    if judgement.points is not None:
        facts.append((words.text("explain.points"), words.number(judgement.points)))
    return Table(
        caption=words.text("subject.facts.caption"),
        columns=(words.text("subject.fact"), words.text("subject.value")),
        rows=tuple(facts),
    )


_SAID: Mapping[EventKind, str] = {
    EventKind.CONFIRMED: "subject.confirmed",
    EventKind.CONTESTED: "subject.contested",
    EventKind.VIEWED: "subject.viewed",
    EventKind.PAPERS_ASKED: "subject.papers_asked",
    EventKind.FIRST_REVIEWED: "subject.first_reviewed",
    EventKind.REVIEWED: "subject.reviewed",
    EventKind.CORRECTED: "subject.corrected",
}


def _event(event: Event, words: Wording) -> str:
    content = event.content
    return words.text(
        _SAID[event.kind],
        date=words.date(event.at.date()),
        outcome=_outcome(content, words) if "outcome" in content else "",
        statement=str(content.get("statement", "")),
        comment=str(content.get("comment", "")),
    )


def _outcome(content: Mapping[str, Any], words: Wording) -> str:
    return words.text(f"outcome.{content['outcome']}.name")


def _accesses(found: SubjectExport, words: Wording) -> Section:
    heading = words.text("subject.accesses.heading")
    if not found.accesses:
        return Section(name="accesses", heading=heading, paragraphs=(words.text("subject.accesses.none"),))
    columns = ("day", "role", "what", "times")
    rows = tuple(
        (words.date(date.fromisoformat(day)), _role(role, words), _what(what, words), words.number(times))
        for (day, role, what), times in sorted(found.accesses.items())
    )
    table = Table(
        caption=words.text("subject.accesses.caption"),
        columns=tuple(words.text(f"subject.accesses.column.{name}") for name in columns),
        rows=rows,
        kind="words",
    )
    return Section(name="accesses", heading=heading, tables=(table,))


def _role(role: str, words: Wording) -> str:
    return words.text(f"subject.role.{role}")


def _what(what: str, words: Wording) -> str:
    key = f"subject.accesses.what.{what}"
    return words.text(key if words.has(key) else "subject.accesses.other")


def _text(said: Said, words: Wording) -> str:
    return _in(said.texts, words)


def _in(texts: Mapping[Language, str], words: Wording) -> str:
    return texts["fr" if words.language == "fr" else "en"]
