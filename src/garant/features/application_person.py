"""The person as a borrower: employment, education, stability, property, housing, enquiries, papers."""

import ibis

from garant.features.aggregates import days_before
from garant.features.feature import Feature, Missing, Sign, Unit
from garant.features.levels import plain_levels
from garant.features.ratio import number, ratio
from garant.features.topic import Topic
from garant.features.window import DAYS_90, DAYS_365, Window
from garant.tables.expressions import Rows, Value

_EMPLOYMENT = Topic(table="application", prefix="application", family="employment", missing=Missing.NOT_STATED)
_EDUCATION = Topic(table="application", prefix="application", family="education", missing=Missing.NOT_STATED)
_STABILITY = Topic(table="application", prefix="application", family="stability", missing=Missing.NOT_STATED)
_PROPERTY = Topic(table="application", prefix="application", family="property", missing=Missing.NOT_STATED)
_HOUSING = Topic(table="application", prefix="application", family="housing", missing=Missing.NOT_STATED)
_FILE = Topic(table="application", prefix="application", family="application_file", missing=Missing.NOT_STATED)
_ENQUIRIES = Topic(table="application", prefix="application", family="enquiries", missing=Missing.NOT_STATED)

_DOCUMENTS = tuple(f"FLAG_DOCUMENT_{number}" for number in range(2, 22))


def features(row: Rows) -> tuple[Feature, ...]:
    """Features of the person that profile ``eu`` may use."""
    return (
        employed_days(row),
        _EMPLOYMENT.feature("no_employment", Unit.FLAG, number(row.FLAG_NO_EMPLOYMENT)),
        _category(_EMPLOYMENT, "income_type", row, "NAME_INCOME_TYPE"),
        _category(_EMPLOYMENT, "occupation", row, "OCCUPATION_TYPE"),
        _category(_EMPLOYMENT, "organization", row, "ORGANIZATION_TYPE"),
        _category(_EDUCATION, "education", row, "NAME_EDUCATION_TYPE"),
        _STABILITY.feature("registration_days", Unit.DAYS, number(days_before(row.DAYS_REGISTRATION))),
        _STABILITY.feature("identity_days", Unit.DAYS, number(days_before(row.DAYS_ID_PUBLISH))),
        _STABILITY.feature("phone_days", Unit.DAYS, number(days_before(row.DAYS_LAST_PHONE_CHANGE))),
        _FILE.feature("home_phone", Unit.FLAG, number(row.FLAG_PHONE)),
        _FILE.feature("work_phone", Unit.FLAG, number(row.FLAG_WORK_PHONE)),
        _FILE.feature("email", Unit.FLAG, number(row.FLAG_EMAIL)),
        documents_n(row),
        _FILE.feature("document_3", Unit.FLAG, number(row.FLAG_DOCUMENT_3)),
        _PROPERTY.feature("own_car", Unit.FLAG, _yes(row.FLAG_OWN_CAR)),
        _PROPERTY.feature("car_age", Unit.YEARS, number(row.OWN_CAR_AGE), missing=Missing.NOT_APPLICABLE),
        _PROPERTY.feature("own_realty", Unit.FLAG, _yes(row.FLAG_OWN_REALTY)),
        *_housing(row),
        *(enquiries_n(row, Window(days)) for days in (7, 30, 90, 365)),
        enquiries_recent_share(row),
    )


def employed_days(row: Rows) -> Feature:
    """Days in the present employment; NULL without one. Longer is safer."""
    days = number(days_before(row.DAYS_EMPLOYED))
    return _EMPLOYMENT.feature("employed_days", Unit.DAYS, days, sign=Sign.LOWERS, missing=Missing.NOT_APPLICABLE)


def documents_n(row: Rows) -> Feature:
    """How many of the twenty numbered documents were handed in; NULL when the application speaks of none of them."""
    stated = [row[document] for document in _DOCUMENTS]
    handed_in = stated[0].coalesce(0)
    for document in stated[1:]:
        handed_in += document.coalesce(0)
    counted = ibis.cases((ibis.coalesce(*stated).notnull(), handed_in))
    return _FILE.feature("documents_n", Unit.COUNT, number(counted))


def enquiries_n(row: Rows, window: Window) -> Feature:
    """Enquiries about the client at the credit bureau over the window; NULL when the bureau was not asked."""
    return _ENQUIRIES.feature("enquiries_n", Unit.COUNT, number(_enquiries(row, window)), window=window)


def enquiries_recent_share(row: Rows) -> Feature:
    """Share of the year's enquiries that fell into the last 90 days; NULL without any."""
    recent = ratio(_enquiries(row, DAYS_90), _enquiries(row, DAYS_365))
    return _ENQUIRIES.feature("enquiries_recent_share", Unit.SHARE, recent, missing=Missing.NO_DENOMINATOR)


def _enquiries(row: Rows, window: Window) -> Value:
    """Enquiries over the window, from the raw columns, each of which leaves out the shorter ones."""
    by_length = (
        (1, row.AMT_REQ_CREDIT_BUREAU_HOUR),
        (1, row.AMT_REQ_CREDIT_BUREAU_DAY),
        (7, row.AMT_REQ_CREDIT_BUREAU_WEEK),
        (30, row.AMT_REQ_CREDIT_BUREAU_MON),
        (90, row.AMT_REQ_CREDIT_BUREAU_QRT),
        (365, row.AMT_REQ_CREDIT_BUREAU_YEAR),
    )
    first, *others = [counted for length, counted in by_length if length <= (window.length or 0)]
    for other in others:
        first += other
    return first


def _housing(row: Rows) -> tuple[Feature, ...]:
    """How the client lives; the building's figures are normalised by the lender, one of three near copies is kept."""
    return (
        _category(_HOUSING, "housing_type", row, "NAME_HOUSING_TYPE"),
        _category(_HOUSING, "walls_material", row, "WALLSMATERIAL_MODE"),
        _HOUSING.feature("building_apartments", Unit.SCORE, row.APARTMENTS_AVG),
        _HOUSING.feature("building_age", Unit.SCORE, row.YEARS_BUILD_AVG),
        _HOUSING.feature("building_floors", Unit.SCORE, row.FLOORSMAX_AVG),
        _HOUSING.feature("building_total_area", Unit.SCORE, row.TOTALAREA_MODE),
    )


def _category(topic: Topic, thing: str, row: Rows, column: str) -> Feature:
    return topic.feature(thing, Unit.CATEGORY, plain_levels(row, "application", column))


def _yes(answer: Value) -> Value:
    """1 for Y, 0 for N, NULL for anything else."""
    return number(ibis.cases((answer == "Y", 1), (answer == "N", 0)))
