"""What the person can do: a human assessment, with procedure and deadline, correction, complaint; and whom to ask."""

from collections.abc import Iterator

from garant.reports.client_letter.letter import Listed, Part
from garant.reports.client_letter.writing import Writing


def rights_part(writing: Writing, *, after_review: bool = False, explains: bool = False) -> Part:
    """Rights by the notice that applied, each with what the lender says of it.

    Parameters
    ----------
    writing : Writing
        The letter.
    after_review : bool
        Whether the human assessment has taken place.
    explains : bool
        Whether the letter is the explanation itself.
    """
    return Part(
        name="rights",
        heading=writing.text("letter.rights.heading"),
        items=tuple(_rights(writing, after_review=after_review, explains=explains)),
    )


def _rights(writing: Writing, *, after_review: bool, explains: bool) -> Iterator[Listed]:
    rights = writing.notice.rights
    if not after_review:
        procedure = writing.text("letter.rights.procedure", procedure=writing.stated("human_review.procedure"))
        deadlines = writing.text(
            "letter.rights.deadlines",
            ask=writing.stated("human_review.ask_within_days"),
            answer=writing.stated("human_review.answer_within_days"),
        )
        yield Listed(text=rights["human_review"], notes=(procedure, deadlines))
        yield Listed(text=rights["own_view"])
        yield Listed(text=rights["contest"])
    if not explains:
        yield Listed(text=rights["explanation"])
    contact = writing.text("letter.rights.data_protection", contact=writing.stated("data_protection.contact"))
    yield Listed(text=rights["rectification"], notes=(contact,))
    authority = writing.text(
        "letter.rights.authority", name=writing.stated("authority.name"), contact=writing.stated("authority.contact")
    )
    yield Listed(text=rights["complaint"], notes=(authority,))


def debt_advice_part(writing: Writing) -> Part:
    """Who advises people with debts."""
    return Part(
        name="debt-advice",
        heading=writing.text("letter.debt_advice.heading"),
        paragraphs=(writing.text("letter.debt_advice.text", contact=writing.stated("debt_advice.contact")),),
    )


def contact_part(writing: Writing) -> Part:
    """Whom to turn to."""
    return Part(
        name="contact",
        heading=writing.text("letter.contact.heading"),
        paragraphs=(
            writing.text("letter.contact.lender", contact=writing.stated("lender.contact")),
            writing.text("letter.contact.data", contact=writing.stated("data_protection.contact")),
        ),
    )
