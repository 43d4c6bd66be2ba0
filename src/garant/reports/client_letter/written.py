"""From a recorded decision to a letter: which parts each kind has, in which order."""

from collections.abc import Sequence
from datetime import date

from garant.decisions.record import Decision, Judgement
from garant.reports.client_letter.databases import databases_part
from garant.reports.client_letter.explained import changes_part, figures_part, inputs_part
from garant.reports.client_letter.kinds import LetterKind, possible_kinds, require_possible
from garant.reports.client_letter.lender import Lender
from garant.reports.client_letter.letter import Letter, Part
from garant.reports.client_letter.rights import contact_part, debt_advice_part, rights_part
from garant.reports.client_letter.why import automated_part, outcome_part, papers_part, reasons_part, review_part
from garant.reports.client_letter.writing import Facts, Writing
from garant.wording.catalogue import Wording


def write_letter(
    decision: Decision,
    judgement: Judgement,
    *,
    kind: LetterKind,
    outcome: str | None,
    lender: Lender,
    on: date,
    facts: Facts,
    words: Wording,
) -> Letter:
    """Letter about a decision.

    Parameters
    ----------
    decision, judgement
        The record; a person who was erased has no judgement and gets no letter.
    kind : LetterKind
        What it is for.
    outcome : str or None
        What counts: ``accept``, ``refuse``; None while nobody decided.
    lender : Lender
        Who writes.
    on : date
        Day that it is dated.
    facts : Facts
        What was made from the record.
    words : Wording
        Words of its language, with the lender's currency and columns where they are known.

    Raises
    ------
    NoLetterError
        When the decision does not allow the kind: a proposal allows none but that papers are missing.
    """
    require_possible(kind, decision, outcome)
    writing = Writing(
        decision=decision,
        judgement=judgement,
        # While papers are waited for nothing new counts.
        outcome=None if kind is LetterKind.PAPERS else outcome,
        lender=lender,
        facts=facts,
        words=words,
    )
    sender = (writing.stated("lender.name"), *_address(writing))
    parts = tuple(part for part in _PARTS[kind](writing) if part is not None)
    return Letter(
        kind=kind,
        possible=possible_kinds(decision, outcome),
        language=writing.language,
        decision=decision.id,
        on=on,
        title=writing.text(f"letter.title.{kind}"),
        sender=sender,
        place=writing.text("letter.to"),
        dated=writing.text("letter.dated", date=writing.words.date(on)),
        references=_references(writing),
        mark=None if lender.is_approved else writing.text("letter.mark"),
        parts=parts,
        page=writing.text("letter.page", page="{page}", pages="{pages}"),
        missing=tuple(writing.missing),
    )


def _address(writing: Writing) -> Sequence[str]:
    return writing.lender.lender.address or (writing.stated("lender.address"),)


def _references(writing: Writing) -> tuple[tuple[str, str], ...]:
    decision, judgement = writing.decision, writing.judgement
    found = [
        (writing.text("letter.reference.application"), str(judgement.client)),
        (writing.text("letter.reference.studied"), writing.day(decision.at)),
    ]
    if judgement.product is not None:
        product = writing.words.level("NAME_CONTRACT_TYPE", judgement.product)
        found.append((writing.text("letter.reference.product"), product))
    found.append((writing.text("letter.reference.decision"), decision.id))
    return tuple(found)


def _refusal(writing: Writing) -> Sequence[Part | None]:
    return (
        outcome_part(writing),
        reasons_part(writing),
        automated_part(writing),
        databases_part(writing),
        rights_part(writing),
        debt_advice_part(writing),
        contact_part(writing),
    )


def _papers(writing: Writing) -> Sequence[Part | None]:
    return (
        outcome_part(writing),
        papers_part(writing),
        automated_part(writing),
        databases_part(writing),
        rights_part(writing),
        contact_part(writing),
    )


def _review(writing: Writing) -> Sequence[Part | None]:
    is_refused = writing.outcome == "refuse"
    return (
        review_part(writing),
        reasons_part(writing),
        automated_part(writing),
        databases_part(writing) if is_refused else None,
        rights_part(writing, after_review=True),
        debt_advice_part(writing) if is_refused else None,
        contact_part(writing),
    )


def _explanation(writing: Writing) -> Sequence[Part | None]:
    is_reviewed = writing.decided_by == "review"
    return (
        outcome_part(writing),
        reasons_part(writing),
        figures_part(writing),
        changes_part(writing),
        automated_part(writing, with_data=True),
        inputs_part(writing),
        databases_part(writing),
        rights_part(writing, after_review=is_reviewed, explains=True),
        debt_advice_part(writing) if writing.outcome == "refuse" else None,
        contact_part(writing),
    )


_PARTS = {
    LetterKind.REFUSAL: _refusal,
    LetterKind.PAPERS: _papers,
    LetterKind.REVIEW: _review,
    LetterKind.EXPLANATION: _explanation,
}
