"""Whether a fact speaks against a person, beside accepted applicants, and how far: the yardstick of a sentence."""

import re
from enum import StrEnum
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from garant.features.feature import Feature, Unit
from garant.features.levels import category_column
from garant.models.bundle.groups import FeatureGroups


class Measure(StrEnum):
    """What a yardstick calls a number: this amount, this share, …; each has sentences of its own."""

    COUNT = "count"
    DIFFERENCE = "difference"
    MONEY = "money"
    SCORE = "score"
    SHARE = "share"
    TIME = "time"
    TIMES = "times"


_MEASURES = {
    Unit.COUNT: Measure.COUNT,
    Unit.DAYS: Measure.TIME,
    Unit.MONEY: Measure.MONEY,
    Unit.MONTHS: Measure.TIME,
    Unit.SHARE: Measure.SHARE,
    Unit.TIMES: Measure.TIMES,
    Unit.YEARS: Measure.TIME,
}

_DIFFERENCE = re.compile("_(change|spread|less_[0-9]|above_goods)$|^(bureau|previous)_early_days_mean$")
"""Text stems whose sentence states a difference, which may be negative."""

YARDSTICKS = (
    *(f"{side}.{how}.{measure}" for side in ("above", "below") for how in ("half", "rarely") for measure in Measure),
    "level.rare",
    "level.some",
    "most",
)
"""Ends of the ids of its sentences: ``yardstick.above.half.time``."""

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

    def is_against(self, value: float | str) -> bool:
        """Whether one value, which is not NULL, does; see `speaks_against`."""
        if isinstance(value, str):
            return value in self._adverse
        median, adverse = self._groups.accepted.median, self._groups.adverse
        if median is None or adverse == 0 or self._feature.is_category:
            return False
        return value > median if adverse > 0 else value < median

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
            return self._level_sentence(value)
        if self._median is None or shown == self._median:
            return ""
        if self._feature.unit is Unit.FLAG:
            return text("yardstick.most", value=self._median)
        side = "above" if groups.adverse > 0 else "below"
        measure = measure_of(self._feature)
        far, far_shown = self._far, self._far_shown
        is_rare = far is not None and (value - far) * groups.adverse > 0
        if is_rare and far_shown is not None and far_shown not in {shown, self._end}:
            return text(f"yardstick.{side}.rarely.{measure}", limit=far_shown)
        if self._median == self._end:
            return text("yardstick.most", value=self._median)
        return text(f"yardstick.{side}.half.{measure}", limit=self._median)

    def _level_sentence(self, level: str) -> str:
        accepted, refused = (spread.shares.get(level) for spread in (self._groups.accepted, self._groups.refused))
        if accepted is None or refused is None:
            return ""
        key = f"yardstick.level.{'some' if accepted else 'rare'}"
        percent = self._words.percent
        return self._words.text(key, share=percent(accepted, decimals=0), refused=percent(refused, decimals=0))

    @property
    def _far(self) -> float | None:
        return self._groups.accepted.high if self._groups.adverse > 0 else self._groups.accepted.low

    @cached_property
    def _adverse(self) -> frozenset[str]:
        return frozenset(self.adverse_levels)

    # Limits are the same for everybody: worded once, not for each of a million reasons.
    @cached_property
    def _median(self) -> str | None:
        return self._limit(self._groups.accepted.median)

    @cached_property
    def _far_shown(self) -> str | None:
        return self._limit(self._far)

    @cached_property
    def _end(self) -> str | None:
        """End of the scale on the good side: none, or all. Nobody can be better, so that "at most 0" would be odd."""
        if self._feature.own is not None or measure_of(self._feature) is Measure.DIFFERENCE:
            return None  # may be negative, or more than all
        if self._groups.adverse > 0:
            return self._limit(0.0)
        return self._limit(1.0) if self._feature.unit is Unit.SHARE else None

    def _limit(self, value: float | None) -> str | None:
        return None if value is None else shown_value(self._feature, value, self._words)


def measure_of(feature: Feature) -> Measure:
    """What a yardstick calls the values of a numeric `feature`."""
    if _DIFFERENCE.search(feature.text):
        return Measure.DIFFERENCE
    return _MEASURES.get(feature.unit, Measure.SCORE)


def shown_value(feature: Feature, value: float | str, words: FactWords) -> str:
    """Value of `feature`, which is not NULL, as the language of `words` writes it."""
    if isinstance(value, str):
        return words.level(category_column(feature), value)
    return words.value(feature.unit, value)
