"""Letters about recorded decisions: the record, with what its definitions say of what was read."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from garant.decisions.record import Decision, Judgement, Language
from garant.explanations.external_notes import external_notes
from garant.features.catalogue import catalogue
from garant.features.external_entries import Scores, score_columns
from garant.features.feature import Feature
from garant.policy.external_checks import FIELD as CHECKS
from garant.policy.policy import Policy
from garant.reports.client_letter import Facts, Lender, Letter, LetterKind, write_letter
from garant.reports.client_letter.kinds import require_possible
from garant.reports.client_letter.writing import local_day
from garant.reports.section import Table
from garant.runs.deciding.answer import final_outcome
from garant.runs.deciding.decider import Decider
from garant.runs.subject_application import APPLICATION, application_facts, fact_rows, other_tables
from garant.wording.catalogue import Wording

_OF_OTHERS = ("EXT_SOURCE_", "AMT_REQ_CREDIT_BUREAU_")
"""Columns of the application begin so that others state: scores, and enquiries that a credit register counts."""

_REGISTER = "bureau"
"""Tables of a credit register begin so; all others are the lender's own."""


def letter_of(
    decision: Decision,
    judgement: Judgement,
    *,
    kind: LetterKind | None,
    language: Language,
    lender: Lender,
    policy: Policy,
    decider: Decider | None = None,
    on: date | None = None,
) -> Letter:
    """Letter about a decision.

    Parameters
    ----------
    decision, judgement
        The record.
    kind : LetterKind or None
        What it is for; the first that is possible when None.
    language : {"fr", "en"}
        Its language.
    lender : Lender
        Who writes.
    policy : Policy
        Names registers of external checks.
    decider : Decider or None
        What judges now: where it is what this decision was made with, an explanation says what would have changed.
    on : date or None
        Day that it is dated; today when None.

    Raises
    ------
    NoLetterError
        When the decision does not allow the kind.
    """
    outcome = final_outcome(decision)
    chosen = require_possible(kind, decision, outcome)
    if decider is not None and not made_with(decider, decision):
        decider = None
    words = Wording(language) if decider is None else decider.words(language)
    stated = None if decider is None else decider.content.external_scores
    facts = Facts(registers=dict(policy.external_checks), scores=_scores(judgement, stated, words))
    if chosen is LetterKind.EXPLANATION:
        changes = None if decider is None else _changes(decider, judgement, language)
        facts = replace(facts, inputs=_inputs(judgement, words), changes=changes)
    return write_letter(
        decision,
        judgement,
        kind=chosen,
        outcome=outcome,
        lender=lender,
        on=on or local_day(datetime.now(UTC)),
        facts=facts,
        words=words,
    )


def made_with(decider: Decider, decision: Decision) -> bool:
    """Whether a decision was made with what judges now: model, definitions and rules."""
    return (decider.digest, decider.policy.digest) == (decision.digests.bundle, decision.digests.policy)


def _changes(decider: Decider, judgement: Judgement, language: Language) -> tuple[str, ...] | None:
    """What would have changed the result, computed again from the records that were judged.

    None where nothing can be searched: an approval was proposed, or a table was unknown.
    """
    raw: dict[str, Any] = json.loads(judgement.raw)
    records = decider.reader.of_value({name: rows for name, rows in raw.items() if name != CHECKS})
    found = decider.changes(records, language=language)
    if found is None:
        return None
    return tuple(each.text for each in found.results) or (found.none,)


def _inputs(judgement: Judgement, words: Wording) -> tuple[Table, ...]:
    """What was read to decide, with its origin."""
    header = (words.text("subject.fact"), words.text("subject.value"))
    facts = application_facts(judgement)
    read = facts.get("read", {})
    by_origin = {
        "read": {name: value for name, value in read.items() if not name.startswith(_OF_OTHERS)},
        "others": {name: value for name, value in read.items() if name.startswith(_OF_OTHERS)},
        "own": facts.get("own", {}),
    }
    tables = [
        Table(caption=words.text(f"letter.inputs.{part}"), columns=header, rows=fact_rows(each, words), kind="words")
        for part, each in by_origin.items()
        if each
    ]
    rows = tuple(
        (
            words.text(f"dictionary.table.{name}"),
            words.number(n),
            words.text("letter.origin.bureau" if name.startswith(_REGISTER) else "letter.origin.own"),
        )
        for name, n in other_tables(judgement, words).items()
    )
    if rows:
        columns = (header[0], words.text("subject.tables.rows"), words.text("letter.inputs.origin"))
        tables.append(Table(caption=words.text("letter.inputs.tables"), columns=columns, rows=rows, kind="words"))
    return tuple(tables)


def _scores(judgement: Judgement, stated: Scores | None, words: Wording) -> tuple[str, ...]:
    """Who made the external scores that were known and read, each said once."""
    application: dict[str, Any] = json.loads(judgement.raw).get(APPLICATION, {})
    read = [
        each
        for each in _external()
        if each.name in judgement.contributions and application.get(score_columns(each)[0]) is not None
    ]
    notes = external_notes(read, stated, words).values()
    return tuple(words.text("letter.database.score", note=note) for note in dict.fromkeys(notes))


@cache
def _external() -> tuple[Feature, ...]:
    """Features that rest on one external score each; the lender's own say it beside the reason alone."""
    return tuple(each for each in catalogue() if len(score_columns(each)) == 1)
