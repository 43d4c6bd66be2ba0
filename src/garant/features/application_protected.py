"""What equal treatment keeps out of a decision: read by fairness tests and by profile ``kaggle`` only."""

from garant.features.aggregates import days_before
from garant.features.feature import Feature, Legal, Missing, Unit
from garant.features.ratio import money, number, ratio
from garant.features.topic import Topic
from garant.tables.expressions import Rows

_PERSONAL = Topic(
    table="application",
    prefix="application",
    family="personal_situation",
    missing=Missing.NOT_STATED,
    legal=Legal.FAIRNESS_ONLY,
)
_REGION = Topic(
    table="application", prefix="application", family="region", missing=Missing.NOT_STATED, legal=Legal.PROXY
)
_CIRCLE = Topic(
    table="application", prefix="application", family="social_circle", missing=Missing.NOT_STATED, legal=Legal.PROXY
)


def features(row: Rows) -> tuple[Feature, ...]:
    """Features that read a column declared sensitive."""
    return (*_personal(row), *_region(row), *_social_circle(row))


def _personal(row: Rows) -> tuple[Feature, ...]:
    """Sex, age and family, alone and inside ratios."""
    age = days_before(row.DAYS_BIRTH)
    employed_to_age = ratio(days_before(row.DAYS_EMPLOYED), age)
    income_per_head = money(ratio(row.AMT_INCOME_TOTAL, row.CNT_FAM_MEMBERS))
    return (
        _PERSONAL.feature("sex", Unit.CATEGORY, row.CODE_GENDER),
        _PERSONAL.feature("age_days", Unit.DAYS, number(age)),
        _PERSONAL.feature("children_n", Unit.COUNT, number(row.CNT_CHILDREN)),
        _PERSONAL.feature("household_n", Unit.COUNT, number(row.CNT_FAM_MEMBERS)),
        _PERSONAL.feature("family_status", Unit.CATEGORY, row.NAME_FAMILY_STATUS),
        _PERSONAL.feature("accompanied_by", Unit.CATEGORY, row.NAME_TYPE_SUITE),
        _PERSONAL.feature("income_per_head", Unit.MONEY, income_per_head, missing=Missing.NO_DENOMINATOR),
        _PERSONAL.feature("employed_to_age", Unit.SHARE, employed_to_age, missing=Missing.NOT_APPLICABLE),
    )


def _region(row: Rows) -> tuple[Feature, ...]:
    """Home region, and addresses that differ by region or city."""
    regions = row.REG_REGION_NOT_LIVE_REGION + row.REG_REGION_NOT_WORK_REGION + row.LIVE_REGION_NOT_WORK_REGION
    cities = row.REG_CITY_NOT_LIVE_CITY + row.REG_CITY_NOT_WORK_CITY + row.LIVE_CITY_NOT_WORK_CITY
    return (
        _REGION.feature("region_population", Unit.SCORE, row.REGION_POPULATION_RELATIVE),
        _REGION.feature("region_rating", Unit.SCORE, number(row.REGION_RATING_CLIENT_W_CITY)),
        _REGION.feature("region_mismatch_n", Unit.COUNT, number(regions)),
        _REGION.feature("city_mismatch_n", Unit.COUNT, number(cities)),
    )


def _social_circle(row: Rows) -> tuple[Feature, ...]:
    """Arrears of other people, 30 and 60 days past due."""
    return (
        _CIRCLE.feature("social_observed_n", Unit.COUNT, number(row.OBS_30_CNT_SOCIAL_CIRCLE)),
        _CIRCLE.feature("social_defaults_30_n", Unit.COUNT, number(row.DEF_30_CNT_SOCIAL_CIRCLE)),
        _CIRCLE.feature("social_defaults_60_n", Unit.COUNT, number(row.DEF_60_CNT_SOCIAL_CIRCLE)),
    )
