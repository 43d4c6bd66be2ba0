"""Credits elsewhere by kind and by state: cards, consumer credits, what still runs and what was closed."""

import ibis

from garant.features.aggregates import share, total
from garant.features.feature import Feature, Missing, Sign, Unit
from garant.features.ratio import money, number, ratio
from garant.features.topic import Topic
from garant.features.window import ALL, DAYS_365, DAYS_730, LAST_1, Window
from garant.tables.expressions import Condition, Rows, Value

_HISTORY = Topic(table="bureau", prefix="bureau", family="credit_history")
_CREDITS = Topic(table="bureau", prefix="bureau", family="credit_elsewhere")
_DEBT = Topic(
    table="bureau",
    prefix="bureau",
    family="debt_elsewhere",
    sign=Sign.RAISES,
    missing=Missing.NO_DENOMINATOR,
)

_CARD, _CONSUMER = "Credit card", "Consumer credit"
_KINDS = (_CARD, _CONSUMER, "Car loan", "Mortgage", "Microloan")


def features(credit: Rows) -> tuple[Feature, ...]:
    """Features of kinds and states; their numbers and amounts have no certain direction, their debt has."""
    return (
        kinds_n(credit, ALL),
        cards_share(credit, ALL),
        active_cards_n(credit, ALL),
        *(closed_n(credit, window) for window in (DAYS_365, DAYS_730)),
        last_type(credit, LAST_1),
        last_running(credit, LAST_1),
        last_amount(credit, LAST_1),
        active_credit_sum(credit, ALL),
        card_limit_sum(credit, ALL),
        consumer_debt_to_credit(credit, ALL),
        card_debt_to_limit(credit, ALL),
    )


def kinds_n(credit: Rows, window: Window) -> Feature:
    """How many of five kinds of credit the client has had elsewhere."""
    inside = _within(credit, window)
    found: Value = _seen(credit, _KINDS[0], inside)
    for kind in _KINDS[1:]:
        found += _seen(credit, kind, inside)
    return _HISTORY.feature("kinds_n", Unit.COUNT, number(found), window=window)


def cards_share(credit: Rows, window: Window) -> Feature:
    """Share of the credits elsewhere that are credit cards."""
    cards = share(credit, credit.CREDIT_TYPE == _CARD, _within(credit, window))
    return _HISTORY.feature("cards_share", Unit.SHARE, cards, window=window)


def active_cards_n(credit: Rows, window: Window) -> Feature:
    """Credit cards elsewhere still running."""
    cards = credit.count(where=_running_cards(credit) & _within(credit, window))
    return _HISTORY.feature("active_cards_n", Unit.COUNT, number(cards), window=window)


def closed_n(credit: Rows, window: Window) -> Feature:
    """Credits elsewhere that ended in the window, whenever they were opened."""
    closed = credit.count(where=window.covers(credit.DAYS_ENDDATE_FACT))
    return _HISTORY.feature("closed_n", Unit.COUNT, number(closed), window=window)


def last_type(credit: Rows, window: Window) -> Feature:
    """Kind of the latest credit elsewhere."""
    kind = credit.CREDIT_TYPE.max(where=_within(credit, window))
    return _HISTORY.feature("last_type", Unit.CATEGORY, kind, window=window)


def last_running(credit: Rows, window: Window) -> Feature:
    """Whether the latest credit elsewhere is still running."""
    running: Value = ibis.cases((credit.CREDIT_ACTIVE == "Active", 1), (credit.CREDIT_ACTIVE.notnull(), 0))
    return _HISTORY.feature(
        "last_running", Unit.FLAG, number(running.max(where=_within(credit, window))), window=window
    )


def last_amount(credit: Rows, window: Window) -> Feature:
    """Amount of the latest credit elsewhere."""
    amount = money(credit.AMT_CREDIT_SUM.max(where=_within(credit, window)))
    return _CREDITS.feature("last_amount", Unit.MONEY, amount, window=window)


def active_credit_sum(credit: Rows, window: Window) -> Feature:
    """Amounts of the credits elsewhere still running, together; 0 when none is."""
    running = (credit.CREDIT_ACTIVE == "Active") & _within(credit, window)
    return _CREDITS.feature(
        "active_credit_sum", Unit.MONEY, money(total(credit, credit.AMT_CREDIT_SUM, running)), window=window
    )


def card_limit_sum(credit: Rows, window: Window) -> Feature:
    """Limits of the credit cards elsewhere still running, together; NULL when none states a limit."""
    limits = total(credit, credit.AMT_CREDIT_SUM_LIMIT, _running_cards(credit) & _within(credit, window))
    return _CREDITS.feature("card_limit_sum", Unit.MONEY, money(limits), window=window)


def consumer_debt_to_credit(credit: Rows, window: Window) -> Feature:
    """Debt as a share of the amounts of the running consumer credits elsewhere."""
    stated = (
        (credit.CREDIT_TYPE == _CONSUMER)
        & (credit.CREDIT_ACTIVE == "Active")
        & credit.AMT_CREDIT_SUM_DEBT.notnull()
        & _within(credit, window)
    )
    owed = ratio(credit.AMT_CREDIT_SUM_DEBT.sum(where=stated), credit.AMT_CREDIT_SUM.sum(where=stated))
    return _DEBT.feature("consumer_debt_to_credit", Unit.SHARE, owed, window=window)


def card_debt_to_limit(credit: Rows, window: Window) -> Feature:
    """Debt as a share of the limits of the running credit cards elsewhere that have a limit."""
    limited = _running_cards(credit) & (credit.AMT_CREDIT_SUM_LIMIT > 0) & _within(credit, window)
    owed = ratio(credit.AMT_CREDIT_SUM_DEBT.sum(where=limited), credit.AMT_CREDIT_SUM_LIMIT.sum(where=limited))
    return _DEBT.feature("card_debt_to_limit", Unit.SHARE, owed, window=window)


def _seen(credit: Rows, kind: str, inside: Condition) -> Value:
    """1 when a credit of that kind is among the rows `inside`, else 0."""
    return ibis.cases((credit.count(where=inside & (kind == credit.CREDIT_TYPE)) > 0, 1), else_=0)


def _running_cards(credit: Rows) -> Condition:
    return (credit.CREDIT_TYPE == _CARD) & (credit.CREDIT_ACTIVE == "Active")


def _within(credit: Rows, window: Window) -> Condition:
    return window.includes(credit.DAYS_CREDIT, credit.newest)
