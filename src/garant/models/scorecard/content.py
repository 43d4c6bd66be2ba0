"""Content of ``challenger.json``: the scorecard as it is printed and as it is scored, readable without garant."""

from functools import cached_property
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from garant.exceptions import GarantError
from garant.models.bundle.content import PointsScale
from garant.models.bundle.part import Part
from garant.models.calibrator import Calibrator
from garant.models.scorecard.bins import BinKind, Bins, CategoryBins, NumberBins
from garant.models.scorecard.card import BinnedFeature, Card, CardFeature
from garant.models.scorecard.points import exact_points, largest_rounding, whole_points
from garant.models.scorecard.woe import MIN_ROWS

_RANGE, _LEVELS = BinKind.RANGE.value, BinKind.LEVELS.value


class CardBin(Part):
    """One line of the scorecard.

    Parameters
    ----------
    kind : str
        ``range`` (from `lower` on, below `upper`, compared as float32), ``levels``, ``other`` (any other level),
        ``missing`` (NULL).
    lower, upper : float or None
        Ends of a range; None at the outer ends.
    levels : tuple of str or None
        Levels of the bin.
    woe : float
        Weight of evidence, above 0 = safer than the sample.
    points : int
        Points, higher = safer.
    share, bad_rate : float or None
        Share of the training sample and its bad rate; None for fewer than 20 applicants.
    text_fr, text_en : str
        The bin in words.
    """

    kind: Literal["range", "levels", "other", "missing"]
    lower: float | None = None
    upper: float | None = None
    levels: tuple[str, ...] | None = None
    woe: float
    points: int
    share: float | None
    bad_rate: float | None
    text_fr: str
    text_en: str

    def text(self, language: Literal["fr", "en"]) -> str:
        """The bin in words."""
        return self.text_fr if language == "fr" else self.text_en


class CardEntry(Part):
    """A feature of the scorecard.

    Parameters
    ----------
    name : str
        Name of the feature.
    levels : tuple of str or None
        Frozen levels of a category, in the order of their codes 1, 2, …; None for a number.
    whole : bool
        Whether a number takes whole values only.
    weight : float
        Log-odds per unit of evidence.
    information_value : float
        How well the bins part good from bad payers in the training sample.
    bins : tuple of CardBin
        Ranges from low to high or groups of levels, then other levels, then NULL.
    """

    name: str
    levels: tuple[str, ...] | None = None
    whole: bool = False
    weight: float = Field(gt=0)
    information_value: float
    bins: tuple[CardBin, ...]

    @property
    def partition(self) -> Bins:
        """The bins as what finds the bin of a value."""
        if self.levels is not None:
            groups = (line.levels or () for line in self.bins if line.kind == _LEVELS)
            return CategoryBins(tuple(groups), self.levels)
        lower = (line.lower for line in self.bins[1:] if line.kind == _RANGE)
        return NumberBins(tuple(edge for edge in lower if edge is not None), self.whole)

    @model_validator(mode="after")
    def _bins_are_a_partition(self) -> Self:
        try:
            partition = self.partition
        except GarantError as error:
            raise ValueError(f"{self.name}: {error}") from error
        if tuple(line.kind for line in self.bins) != tuple(kind.value for kind in partition.kinds):
            raise ValueError(f"{self.name}: its bins are not in order, or one of every kind of value is missing")
        if [(line.lower, line.upper) for line in self.bins] != ends(partition):
            raise ValueError(f"{self.name}: its ranges leave a gap or overlap")
        if any((line.levels is not None) != (line.kind == _LEVELS) for line in self.bins):
            raise ValueError(f"{self.name}: levels stand in bins of levels, and there only")
        return self


class Scorecard(Part):
    """The challenger.

    Parameters
    ----------
    rows, positives : int
        Training sample.
    intercept : float
        Log-odds of an applicant whose every bin is as risky as the sample.
    features : tuple of CardEntry
        In the order in which they are summed: log-odds = intercept - sum of weight * woe.
    calibrator : Calibrator
        Line from these log-odds to calibrated ones, which give the PD and decide.
    scale : PointsScale
        Scale of the points.
    largest_rounding : float
        How far the sum of printed points can at most lie from the exact score. Decisions use the PD, never this sum.
    """

    rows: int = Field(gt=0)
    positives: int = Field(gt=0)
    intercept: float
    features: tuple[CardEntry, ...] = Field(min_length=1)
    calibrator: Calibrator
    scale: PointsScale
    largest_rounding: float

    @cached_property
    def card(self) -> Card:
        """What computes log-odds."""
        return Card(
            self.intercept,
            tuple(
                CardFeature(entry.name, entry.partition, np.array([line.woe for line in entry.bins]), entry.weight)
                for entry in self.features
            ),
        )

    @model_validator(mode="after")
    def _points_follow_from_weights(self) -> Self:
        if len({entry.name for entry in self.features}) != len(self.features):
            raise ValueError("features: a name comes twice")
        whole = whole_points(exact_points(self.card, self.calibrator, self.scale))
        for entry, expected in zip(self.features, whole, strict=True):
            if tuple(line.points for line in entry.bins) != expected:
                raise ValueError(f"{entry.name}: its points are not those that weights and scale give")
        return self


def scorecard_content(
    card: Card,
    features: tuple[BinnedFeature, ...],
    calibrator: Calibrator,
    scale: PointsScale,
    *,
    texts: dict[str, dict[str, tuple[str, ...]]],
) -> Scorecard:
    """Content of ``challenger.json``.

    Parameters
    ----------
    card : Card
        The scorecard.
    features : tuple of BinnedFeature
        The same features with their counts.
    calibrator : Calibrator
        From the card's log-odds to calibrated ones.
    scale : PointsScale
        Scale of the points.
    texts : dict of str to dict of str to tuple of str
        Words of each bin by language and name of the feature, see `bin_texts`.
    """
    exact = exact_points(card, calibrator, scale)
    entries = tuple(
        _entry(found, fitted.weight, points, texts["fr"][found.name], texts["en"][found.name])
        for found, fitted, points in zip(features, card.features, whole_points(exact), strict=True)
    )
    counts = features[0].counts
    return Scorecard(
        rows=int(np.sum(counts.rows)),
        positives=int(np.sum(counts.bads)),
        intercept=card.intercept,
        features=entries,
        calibrator=calibrator,
        scale=scale,
        largest_rounding=largest_rounding(exact),
    )


def ends(bins: Bins) -> list[tuple[float | None, float | None]]:
    """Lower and upper end of each bin; None where there is none."""
    if isinstance(bins, CategoryBins):
        return [(None, None)] * len(bins.kinds)
    return [*zip((None, *bins.edges), (*bins.edges, None), strict=True), (None, None)]


def _entry(
    found: BinnedFeature, weight: float, points: tuple[int, ...], french: tuple[str, ...], english: tuple[str, ...]
) -> CardEntry:
    bins, rows, bads = found.bins, found.counts.rows, found.counts.bads
    groups = bins.groups if isinstance(bins, CategoryBins) else ()
    total = float(np.sum(rows))
    lines = (
        CardBin(
            kind=kind.value,
            lower=lower,
            upper=upper,
            levels=groups[number] if kind is BinKind.LEVELS else None,
            woe=float(found.woe[number]),
            points=points[number],
            share=float(rows[number]) / total if rows[number] >= MIN_ROWS else None,
            bad_rate=float(bads[number] / rows[number]) if rows[number] >= MIN_ROWS else None,
            text_fr=french[number],
            text_en=english[number],
        )
        for number, (kind, (lower, upper)) in enumerate(zip(bins.kinds, ends(bins), strict=True))
    )
    return CardEntry(
        name=found.name,
        levels=bins.levels if isinstance(bins, CategoryBins) else None,
        whole=isinstance(bins, NumberBins) and bins.whole,
        weight=weight,
        information_value=found.information_value,
        bins=tuple(lines),
    )
