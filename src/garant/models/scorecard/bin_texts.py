"""Bins in words, French or English: what stands in the printed scorecard."""

from garant.features.feature import Feature, Unit
from garant.features.levels import category_column
from garant.models.scorecard.bins import Bins, CategoryBins, NumberBins
from garant.wording.catalogue import Wording


def bin_texts(feature: Feature, bins: Bins, words: Wording) -> tuple[str, ...]:
    """Text of each bin: the feature's label, then what the bin holds.

    Ends are said as they are compared: with the lower one, without the upper one ("from 1 year to under 5 years").
    NULL is said as the catalogue understands it.
    """
    label = words.label(feature.text, window=str(feature.window))
    said = _groups(feature, bins, words) if isinstance(bins, CategoryBins) else _ranges(feature, bins, words)
    said.append(words.text(f"scorecard.missing.{feature.missing.value}"))
    return tuple(words.text("scorecard.line", label=label, bin=text) for text in said)


def _groups(feature: Feature, bins: CategoryBins, words: Wording) -> list[str]:
    column = category_column(feature)
    groups = [", ".join(words.level(column, level) for level in group) for group in bins.groups]
    return [*groups, words.text("scorecard.other")]


def _ranges(feature: Feature, bins: NumberBins, words: Wording) -> list[str]:
    unit, edges = feature.unit.value, bins.edges
    if feature.unit is Unit.FLAG:
        return [words.value(unit, 0.0), words.value(unit, 1.0)]
    shown = [words.value(unit, edge) for edge in edges]
    counts = feature.unit is Unit.COUNT and bins.whole
    first = words.text("scorecard.below", high=shown[0])
    if counts and edges[0] == 1:
        first = words.value(unit, 0.0)
    between = [
        words.value(unit, low)
        if counts and high == low + 1
        else words.text("scorecard.between", low=low_shown, high=high_shown)
        for low, high, low_shown, high_shown in zip(edges, edges[1:], shown, shown[1:], strict=False)
    ]
    return [first, *between, words.text("scorecard.from", low=shown[-1])]
