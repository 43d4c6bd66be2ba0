"""The form of a what-if: what was typed becomes named moves, and what is wrong stands at its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from garant.dashboard.typed_values import Fault, number
from garant.decisions.record import Language
from garant.exceptions import RecordsError
from garant.runs.deciding.move_offers import OfferedCorrection, OfferedMove, Offers
from garant.tables.columns import Kind

_POINTER = "/moves/"

_PROBLEMS: Mapping[Fault, str] = {Fault.AMBIGUOUS: "page.what_if.ambiguous"}


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
        if isinstance(amount, Fault):
            problems[each.name] = _PROBLEMS.get(amount, "page.what_if.not_a_number")
        else:
            moves.append(f"{each.name}={amount}")
            fields.append(each.name)
    if not typed:
        problems[""] = "page.what_if.nothing"
    return Read(WhatIfForm(offers, typed, problems), tuple(moves), tuple(fields))


def _amount(offered: OfferedMove | OfferedCorrection, text: str, language: Language) -> str | Fault:
    """What follows the name of a move, or why what was typed is no number where one is expected."""
    if isinstance(offered, OfferedMove):
        return "all" if offered.measure == "all" else _number(text, language)
    if offered.kind is Kind.CATEGORY:
        return text
    typed = _number(text, language)
    # Days are asked for as a length of time before the application, and held as days relative to it.
    return f"-{typed}" if offered.kind is Kind.DAYS and not isinstance(typed, Fault) and typed != "0" else typed


def _number(text: str, language: Language) -> str | Fault:
    """A number of zero or more, as machines write it."""
    found = number(text, language)
    if isinstance(found, Fault):
        return found
    return Fault.NUMBER if found < 0 else f"{found:f}"
