"""External scores taken together: products and distances say more than each score alone.

Products and differences are taken row by row, in one fixed order, so they are the same bits in every engine.
"""

import ibis

from garant.features.feature import Feature, Legal, Missing, Sign, Unit
from garant.features.ratio import number, ratio
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

_WEIGHTS = (2, 3, 4)
"""Weights of the scores 1 to 3 in the weighted mean, in the order of what each says by itself in the public data."""


def features(row: Rows) -> tuple[Feature, ...]:
    """What the external scores say together; NULL when one that is needed is missing."""
    first, second, third = row.EXT_SOURCE_1, row.EXT_SOURCE_2, row.EXT_SOURCE_3
    return (
        scores_n(first, second, third),
        weighted(first, second, third),
        middle(first, second, third),
        product("1_and_2", first, second),
        product("1_and_3", first, third),
        product("2_and_3", second, third),
        less("1_less_2", first, second),
        less("1_less_3", first, third),
        less("2_less_3", second, third),
    )


def scores_n(*scores: Value) -> Feature:
    """How many of the three external scores are there."""
    found = _present(scores[0])
    for score in scores[1:]:
        found += _present(score)
    return _RATING.feature("external_scores_n", Unit.COUNT, number(found), sign=Sign.NONE)


def weighted(*scores: Value) -> Feature:
    """Mean of the scores that are there, the second and third counting more."""
    first, *others = zip(scores, _WEIGHTS, strict=True)
    top, bottom = first[0].coalesce(0.0) * first[1], _present(first[0]) * first[1]
    for score, weight in others:
        top += score.coalesce(0.0) * weight
        bottom += _present(score) * weight
    return _RATING.feature("external_score_weighted", Unit.SCORE, ratio(top, bottom))


def middle(first: Value, second: Value, third: Value) -> Feature:
    """Middle one of three scores; NULL unless all three are there."""
    between = ibis.cases(
        (((first >= second) & (first <= third)) | ((first <= second) & (first >= third)), first),
        (((second >= first) & (second <= third)) | ((second <= first) & (second >= third)), second),
        (((third >= first) & (third <= second)) | ((third <= first) & (third >= second)), third),
    )
    return _RATING.feature("external_score_middle", Unit.SCORE, between)


def product(thing: str, one: Value, other: Value) -> Feature:
    """Product of two scores: low when either is."""
    return _RATING.feature(f"external_scores_{thing}", Unit.SCORE, one * other)


def less(thing: str, one: Value, other: Value) -> Feature:
    """One score less another: how far two providers disagree, and which of them is the more cautious."""
    return _RATING.feature(f"external_score_{thing}", Unit.SCORE, one - other, sign=Sign.NONE)


def _present(score: Value) -> Value:
    return score.notnull().ifelse(1, 0)
