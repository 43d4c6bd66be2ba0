"""Reasons: contributions summed by reason family, worded with the person's own value."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from garant.features.feature import PROTECTED, Feature
from garant.features.levels import category_column

MAX_REASONS = 4
"""More reasons are unlikely to help the person (official commentary to Regulation B, 12 CFR 1002.9(b)(2))."""

OF_INCOME = "_to_income"
"""End of the text stems whose sentence states a share of the income."""

Floats = npt.NDArray[np.float64]


class Words(Protocol):
    """What reasons need of a language."""

    def text(self, key: str, **values: str) -> str:
        """Sentence of stable id `key`."""
        ...

    def window(self, window: str) -> str:
        """A window of time as the language says it."""
        ...

    def value(self, unit: str, value: float) -> str:
        """A number as the language writes it."""
        ...

    def level(self, column: str, level: str) -> str:
        """A category level as the language says it."""
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
    feature : str
        Feature of the family that raises the risk most; its value is the fact in the sentence.
    effect : float
        What the family adds to the margin, in log-odds.
    text : str
        Sentence in the asked language.
    note : str
        How the person obtains and corrects an external score that the sentence speaks of; else empty.
    """

    code: str
    family: str
    feature: str
    effect: float
    text: str
    note: str = ""

    @property
    def said(self) -> str:
        """The sentence and the note."""
        return f"{self.text} {self.note}".rstrip()


class ReasonWriter:
    """Finds and words the reasons of rows that were scored by one bundle.

    Parameters
    ----------
    features : sequence of Feature
        Inputs of the model, in the order of its columns.
    words : Words
        The language.
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
        period_declared: bool,
        notes: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._features, self._words, self._period_declared = tuple(features), words, period_declared
        self._notes = notes
        self.families = tuple(sorted({feature.family for feature in features}))
        self._members = [
            np.array([i for i, feature in enumerate(features) if feature.family == family]) for family in self.families
        ]
        # A family with a protected attribute is never a reason, in no profile; its effect is still shown to experts.
        protected = {feature.family for feature in features if feature.legal in PROTECTED}
        self._sayable = np.array([family not in protected for family in self.families])
        self._sentence = lru_cache(maxsize=100_000)(self._worded)

    def by_family(self, contributions: Floats) -> Floats:
        """Contributions summed by family, shape (n, families), columns in the order of ``families``."""
        return np.column_stack([contributions[:, members].sum(axis=1) for members in self._members])

    def first_families(self, contributions: Floats) -> list[str | None]:
        """Family of each row's first reason; None where nothing that may be said raises the risk."""
        totals = self._sayable_totals(contributions)
        first = np.argmax(totals, axis=1)
        return [
            self.families[position] if effect > 0 else None
            for position, effect in zip(first, totals.max(axis=1), strict=True)
        ]

    def reasons(self, contributions: Floats, values: pa.RecordBatch | pa.Table) -> Iterator[tuple[Reason, ...]]:
        """At most four reasons per row, the strongest first, only those that raise the risk.

        Parameters
        ----------
        contributions : array of float64, shape (n, features + 1)
            As from `garant.explanations.contributions.contributions`.
        values : RecordBatch or Table with n rows
            Matrix columns by feature name, before the float32 cast.
        """
        totals = self._sayable_totals(contributions)
        order = np.argsort(-totals, axis=1, kind="stable")[:, :MAX_REASONS]
        columns = [values.column(feature.name) for feature in self._features]
        for row in range(len(totals)):
            found: list[Reason] = []
            for position in order[row]:
                effect = float(totals[row, position])
                if effect <= 0:
                    break
                members = self._members[position]
                leading = int(members[np.argmax(contributions[row, members])])
                family, feature = self.families[position], self._features[leading]
                text = self._sentence(leading, columns[leading][row].as_py())
                note = self._notes.get(feature.name, "")
                found.append(Reason(family.upper(), family, feature.name, effect, text, note))
            yield tuple(found)

    def _sayable_totals(self, contributions: Floats) -> Floats:
        return np.where(self._sayable, self.by_family(contributions), -np.inf)

    def _worded(self, position: int, value: float | str | None) -> str:
        feature = self._features[position]
        if value is None:
            # The lender's own column may be the only member of its family, or stand in one that speaks of other facts.
            stem = f"family.{feature.family}" if feature.own is None else f"reason.{feature.text}"
            return self._words.text(f"{stem}.unknown")
        if feature.own is None and feature.text.endswith(OF_INCOME) and not self._period_declared:
            return self._words.text(f"family.{feature.family}.raises")
        window = self._words.window(str(feature.window))
        return self._words.text(f"reason.{feature.text}.raises", value=self.shown(feature, value), window=window)

    def shown(self, feature: Feature, value: float | str) -> str:
        """Value of `feature` as the language writes it."""
        return shown_value(feature, value, self._words)


def shown_value(feature: Feature, value: float | str, words: Words) -> str:
    """Value of `feature`, which is not NULL, as the language of `words` writes it."""
    if isinstance(value, str):
        return words.level(category_column(feature), value)
    return words.value(feature.unit, value)
