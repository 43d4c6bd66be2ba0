"""Databases of others that were consulted: which, when, with what result; and who made scores that were read."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from garant.policy.external_checks import FIELD as CHECKS
from garant.reports.client_letter.letter import Listed, Part
from garant.reports.client_letter.writing import Writing

_CREDITS = "bureau"
"""Table of credits with other lenders, which comes from a credit register."""


def databases_part(writing: Writing) -> Part | None:
    """Databases and their answers; None where none was consulted."""
    raw: Mapping[str, Any] = json.loads(writing.judgement.raw)
    items = (*_checks(raw, writing), *_credits(raw, writing), *(Listed(text=each) for each in writing.facts.scores))
    if not items:
        return None
    return Part(
        name="databases",
        heading=writing.text("letter.databases.heading"),
        items=items,
        after=(writing.text("letter.databases.right"),),
    )


def _checks(raw: Mapping[str, Any], writing: Writing) -> Iterator[Listed]:
    """External checks as they came with the application; the policy names the registers."""
    for code, said in raw.get(CHECKS, {}).items():
        rule = writing.facts.registers.get(code)
        if rule is None:
            name = writing.text("letter.database.unnamed", code=code)
        else:
            name = rule.name_fr if writing.language == "fr" else rule.name_en
        text = writing.text(
            "letter.database.check",
            name=name,
            date=writing.words.date(date.fromisoformat(said["date"])),
            result=writing.text(f"policy.check_result.{said['result']}"),
        )
        yield Listed(text=text[:1].upper() + text[1:])


def _credits(raw: Mapping[str, Any], writing: Writing) -> Iterator[Listed]:
    """What the credit register answered: so many credits, or none. A table that was left out was not consulted."""
    rows = raw.get(_CREDITS)
    if not isinstance(rows, list):
        return
    name = writing.stated("credit_register.name")
    key = "letter.database.credits" if rows else "letter.database.no_credit"
    text = writing.text(key, name=name, n=writing.words.number(len(rows)))
    contact = writing.text("letter.database.contact", contact=writing.stated("credit_register.contact"))
    yield Listed(text=text, notes=(contact,))
