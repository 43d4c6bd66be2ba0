"""Whether a fact speaks against a person, beside accepted applicants, and how far: the yardstick of a sentence."""

from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from garant.features.feature import Feature, Unit
from garant.features.levels import category_column
from garant.models.bundle.groups import FeatureGroups

YARDSTICKS = ("above.half", "above.rarely", "below.half", "below.rarely", "level.rare", "level.some", "most")
"""Ends of the ids of its sentences: ``yardstick.above.half``."""

Mask = npt.NDArray[np.bool_]


class FactWords(Protocol):
    """What facts need of a language."""

    def text(self, key: str, **values: str) -> str:
        """Sentence of stable id `key`."""
        ...

    def value(self, unit: str, value: float) -> str:
        """A number as the language writes it."""
        ...

    def level(self, column: str, level: str) -> str:
        """A category level as the language says it."""
        ...

    def percent(self, share: float, *, decimals: int = 1, fixed: bool = False) -> str:
        """A share as the language writes it."""
        ...


class Yardstick:
    """One feature beside accepted applicants.

    Parameters
    ----------
    feature : Feature
        What the values are of.
    groups : FeatureGroups
        Accepted and refused applicants.
    words : FactWords
        The language.
    """

    def __init__(self, feature: Feature, groups: FeatureGroups, words: FactWords) -> None:
        self._feature, self._groups, self._words = feature, groups, words

    def speaks_against(self, column: pa.Array | pa.ChunkedArray) -> Mask:
        """Rows in which the value lies on the adverse side of what is typical of accepted applicants.

        Of a number that is their median, itself not included, and the adverse side is that of the catalogue, or the one
        that training found. A level speaks against a person when it is rarer among the accepted than among the refused.
        Where either is not known, no value does.

        Parameters
        ----------
        column : Array or ChunkedArray with n rows
            The values, before the float32 cast.
        """
        if self._feature.is_category:
            levels = pa.array(self.adverse_levels, pa.string())
            found = pc.and_(pc.is_valid(column), pc.is_in(column, value_set=levels))
            return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)
        median = self._groups.accepted.median
        if self._groups.adverse == 0 or median is None:
            return np.zeros(len(column), dtype=bool)
        values = np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
        with np.errstate(invalid="ignore"):
            return values > median if self._groups.adverse > 0 else values < median

    @property
    def adverse_levels(self) -> list[str]:
        """Levels that are rarer among accepted than among refused applicants."""
        accepted, refused = self._groups.accepted.shares, self._groups.refused.shares
        return [level for level, share in accepted.items() if share < refused.get(level, 0.0)]

    def sentence(self, value: float | str, shown: str) -> str:
        """What sets a `value`, which speaks against the person and reads `shown`, beside accepted applicants.

        Empty where both would read the same.
        """
        text, groups = self._words.text, self._groups
        if isinstance(value, str):
            share = groups.accepted.shares.get(value)
            if share is None:
                return ""
            return text(f"yardstick.level.{'some' if share else 'rare'}", share=self._words.percent(share, decimals=0))
        if self._median is None or shown == self._median:
            return ""
        if self._feature.unit is Unit.FLAG:
            return text("yardstick.most", value=self._median)
        side = "above" if groups.adverse > 0 else "below"
        is_rare = self._far is not None and (value - self._far) * groups.adverse > 0
        if is_rare and self._far_shown is not None and shown != self._far_shown:
            return text(f"yardstick.{side}.rarely", limit=self._far_shown)
        return text(f"yardstick.{side}.half", limit=self._median)

    @property
    def _far(self) -> float | None:
        return self._groups.accepted.high if self._groups.adverse > 0 else self._groups.accepted.low

    # Limits are the same for everybody: worded once, not for each of a million reasons.
    @cached_property
    def _median(self) -> str | None:
        return self._limit(self._groups.accepted.median)

    @cached_property
    def _far_shown(self) -> str | None:
        return self._limit(self._far)

    def _limit(self, value: float | None) -> str | None:
        return None if value is None else shown_value(self._feature, value, self._words)


def shown_value(feature: Feature, value: float | str, words: FactWords) -> str:
    """Value of `feature`, which is not NULL, as the language of `words` writes it."""
    if isinstance(value, str):
        return words.level(category_column(feature), value)
    return words.value(feature.unit, value)
