"""The catalogues: every sentence by its stable id, in French and in English, read from the gettext files."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Formatter
from types import MappingProxyType

from babel import Locale
from babel.messages.pofile import read_po

from garant.exceptions import InvariantError, UnknownNameError
from garant.wording import formats
from garant.wording.formats import Quantity

LANGUAGES = ("fr", "en")
"""Languages in which every entry exists."""

DOMAIN = "garant"
"""Name of the gettext domain: ``locales/fr/LC_MESSAGES/garant.po``."""

WINDOWS_NOT_SAID = frozenset({"all", "last1"})
"""Windows that a label leaves out: all history, and the latest row, which the label itself names."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Translation of one id.

    Parameters
    ----------
    one : str
        The text, or its singular.
    many : str or None
        The plural of a text that counts something.
    """

    one: str
    many: str | None = None

    @property
    def forms(self) -> tuple[str, ...]:
        """The text, or singular and plural."""
        return (self.one,) if self.many is None else (self.one, self.many)

    @property
    def placeholders(self) -> frozenset[str]:
        """Names in braces, in any form."""
        return _placeholders(self.forms)


@lru_cache(maxsize=10_000)
def _placeholders(forms: tuple[str, ...]) -> frozenset[str]:
    """Names in braces; a text is parsed once, not for each of a portfolio's reasons."""
    return frozenset(name for form in forms for _, name, _, _ in Formatter().parse(form) if name)


@cache
def entries(language: str) -> Mapping[str, Entry]:
    """All entries of the language, by id; read once per process.

    Raises
    ------
    UnknownNameError
        When garant does not speak the language.
    """
    if language not in LANGUAGES:
        raise UnknownNameError("language", language, LANGUAGES, f"garant speaks {' and '.join(LANGUAGES)}.")
    with source(language).open("rb") as file:
        messages = read_po(file, locale=language, domain=DOMAIN, abort_invalid=True)
    found = {}
    for message in messages:
        ids, forms = _as_tuple(message.id), _as_tuple(message.string)
        if ids[0]:
            found[ids[0]] = Entry(*forms)
    return MappingProxyType(found)


def source(language: str) -> Traversable:
    """Return the gettext file of the language."""
    return files("garant.wording") / "locales" / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def _as_tuple(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """One text, or singular and plural: the library gives the first as a bare string."""
    return (text,) if isinstance(text, str) else tuple(text or ("",))


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything that is said to a client or a relationship manager, in one language.

    Parameters
    ----------
    language : str
        ``"fr"`` or ``"en"``.
    currency : str or None
        ISO 4217 code shown with amounts; None shows bare amounts.
    own : mapping of str to Entry
        Texts of the lender's own columns in this language, see `garant.wording.own_texts`; they replace none of
        garant's.

    Raises
    ------
    UnknownNameError
        When garant does not speak the language.

    Examples
    --------
    >>> Wording("en").value("share", 0.245)
    '24.5%'
    """

    language: str
    currency: str | None = None
    own: Mapping[str, Entry] = field(default_factory=dict[str, Entry], compare=False, repr=False)

    def __post_init__(self) -> None:
        entries(self.language)

    @property
    def locale(self) -> Locale:
        """Locale that numbers and dates are written in."""
        return formats.locale(self.language)

    def has(self, key: str) -> bool:
        """Whether the catalogue has an entry of that id."""
        return key in entries(self.language) or key in self.own

    def text(self, key: str, **values: str) -> str:
        """Text of an id with its placeholders filled.

        An entry with singular and plural takes the form of its `value`, else of its `n`, which must come from
        `value` or `number`: a `Quantity` knows what it counts.

        Parameters
        ----------
        key : str
            Stable id: ``reason.late_days_max.raises``.
        **values : str
            Texts of the placeholders, already formatted. Values without a placeholder are not used.

        Raises
        ------
        UnknownNameError
            When there is no such id.
        InvariantError
            When a placeholder has no value, or a plural no quantity.
        """
        entry = self._entry(key)
        if missing := entry.placeholders - values.keys():
            raise InvariantError(
                f"Text '{key}' ({self.language}): no value for {', '.join(sorted(missing))}; "
                f"given: {', '.join(sorted(values)) or 'nothing'}. Pass every placeholder of the entry."
            )
        return self._form(key, entry, values.get("value", values.get("n"))).format_map(values)

    def reason(self, stem: str, *, value: str, window: str = "", yardstick: str = "") -> str:
        """Whole sentence of a reason by the text stem of its feature.

        Parameters
        ----------
        stem : str
            Of ``reason.<stem>.raises``.
        value, window : str
            The fact, and the window in words; both as this catalogue gives them.
        yardstick : str
            Sentence that sets the fact beside others, see ``yardstick.*``; empty for none.
        """
        said = self.text(f"reason.{stem}.raises", value=value, window=window, yardstick=yardstick)
        return said if yardstick else said.replace("  ", " ")

    def label(self, stem: str, *, window: str = "all") -> str:
        """Label of a feature by its text stem, followed by its window unless that is one of `WINDOWS_NOT_SAID`."""
        label = self.text(f"feature.{stem}.label")
        if window in WINDOWS_NOT_SAID:
            return label
        return self.text("feature_with_window", label=label, window=self.window(window))

    def window(self, window: str) -> str:
        """Window in words, as it stands inside a sentence: "over the last 12 months"."""
        return self.text(f"window.{window}")

    def value(self, unit: str, value: float) -> str:
        """Value of a feature as a person reads it.

        Parameters
        ----------
        unit : str
            Unit of the feature (``garant.features.feature.Unit``) except category, whose levels `level` says.
        value : float
            The value, before any cast to float32.

        Raises
        ------
        InvariantError
            When the value is not a number (what is missing is said by the family's sentence) or the unit has no format.
        """
        if not math.isfinite(value):
            raise InvariantError(f"A value of unit '{unit}' is {value}: say what is missing by the family's sentence.")
        match unit:
            case "money":
                return self.money(value)
            case "times":
                return self.text("unit.times", value=formats.multiple(value, self.locale))
            case "flag":
                return self.text("unit.flag.yes" if value else "unit.flag.no")
            case _ if unit in formats.OF_UNIT:
                return formats.OF_UNIT[unit](value, self.locale)
            case _:
                raise InvariantError(f"Unit '{unit}' has no format; add one to garant.wording.formats.OF_UNIT.")

    def level(self, column: str, level: str) -> str:
        """Level of a raw categorical column in words; a level that garant does not know is quoted as it is."""
        key = f"level.{column}.{level}"
        return self.text(key) if self.has(key) else self.text("level_unknown", level=level)

    def number(self, value: float, *, decimals: int = 0, fixed: bool = False) -> Quantity:
        """Grouped number with at most (when `fixed`, exactly) `decimals` decimals; decides a plural."""
        return formats.number(value, self.locale, decimals=decimals, fixed=fixed)

    def percent(self, share: float, *, decimals: int = 1, fixed: bool = False) -> str:
        """Share between 0 and 1 as a percentage with at most (when `fixed`, exactly) `decimals` decimals."""
        return formats.percent(share, self.locale, decimals=decimals, fixed=fixed)

    def money(self, amount: float) -> str:
        """Amount without decimals, with the currency when one is known."""
        return formats.money(amount, self.locale, currency=self.currency)

    def date(self, when: date) -> str:
        """Date in words."""
        return formats.day(when, self.locale)

    def _entry(self, key: str) -> Entry:
        found = entries(self.language).get(key) or self.own.get(key)
        if found is None:
            hint = f"Add it to the catalogues {' and '.join(LANGUAGES)}."
            raise UnknownNameError("text id", key, entries(self.language), hint)
        return found

    def _form(self, key: str, entry: Entry, value: str | None) -> str:
        if entry.many is None:
            return entry.one
        if not isinstance(value, Quantity):
            raise InvariantError(f"Text '{key}' has singular and plural: pass what Wording.value or .number returns.")
        return entry.many if formats.is_plural(value.shown, self.locale) else entry.one
