"""Planned course of credits elsewhere: their terms, how much of them has passed, and ends that are near or missed."""

from garant.features.aggregates import days_before, mean
from garant.features.feature import Feature, Missing, Unit
from garant.features.ratio import number, ratio
from garant.features.topic import Topic
from garant.features.window import ALL, LAST_3, Window
from garant.tables.expressions import Condition, Rows, Value

_CREDITS = Topic(table="bureau", prefix="bureau", family="credit_elsewhere")

_YEAR_DAYS = 365


def features(credit: Rows) -> tuple[Feature, ...]:
    """Features of plans; none has a certain direction."""
    return (
        *(term_days_mean(credit, window) for window in (LAST_3, ALL)),
        remaining_days_mean(credit, ALL),
        elapsed_share(credit, ALL),
        ending_soon_n(credit, ALL),
        past_end_n(credit, ALL),
    )


def term_days_mean(credit: Rows, window: Window) -> Feature:
    """Mean planned term of the credits elsewhere; NULL when none states an end after its opening."""
    term = mean(_term(credit), _planned(credit) & _within(credit, window))
    return _CREDITS.feature("term_days_mean", Unit.DAYS, term, window=window, missing=Missing.NOT_STATED)


def remaining_days_mean(credit: Rows, window: Window) -> Feature:
    """Mean time that the running credits elsewhere have to go; NULL when none has an end ahead."""
    ahead = _running(credit) & (credit.DAYS_CREDIT_ENDDATE > 0) & _within(credit, window)
    left = mean(credit.DAYS_CREDIT_ENDDATE, ahead)
    return _CREDITS.feature("remaining_days_mean", Unit.DAYS, left, window=window, missing=Missing.NOT_APPLICABLE)


def elapsed_share(credit: Rows, window: Window) -> Feature:
    """Share of the planned terms of the running credits elsewhere, with an end ahead, that has passed."""
    ahead = _running(credit) & _planned(credit) & (credit.DAYS_CREDIT_ENDDATE > 0) & _within(credit, window)
    passed = ratio(days_before(credit.DAYS_CREDIT).sum(where=ahead), _term(credit).sum(where=ahead))
    return _CREDITS.feature("elapsed_share", Unit.SHARE, passed, window=window, missing=Missing.NOT_APPLICABLE)


def ending_soon_n(credit: Rows, window: Window) -> Feature:
    """Running credits elsewhere that are to end within a year after the application."""
    soon = (credit.DAYS_CREDIT_ENDDATE > 0) & (credit.DAYS_CREDIT_ENDDATE <= _YEAR_DAYS)
    ending = credit.count(where=_running(credit) & soon & _within(credit, window))
    return _CREDITS.feature("ending_soon_n", Unit.COUNT, number(ending), window=window)


def past_end_n(credit: Rows, window: Window) -> Feature:
    """Credits elsewhere that still run although their planned end has passed."""
    missed = _running(credit) & (credit.DAYS_CREDIT_ENDDATE <= 0) & _within(credit, window)
    return _CREDITS.feature("past_end_n", Unit.COUNT, number(credit.count(where=missed)), window=window)


def _term(credit: Rows) -> Value:
    return credit.DAYS_CREDIT_ENDDATE - credit.DAYS_CREDIT


def _planned(credit: Rows) -> Condition:
    return credit.DAYS_CREDIT_ENDDATE > credit.DAYS_CREDIT


def _running(credit: Rows) -> Condition:
    return credit.CREDIT_ACTIVE == "Active"


def _within(credit: Rows, window: Window) -> Condition:
    return window.includes(credit.DAYS_CREDIT, credit.newest)
