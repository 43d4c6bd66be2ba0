"""The fields of an application as they stand on the page: which belong together, which are seen at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from garant.dashboard.application_form import DATE, NONE, field_name
from garant.dashboard.application_words import hint_of, label_of, options_of
from garant.runs.deciding.asked_columns import AskedColumn
from garant.runs.deciding.decider import Decider
from garant.wording.catalogue import Wording

_GROUPS: Mapping[str, tuple[str, ...]] = {
    "request": (
        "SK_ID_CURR",
        "subject_ref",
        DATE,
        "NAME_CONTRACT_TYPE",
        "AMT_CREDIT",
        "AMT_ANNUITY",
        "AMT_GOODS_PRICE",
    ),
    "work": ("AMT_INCOME_TOTAL", "NAME_INCOME_TYPE", "DAYS_EMPLOYED", "OCCUPATION_TYPE", "ORGANIZATION_TYPE"),
    "home": ("NAME_HOUSING_TYPE", "FLAG_OWN_REALTY", "DAYS_REGISTRATION"),
    "external": (),
    "papers": (),
    "person": ("DAYS_BIRTH", "NAME_EDUCATION_TYPE", "FLAG_OWN_CAR", "OWN_CAR_AGE"),
    "own": (),
}
"""Group → its first columns in this order; `_group` says where all others stand."""

_BY_NAME = (
    (re.compile("FLAG_DOCUMENT_.*"), "papers"),
    (re.compile("EXT_SOURCE.*|AMT_REQ_CREDIT_BUREAU.*|.*SOCIAL_CIRCLE"), "external"),
    (re.compile("REGION.*|REG_.*|LIVE_.*|.*_(AVG|MODE|MEDI)"), "home"),
    (re.compile("WEEKDAY.*|HOUR.*|NAME_TYPE_SUITE"), "request"),
)

ORDER = ("request", "person", "work", "home", "external", "papers", "own")

_ALWAYS_SHOWN = frozenset({DATE, "subject_ref"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One field of a form.

    Parameters
    ----------
    name : str
        Its name; its id is made of it.
    label : str
        What is asked.
    hint : str
        Unit, period, form.
    options : sequence of (str, str)
        Values and texts to choose from; empty for a field to type into.
    required : bool
        Whether it cannot stay empty.
    is_open : bool
        Whether it is seen without opening anything.
    none : str
        Text of the tick that says that there is no such day; empty without one.
    value : str
        What was typed.
    has_none : bool
        Whether the tick is set.
    problems : sequence of str
        What is wrong.
    """

    name: str
    label: str
    hint: str = ""
    options: Sequence[tuple[str, str]] = ()
    required: bool = False
    is_open: bool = True
    none: str = ""
    value: str = ""
    has_none: bool = False
    problems: Sequence[str] = ()

    @property
    def id(self) -> str:
        """Id of the element."""
        return self.name.replace(".", "-")

    def filled(self, typed: Mapping[str, str], problems: Mapping[str, Sequence[str]]) -> "Control":
        """The same with what was typed and what is wrong."""
        return replace(
            self,
            value=typed.get(self.name, ""),
            has_none=f"{self.name}.{NONE}" in typed,
            problems=problems.get(self.name, ()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Fields that belong together.

    Parameters
    ----------
    name : str
        Last part of the id of its title.
    controls : sequence of Control
        Its fields.
    """

    name: str
    controls: Sequence[Control]

    def filled(self, typed: Mapping[str, str], problems: Mapping[str, Sequence[str]]) -> "Group":
        """The same with what was typed and what is wrong."""
        return replace(self, controls=[each.filled(typed, problems) for each in self.controls])

    @property
    def shown(self) -> Sequence[Control]:
        """Fields that are always seen."""
        return [each for each in self.controls if each.is_open]

    @property
    def folded(self) -> Sequence[Control]:
        """Optional fields."""
        return [each for each in self.controls if not each.is_open]

    @property
    def needs_look(self) -> bool:
        """Whether something is said or wrong among the optional fields."""
        return any(each.value or each.has_none or each.problems for each in self.folded)


def groups_of(decider: Decider, words: Wording) -> tuple[Group, ...]:
    """Fields of an application, without values."""
    found: dict[str, list[Control]] = {name: [] for name in ORDER}
    for each in in_order(decider):
        found[_group(each)].append(_control(each, decider, words))
    return tuple(Group(name=name, controls=controls) for name, controls in found.items() if controls)


def _group(each: AskedColumn) -> str:
    for group, columns in _GROUPS.items():
        if each.name in columns:
            return group
    if each.own is not None:
        return "own"
    found = next((group for pattern, group in _BY_NAME if pattern.fullmatch(each.name)), "person")
    # The person's known charges, whose name the lender gives, stand beside the income.
    return "work" if each.required else found


def in_order(decider: Decider) -> list[AskedColumn]:
    """Columns that are asked, as they follow each other on the page."""
    return sorted(decider.asked.asked, key=lambda each: (ORDER.index(_group(each)), _place(each)))


def _place(each: AskedColumn) -> tuple[bool, int]:
    listed = _GROUPS[_group(each)]
    return (each.name not in listed, listed.index(each.name) if each.name in listed else 0)


def _control(each: AskedColumn, decider: Decider, words: Wording) -> Control:
    return Control(
        name=field_name(each.name),
        label=label_of(each, words),
        hint=hint_of(each, decider.config.money, words),
        options=options_of(each, words),
        required=each.required or each.name == DATE,
        is_open=each.required or each.name in _ALWAYS_SHOWN or each.own is not None,
        none=words.text("page.apply.no_employment") if each.column.sentinel_flag else "",
    )
