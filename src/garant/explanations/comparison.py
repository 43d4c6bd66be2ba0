"""A person beside accepted, refused and similar applicants of the training: only what the bundle keeps of groups.

No row of another person is read: a bundle holds medians and the middle 80 % of each group, rounded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from garant.explanations.yardstick import FactWords, shown_value
from garant.features.feature import PROTECTED, Feature
from garant.models.bundle.cells import Cell
from garant.models.bundle.groups import NOBODY, UNKNOWN, FeatureGroups, Spread


class ComparisonWords(FactWords, Protocol):
    """What a comparison needs of a language."""

    def label(self, stem: str, *, window: str = "all") -> str:
        """Label of a feature."""
        ...


@dataclass(frozen=True, slots=True)
class GroupValues:
    """Values of a fact in one group, as the language writes them.

    Parameters
    ----------
    rows : int
        Applicants of the group with a value.
    median, low, high : str or None
        Of a number; None where too few applicants stand behind it.
    share : float or None
        Of a category: the part of them, 0 to 1, that has the person's level.
    """

    rows: int
    median: str | None = None
    low: str | None = None
    high: str | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class ComparedFact:
    """One fact of the person beside the groups; `value` is None where it is not known."""

    feature: str
    label: str
    value: str | None
    accepted: GroupValues
    refused: GroupValues
    similar: GroupValues


@dataclass(frozen=True, slots=True)
class Comparison:
    """A person beside groups.

    Parameters
    ----------
    alike_in : tuple of str
        Labels of the facts that similar applicants are alike in; empty where the training was too small for cells.
    similar : int
        Applicants of the person's cell in the training.
    facts : tuple of ComparedFact
        What is compared, in the order asked for.
    """

    alike_in: tuple[str, ...]
    similar: int
    facts: tuple[ComparedFact, ...]


Values = Mapping[str, float | str | None]
"""The person's features by name, before the float32 cast."""


def compare(
    shown: Sequence[Feature],
    values: Values,
    *,
    features: Mapping[str, Feature],
    groups: Mapping[str, FeatureGroups],
    cell: Cell | None,
    similar: Mapping[str, Spread],
    words: ComparisonWords,
) -> Comparison:
    """Set the facts `shown` of a person beside the groups of the training.

    Parameters
    ----------
    shown : sequence of Feature
        Facts to compare; those of protected attributes are left out.
    values : mapping
        Values of the inputs of the model.
    features : mapping of str to Feature
        Inputs of the model by name.
    groups : mapping of str to FeatureGroups
        By feature, see `garant.models.bundle.groups.read_groups`.
    cell : Cell or None
        That of the person; None where the training was too small for cells.
    similar : mapping of str to Spread
        Values of those in the cell, see `garant.models.bundle.groups.read_similar`.
    words : ComparisonWords
        The language.
    """
    alike = () if cell is None else dict.fromkeys(bound.feature for bound in cell.bounds)
    return Comparison(
        alike_in=tuple(_label(features[name], words) for name in alike),
        similar=0 if cell is None else cell.rows,
        facts=tuple(
            ComparedFact(
                feature=fact.name,
                label=_label(fact, words),
                value=None if (value := values[fact.name]) is None else shown_value(fact, value, words),
                accepted=_values(fact, value, (beside := groups.get(fact.name, UNKNOWN)).accepted, words),
                refused=_values(fact, value, beside.refused, words),
                similar=_values(fact, value, similar.get(fact.name, NOBODY), words),
            )
            for fact in shown
            if fact.legal not in PROTECTED
        ),
    )


def _values(feature: Feature, value: float | str | None, spread: Spread, words: FactWords) -> GroupValues:
    if feature.is_category:
        return GroupValues(spread.rows, share=spread.shares.get(value) if isinstance(value, str) else None)
    median, low, high = (
        None if limit is None else shown_value(feature, limit, words)
        for limit in (spread.median, spread.low, spread.high)
    )
    return GroupValues(spread.rows, median, low, high)


def _label(feature: Feature, words: ComparisonWords) -> str:
    return words.label(feature.text, window=str(feature.window))
