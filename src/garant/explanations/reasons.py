"""Reasons: what a reason family adds to the risk beyond what it adds to that of accepted applicants, in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from garant.explanations.accepted import Accepted
from garant.explanations.kinds import HISTORY_OF, History, Kind, kind_of
from garant.explanations.yardstick import FactWords, Yardstick, shown_value
from garant.features.feature import PROTECTED, Feature, Missing
from garant.models.bundle.groups import UNKNOWN

MAX_REASONS = 4
"""More reasons are unlikely to help the person (official commentary to Regulation B, 12 CFR 1002.9(b)(2))."""

FLOOR = 0.05
"""Log-odds that a family must add to be a reason: 5 % higher odds, some 1.4 points where 20 points double them."""

EVENTS = frozenset({"late_payments", "overdue_elsewhere", "refusals"})
"""Families of events that speak against a person: what does not apply to somebody there has never happened."""

OF_INCOME = "_to_income"
"""End of the text stems whose sentence states a share of the income."""

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]

Value = float | str | None
"""Value of a feature, before the float32 cast."""


class Words(FactWords, Protocol):
    """What reasons need of a language."""

    def window(self, window: str) -> str:
        """A window of time as the language says it."""
        ...

    def reason(self, stem: str, *, value: str, window: str = "", yardstick: str = "") -> str:
        """Sentence of a reason."""
        ...


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason that raises the risk.

    Parameters
    ----------
    code : str
        Reason code: the family in capitals.
    family : str
        Reason family.
    kind : Kind
        Whether the person can act, time changes it, or it can be corrected where it is wrong.
    feature : str or None
        Feature whose value, or whose absence, the sentence states; None where it speaks of the family.
    effect : float
        What the family adds to the margin beyond its mean among accepted applicants, in log-odds.
    text : str
        Sentence in the asked language.
    note : str
        How the person obtains and corrects an external score that the sentence speaks of; else empty.
    """

    code: str
    family: str
    kind: Kind
    feature: str | None
    effect: float
    text: str
    note: str = ""

    @property
    def said(self) -> str:
        """The sentence and the note."""
        return f"{self.text} {self.note}".rstrip()


class FoundReason(NamedTuple):
    """A reason before it is worded: places of its family and of the feature it states (-1: none), value, effect."""

    position: int
    fact: int
    value: Value
    effect: float


class ReasonWriter:
    """Finds and words the reasons of rows that were scored by one bundle.

    Parameters
    ----------
    features : sequence of Feature
        Inputs of the model, in the order of its columns.
    words : Words
        The language.
    accepted : Accepted
        What is typical of accepted applicants, see `Accepted.of`.
    period_declared : bool
        Whether the period of income and instalments is known; without it no sentence states a share of income.
    notes : mapping of str to str
        What stands beside a reason, by feature, see `garant.explanations.external_notes`.
    """

    def __init__(
        self,
        features: Sequence[Feature],
        words: Words,
        *,
        accepted: Accepted,
        period_declared: bool,
        notes: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._features, self._words, self._notes = tuple(features), words, notes
        groups = [accepted.features.get(feature.name, UNKNOWN) for feature in features]
        self._yardsticks = [Yardstick(feature, found, words) for feature, found in zip(features, groups, strict=True)]
        self._typical = np.array([found.contribution for found in groups])
        self._stateable = np.array([period_declared or not _states_income(feature) for feature in features])
        self._never = np.array([f.family in EVENTS and f.missing is Missing.NOT_APPLICABLE for f in features])
        self.families = tuple(sorted({feature.family for feature in features}))
        self._members = [
            np.array([i for i, feature in enumerate(features) if feature.family == family]) for family in self.families
        ]
        self._means = np.array([accepted.families.get(family, 0.0) for family in self.families])
        # A family with a protected attribute is never a reason, in no profile; its effect is still shown to experts.
        protected = {feature.family for feature in features if feature.legal in PROTECTED}
        self._sayable = np.array([family not in protected for family in self.families])
        self._sentence = lru_cache(maxsize=100_000)(self._worded)

    def by_family(self, contributions: Floats) -> Floats:
        """What each family adds to the margin beyond its mean among accepted applicants.

        Parameters
        ----------
        contributions : array of float64, shape (n, features + 1)
            As from `garant.explanations.contributions.contributions`.

        Returns
        -------
        array of float64, shape (n, families)
            Log-odds, columns in the order of ``families``. The sum of a row is its margin less `typical_margin` of the
            base value.
        """
        return self.sums(contributions) - self._means

    def sums(self, contributions: Floats) -> Floats:
        """Contributions summed by family, compared with nobody: with the base value they add up to the margin."""
        return np.column_stack([contributions[:, members].sum(axis=1) for members in self._members])

    def typical_margin(self, base_value: float) -> float:
        """Mean margin of accepted applicants, in log-odds."""
        return base_value + float(self._means.sum())

    def leading(self, contributions: Floats) -> list[list[str]]:
        """Features that weigh most in each row: of each family that may be said the strongest either way, in order."""
        beyond = contributions[:, :-1] - self._typical
        found: list[list[str]] = []
        for row, totals in zip(beyond, np.abs(self.by_family(contributions)), strict=True):
            order = [at for at in np.argsort(-totals, kind="stable") if self._sayable[at]]
            members = (self._members[at] for at in order)
            found.append([self._features[of[np.argmax(np.abs(row[of]))]].name for of in members])
        return found

    def first_families(self, contributions: Floats) -> list[str | None]:
        """Family of each row's first reason; None where nothing that may be said raises the risk."""
        totals = self._sayable_totals(contributions)
        first = np.argmax(totals, axis=1)
        return [
            self.families[position] if effect >= FLOOR else None
            for position, effect in zip(first, totals.max(axis=1), strict=True)
        ]

    def reasons(self, contributions: Floats, values: pa.RecordBatch | pa.Table) -> Iterator[tuple[Reason, ...]]:
        """At most four reasons per row, the strongest first, only those that add at least `FLOOR` to the risk.

        The fact of a sentence is that of the family's strongest member which speaks against the person beside accepted
        applicants, or is not known; where there is none, the sentence speaks of the family. The time since a late
        payment is no unknown fact of somebody who never was late. That a history is missing is said once, by the
        strongest family that says it: here, and with other lenders; the next family takes the place of the others.

        Parameters
        ----------
        contributions : array of float64, shape (n, features + 1)
            As from `garant.explanations.contributions.contributions`.
        values : RecordBatch or Table with n rows
            Matrix columns by feature name, before the float32 cast.
        """
        totals = self._sayable_totals(contributions)
        order = np.argsort(-totals, axis=1, kind="stable")
        columns = [values.column(feature.name) for feature in self._features]
        stated = self._stated(contributions, columns)
        for row, (places, facts) in enumerate(zip(order, stated, strict=True)):
            found = (
                FoundReason(at, fact, columns[fact][row].as_py() if fact >= 0 else None, float(totals[row, at]))
                for at, fact in zip(places.tolist(), facts[places].tolist(), strict=True)
            )
            yield tuple(self.worded(each) for each in self._said_once(found))

    def of_row(self, contributions: Floats, values: Sequence[Value]) -> tuple[FoundReason, ...]:
        """What `reasons` finds in one row, to be worded in any language; without Arrow, which a single row is slow in.

        Parameters
        ----------
        contributions : array of float64, shape (features + 1,)
            Of the row.
        values : sequence of float, str or None
            Its features, in the order of the model's inputs, before the float32 cast.
        """
        totals = self._sayable_totals(contributions[np.newaxis])[0]
        beyond = contributions[:-1] - self._typical
        places: list[int] = np.argsort(-totals, kind="stable").tolist()
        facts = ((at, self._stated_in(at, beyond, values)) for at in places)
        found = (FoundReason(at, fact, values[fact] if fact >= 0 else None, float(totals[at])) for at, fact in facts)
        return tuple(self._said_once(found))

    def worded(self, found: FoundReason) -> Reason:
        """What was found, in the language of this writer."""
        family = self.families[found.position]
        feature = self._features[found.fact] if found.fact >= 0 else None
        # The note of a score stands beside every sentence of its family: it is the family that is the reason.
        named = feature or self._features[self._members[found.position][0]]
        return Reason(
            code=family.upper(),
            family=family,
            kind=Kind.TIME if self._missing_history(found) else kind_of(family),
            feature=None if feature is None else feature.name,
            effect=found.effect,
            text=self._sentence(found.position, found.fact, found.value),
            note=self._notes.get(named.name, ""),
        )

    def _said_once(self, found: Iterable[FoundReason]) -> Iterator[FoundReason]:
        """Of what was found, the strongest first, the few that are said: a missing history once."""
        missing: set[History] = set()
        said = 0
        for each in found:
            if each.effect < FLOOR:
                return
            history = self._missing_history(each)
            if history in missing:
                continue
            if history is not None:
                missing.add(history)
            yield each
            said += 1
            if said == MAX_REASONS:
                return

    def _missing_history(self, found: FoundReason) -> History | None:
        """Whose history the sentence says to be missing; None where it says something else."""
        if found.fact < 0 or found.value is not None or self._features[found.fact].own is not None:
            return None
        return HISTORY_OF.get(self.families[found.position])

    def _sayable_totals(self, contributions: Floats) -> Floats:
        return np.where(self._sayable, self.by_family(contributions), -np.inf)

    def _stated(self, contributions: Floats, columns: Sequence[pa.Array | pa.ChunkedArray]) -> Positions:
        """Feature that each family's sentence states in each row, shape (n, families); -1 for none."""
        beyond = contributions[:, : len(columns)] - self._typical
        for number, column in enumerate(columns):
            against = self._yardsticks[number].speaks_against(column)
            unknown = np.asarray(pc.is_null(column).to_numpy(zero_copy_only=False), dtype=bool)
            sayable = (against & self._stateable[number]) | (unknown & ~self._never[number])
            beyond[~sayable, number] = -np.inf
        found = np.empty((len(beyond), len(self.families)), dtype=np.intp)
        for position, members in enumerate(self._members):
            among = beyond[:, members]
            best = np.argmax(among, axis=1)
            found[:, position] = np.where(among[np.arange(len(best)), best] > 0, members[best], -1)
        return found

    def _stated_in(self, position: int, beyond: Floats, values: Sequence[Value]) -> int:
        """Feature that the sentence of a family states in one row; -1 for none. The rule is that of `_stated`."""
        members = self._members[position]
        for member in members[np.argsort(-beyond[members], kind="stable")].tolist():
            if beyond[member] <= 0:
                break
            value = values[member]
            if not self._never[member] if value is None else self._is_sayable(member, value):
                return member
        return -1

    def _is_sayable(self, member: int, value: float | str) -> bool:
        return bool(self._stateable[member]) and self._yardsticks[member].is_against(value)

    def _worded(self, position: int, fact: int, value: float | str | None) -> str:
        if fact < 0:
            return self._words.text(f"family.{self.families[position]}.raises")
        feature = self._features[fact]
        if value is None:
            # The lender's own column may be the only member of its family, or stand in one that speaks of other facts.
            stem = f"family.{feature.family}" if feature.own is None else f"reason.{feature.text}"
            return self._words.text(f"{stem}.unknown")
        shown = shown_value(feature, value, self._words)
        return self._words.reason(
            feature.text,
            value=shown,
            window=self._words.window(str(feature.window)),
            yardstick=self._yardsticks[fact].sentence(value, shown),
        )


def _states_income(feature: Feature) -> bool:
    return feature.own is None and feature.text.endswith(OF_INCOME)
