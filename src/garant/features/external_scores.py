"""Scores of outside providers: a higher score is a lower risk, by their makers' definition."""

import ibis

from garant.features.feature import Feature, Legal, Missing, Sign, Unit
from garant.features.ratio import ratio
from garant.features.topic import Topic
from garant.tables.expressions import Rows, Value

_RATING = Topic(
    table="application",
    prefix="application",
    family="external_rating",
    sign=Sign.LOWERS,
    missing=Missing.NOT_STATED,
    legal=Legal.EXTERNAL,
)


def features(row: Rows) -> tuple[Feature, ...]:
    """Each external score, and what those that are there say together; NULL when none is there."""
    scores = (row.EXT_SOURCE_1, row.EXT_SOURCE_2, row.EXT_SOURCE_3)
    lowest, highest = _lowest(*scores), _highest(*scores)
    return (
        *(_RATING.feature(f"external_score_{n}", Unit.SCORE, score) for n, score in enumerate(scores, start=1)),
        _RATING.feature("external_score_mean", Unit.SCORE, _mean(*scores)),
        _RATING.feature("external_score_min", Unit.SCORE, lowest),
        _RATING.feature("external_score_max", Unit.SCORE, highest),
        _RATING.feature("external_score_spread", Unit.SCORE, highest - lowest, sign=Sign.NONE),
    )


def _mean(*scores: Value) -> Value:
    """Mean of the scores that are there, added in one fixed order."""
    first, *others = scores
    present, stated = first.coalesce(0.0), first.notnull().ifelse(1, 0)
    for score in others:
        present += score.coalesce(0.0)
        stated += score.notnull().ifelse(1, 0)
    return ratio(present, stated)


def _lowest(first: Value, *others: Value) -> Value:
    """Smallest of the values that are there: LEAST treats NULL differently from engine to engine."""
    found = first
    for other in others:
        found = ibis.cases((found.isnull(), other), (other < found, other), else_=found)
    return found


def _highest(first: Value, *others: Value) -> Value:
    """Largest of the values that are there."""
    found = first
    for other in others:
        found = ibis.cases((found.isnull(), other), (other > found, other), else_=found)
    return found
