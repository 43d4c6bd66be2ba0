"""How a page of explanations names features, their values and their effects."""

from collections.abc import Collection

from garant.explanations.value_bins import Bin
from garant.features.encode import OTHER, InputColumn
from garant.features.feature import Feature
from garant.features.levels import category_column
from garant.reports.effect_words import signed
from garant.wording.catalogue import Wording
from garant.wording.formats import readable

DECIMALS = 3
"""Of log-odds: a hundredth moves a PD of 9 % by less than 0.1 points."""


class FeatureWords:
    """Words for the features of one model.

    Parameters
    ----------
    features : collection of Feature
        Inputs of the model.
    columns : collection of InputColumn
        The same with the frozen levels of categories.
    wording : Wording
        The language; it must know the lender's own columns.
    """

    def __init__(self, features: Collection[Feature], columns: Collection[InputColumn], wording: Wording) -> None:
        self._features = {feature.name: feature for feature in features}
        self._levels = {column.name: column.levels or () for column in columns}
        self.wording = wording

    def label(self, name: str) -> str:
        """Feature `name` in words."""
        feature = self._features[name]
        return self.wording.label(feature.text, window=str(feature.window))

    def family(self, family: str) -> str:
        """Family in words."""
        return self.wording.text(f"family.{family}.label")

    def bin(self, name: str, values: Bin) -> str:
        """Values of a bin of feature `name`; nobody's extreme value is said."""
        text = self.wording.text
        if values.is_missing or values.code is not None or values.is_one_value:
            return self.short(name, values)
        low, high = (None if end is None else self._number(name, end) for end in (values.low, values.high))
        if low is None:
            return text("global.bin.up_to", high=high) if high is not None else self.short(name, values)
        if high is None:
            return text("global.bin.over", low=low)
        return text("global.bin.about", value=low) if low == high else text("global.bin.between", low=low, high=high)

    def short(self, name: str, values: Bin) -> str:
        """The same with few letters: a number is said by its median."""
        if values.is_missing:
            return self.wording.text("global.bin.missing")
        if values.code == OTHER:
            return self.wording.text("global.bin.others")
        if values.code is not None:
            return self.wording.level(category_column(self._features[name]), self._levels[name][values.code - 1])
        return self._number(name, values.middle or 0.0)

    def effect(self, effect: float) -> str:
        """Log-odds with their sign."""
        return signed(effect, self.wording, decimals=DECIMALS)

    def size(self, size: float) -> str:
        """Log-odds without direction."""
        return self.wording.number(size, decimals=DECIMALS, fixed=True)

    def _number(self, name: str, value: float) -> str:
        unit = str(self._features[name].unit)
        return self.wording.value(unit, readable(value, unit))


def chart_words(words: FeatureWords) -> dict[str, str]:
    """Words that all charts of effects share."""
    text = words.wording.text
    return {"x": text("global.contribution"), "raises": text("explain.raises"), "lowers": text("explain.lowers")}
