"""The form of a what-if: what was typed becomes named moves, and what is wrong stands at its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from garant.decisions.record import Language
from garant.exceptions import RecordsError
from garant.runs.deciding.move_offers import OfferedCorrection, OfferedMove, Offers
from garant.tables.columns import Kind

_POINTER = "/moves/"


@dataclass(frozen=True, slots=True)
class WhatIfForm:
    """What may be changed, what was typed, and what is wrong with it.

    Parameters
    ----------
    offers : Offers
        Moves and corrections of this client.
    typed : mapping of str to str
        As it was typed, by move.
    problems : mapping of str to str
        Id of the text that stands at a field, by move; under ``""`` what is wrong with all of it.
    """

    offers: Offers
    typed: Mapping[str, str] = field(default_factory=dict[str, str])
    problems: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def is_correcting(self) -> bool:
        """Whether a correction was typed, so that the corrections are open."""
        return any(each.name in self.typed for each in self.offers.corrections)

    def value(self, name: str) -> str:
        """What was typed in a field."""
        return self.typed.get(name, "")

    def problem(self, name: str) -> str:
        """Id of what is wrong with a field; empty where nothing is."""
        return self.problems.get(name, "")


@dataclass(frozen=True, slots=True)
class Read:
    """A form that was read: the moves in the order of the form, each with the field it comes from."""

    form: WhatIfForm
    moves: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    def refused(self, error: RecordsError) -> WhatIfForm:
        """The form with what the service says about the moves at the fields they come from."""
        found = {self._field(each.pointer): "page.what_if.refused" for each in error.problems}
        return WhatIfForm(self.form.offers, self.form.typed, found)

    def _field(self, pointer: str) -> str:
        number = pointer.removeprefix(_POINTER)
        is_one = pointer.startswith(_POINTER) and number.isdecimal() and int(number) < len(self.fields)
        return self.fields[int(number)] if is_one else ""


def read_form(sent: Mapping[str, object], offers: Offers, language: Language) -> Read:
    """Moves of what was sent; fields that were left empty change nothing, and unknown fields are passed over."""
    typed: dict[str, str] = {}
    problems: dict[str, str] = {}
    moves: list[str] = []
    fields: list[str] = []
    known: Sequence[OfferedMove | OfferedCorrection] = (*offers.moves, *offers.corrections)
    for each in known:
        text = sent.get(each.name)
        if not isinstance(text, str) or not text.strip():
            continue
        typed[each.name] = text = text.strip()[:100]
        amount = _amount(each, text, language)
        if amount is None:
            problems[each.name] = "page.what_if.not_a_number"
        else:
            moves.append(f"{each.name}={amount}")
            fields.append(each.name)
    if not typed:
        problems[""] = "page.what_if.nothing"
    return Read(WhatIfForm(offers, typed, problems), tuple(moves), tuple(fields))


def _amount(offered: OfferedMove | OfferedCorrection, text: str, language: Language) -> str | None:
    """What follows the name of a move; None where a number is expected and none was typed."""
    if isinstance(offered, OfferedMove):
        return "all" if offered.measure == "all" else typed_number(text, language)
    if offered.kind is Kind.CATEGORY:
        return text
    number = typed_number(text, language)
    # Days are asked for as a length of time before the application, and held as days relative to it.
    return f"-{number}" if number is not None and offered.kind is Kind.DAYS and number != "0" else number


def typed_number(text: str, language: Language) -> str | None:
    """A number as people of the language type it, for a machine; None where it is none, or below zero."""
    bare = "".join(text.split())
    bare = bare.replace(",", ".") if language == "fr" else bare.replace(",", "")
    try:
        number = Decimal(bare)
    except InvalidOperation:
        return None
    return f"{number:f}" if number.is_finite() and number >= 0 else None
