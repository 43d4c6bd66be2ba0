"""What was decided, by whom and why; and that a program had a part in it."""

from collections.abc import Iterator

from garant.decisions.record import EventKind, State
from garant.models.cutoff import Outcome, ReferBand
from garant.policy.application import reasons_decide
from garant.reports.client_letter.kinds import papers_asked
from garant.reports.client_letter.letter import Listed, Part
from garant.reports.client_letter.writing import Writing

MOST_REASONS = 4
"""More reasons do not help a person to understand; rules come first among them."""


def outcome_part(writing: Writing) -> Part:
    """What counts, and who decided it."""
    if writing.outcome is None:
        contested = writing.decision.state is State.CONTESTED
        said = [writing.text("letter.outcome.review_open" if contested else "letter.outcome.open")]
    else:
        said = [writing.text(f"letter.outcome.{writing.outcome}"), _who(writing)]
    if writing.decision.superseded_by is not None:
        said.append(writing.text("letter.superseded"))
    return Part(name="outcome", heading=writing.text("letter.outcome.heading"), paragraphs=tuple(said))


def review_part(writing: Writing) -> Part:
    """What the person contested, who looked at it again, and what became of the decision."""
    events = writing.decision.events
    contested = next((each for each in reversed(events) if each.kind is EventKind.CONTESTED), None)
    said: list[str] = []
    if contested is not None:
        said.append(writing.text("letter.review.contested", date=writing.day(contested.at)))
        said.append(writing.quoted(contested.content.get("statement", "")))
    kept = "kept" if _outcome_before(writing) == writing.outcome else "changed"
    return Part(
        name="outcome",
        heading=writing.text("letter.review.heading"),
        paragraphs=(
            *said,
            _who(writing),
            writing.text(f"letter.review.{kept}"),
            writing.text(f"letter.outcome.{writing.outcome}"),
        ),
    )


def reasons_part(writing: Writing) -> Part | None:
    """Why: the ground of a person who decided otherwise than proposed, then the reasons of the record as they stand."""
    said: list[str] = []
    own: tuple[Listed, ...] = ()
    event = writing.deciding
    judgement = writing.judgement
    if event is not None and (event.kind is EventKind.REVIEWED or writing.outcome != judgement.outcome):
        ground = f"decision.ground.{event.content.get('ground', '')}"
        if writing.words.has(ground):
            said.append(writing.text("letter.reasons.ground", ground=writing.text(ground)))
        if event.content.get("comment"):
            said.append(writing.text("letter.reasons.comment", comment=writing.quoted(event.content["comment"])))
    if writing.outcome != "accept":
        own = tuple(reasons(writing))
        if own and said:
            said.append(writing.text("letter.reasons.found"))
        elif not own and not said:
            said.append(writing.text("explain.no_reason"))
    if not own and not said:
        return None
    return Part(
        name="reasons",
        heading=writing.text("explain.reasons"),
        paragraphs=tuple(said),
        items=own,
        is_numbered=True,
    )


def reasons(writing: Writing) -> Iterator[Listed]:
    """Rules that were hit, then the reasons of the record where the PD asked for the outcome by itself; four at most.

    Where an approval was proposed there are none: what a person refused all the same, that person has to explain.
    """
    judgement = writing.judgement
    if judgement.outcome is Outcome.ACCEPT:
        return
    rules = [Listed(text=writing.of(rule.texts)) for rule in judgement.rules]
    yield from rules[:MOST_REASONS]
    band = ReferBand(*judgement.refer_band)
    codes = [rule.code for rule in judgement.rules]
    if rules and not reasons_decide(judgement.pd, band, codes, judgement.outcome):
        return
    for reason in judgement.reasons[: max(0, MOST_REASONS - len(rules))]:
        notes = [writing.of(reason.notes)] if reason.notes else []
        if reason.kind:
            notes.append(writing.text(f"letter.kind.{reason.kind}"))
        yield Listed(text=writing.of(reason.texts), notes=tuple(notes))


def papers_part(writing: Writing) -> Part:
    """Which papers a person asks for before deciding, where they are sent, and until when."""
    event = papers_asked(writing.decision)
    content = {} if event is None else event.content
    ground = f"letter.papers.for.{content.get('ground', '')}"
    said = [writing.text("letter.papers.asked")]
    if writing.words.has(ground):
        said.append(writing.text("letter.papers.about", about=writing.text(ground)))
    if content.get("comment"):
        said.append(writing.quoted(content["comment"]))
    where, days = writing.stated("papers.send_to"), writing.stated("papers.within_days")
    return Part(
        name="papers",
        heading=writing.text("letter.papers.heading"),
        paragraphs=(
            *said,
            writing.text("letter.papers.send", where=where, days=days),
            writing.text("letter.papers.after"),
        ),
    )


def automated_part(writing: Writing, *, with_data: bool = False) -> Part:
    """That a program had a part, by the notice that applied; what it proposed is told only of what was decided."""
    use, logic, data, *_ = writing.notice.paragraphs
    said = [use]
    if writing.outcome is not None:
        part = "alone" if writing.decided_by == "system" else "proposed"
        proposed = writing.text(f"outcome.{writing.judgement.outcome}.name")
        said.append(writing.text(f"letter.automated.{part}", outcome=proposed))
    said += [logic, *([data] if with_data else [])]
    return Part(name="automated", heading=writing.text("letter.automated.heading"), paragraphs=tuple(said))


def _who(writing: Writing) -> str:
    event = writing.deciding
    if event is None:
        at = writing.day(writing.decision.at)
        return writing.text("letter.decided.system", date=at, basis=writing.decision.legal_basis or "")
    at, person = writing.day(event.at), str(event.content.get("person") or "")
    named = "named" if person else "unnamed"
    return writing.text(f"letter.decided.{writing.decided_by}.{named}", date=at, person=person)


def _outcome_before(writing: Writing) -> str:
    """What counted, or was proposed, before the last review."""
    before = [
        str(each.content["outcome"])
        for each in writing.decision.events
        if each.kind in {EventKind.CONFIRMED, EventKind.REVIEWED} and "outcome" in each.content
    ][:-1]
    return before[-1] if before else str(writing.judgement.outcome)
