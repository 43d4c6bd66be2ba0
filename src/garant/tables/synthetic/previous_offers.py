"""What an earlier application was about: product, amounts, number of instalments."""

import numpy as np

from garant.tables.synthetic.draws import (
    Category,
    Flags,
    Floats,
    Ints,
    Levels,
    choose,
    draw_by_group,
    mix,
    money,
    with_missing,
)
from garant.tables.synthetic.previous_cells import APPROVED_CONSUMER, REVOLVING, TYPES, cells
from garant.tables.synthetic.reference import figures, levels

AMOUNT = -0.15
"""Loading of the trace on the amount."""

TERM = 0.25
"""Loading of the trace on the number of instalments."""

TERM_OF_AMOUNT = 0.55
"""Correlation of the number of instalments with the amount."""

RATE_TO_SHARE = 1.0891
"""The lender's down payment rate is the share of the price times this."""

REVOLVING_ANNUITY = 0.05
LIMIT_STEP = 22_500.0
STEP = 4_500
FINE_STEP = 45
"""Thousandths: amounts are multiples of 4.5, annuities of 0.045."""

PRICE_MISSING = 0.98
"""Share of applications without an amount whose price of the goods is missing, not 0."""


def draw_product(rng: np.random.Generator, cell: Ints, kind: Ints, sized: Flags) -> dict[str, Category]:
    """Draw product, yield, portfolio and kind of sale, which say nothing of an application that got no size.

    Parameters
    ----------
    cell, kind : array of int
        Cell and type of contract of each application.
    sized : array of bool
        The application got as far as an annuity.
    """
    n = len(cell)
    offers = cells().words("PRODUCT_COMBINATION")
    consumer = offers[cells().names.index(APPROVED_CONSUMER)]
    plain = [Levels.of({"Cash": 1.0}), consumer, Levels.of({"Card Street": 1.0}), Levels.of({"": 1.0})]
    product = choose(sized, draw_by_group(cell, offers, rng.random(n)), draw_by_group(kind, plain, rng.random(n)))
    by_product = figures("previous_application")["yield_group"]
    yields = [levels(by_product.get(name, {"XNA": 1.0})) for name in product.names]
    nothing = Category(np.zeros(n, dtype=np.int8), ("XNA",))
    portfolio = Category(np.where(sized, kind, len(TYPES) - 1).astype(np.int8), ("Cash", "POS", "Cards", "XNA"))
    sale = np.array([1 if "Street" in name else 2 if "X-Sell" in name else 0 for name in product.names], dtype=np.int8)
    return {
        "PRODUCT_COMBINATION": product,
        "NAME_YIELD_GROUP": choose(sized, draw_by_group(product.codes, yields, rng.random(n)), nothing),
        "NAME_PORTFOLIO": portfolio,
        "NAME_PRODUCT_TYPE": Category(sale[product.codes] * sized, ("XNA", "walk-in", "x-sell")),
    }


def draw_amounts(rng: np.random.Generator, cell: Ints, kind: Ints, sized: Flags, trace: Floats) -> dict[str, Floats]:
    """Draw amounts, down payment and number of instalments; parameters as for `draw_product`."""
    n = len(cell)
    noise = rng.standard_normal((5, n))
    uniform = rng.random((3, n))
    at = cells().at
    revolving = kind == REVOLVING
    size = mix(trace, AMOUNT, noise[0])
    asked = np.where(sized, at("application", cell, size), at("unsized_application", cell, size))
    nothing = sized & cells().is_hit("application_zero", cell, uniform[0])
    asked = money(np.where(nothing, 0.0, asked), STEP)
    granted = np.where(sized, asked * at("credit_to_application", cell, noise[1], absent=1.0), asked)
    limit = np.rint(at("credit", cell, size) / LIMIT_STEP) * LIMIT_STEP * sized
    credit = np.where(revolving, limit, money(granted, STEP))
    asked = np.where(revolving & ~nothing & sized, credit, asked)
    terms = _terms(cell, mix(size, TERM_OF_AMOUNT, mix(trace, TERM, noise[2])))
    repaid = credit * at("repaid_to_credit", cell, noise[3], absent=1.0)
    instalment = money(repaid / np.maximum(terms, 1), FINE_STEP)
    annuity = np.where(revolving, money(credit * REVOLVING_ANNUITY, STEP), instalment)
    down = money(asked * at("down_share", cell, noise[4]), STEP)
    rate = np.divide(down, asked, out=np.zeros(n), where=asked > 0) * RATE_TO_SHARE
    no_down = cells().is_hit("down_missing", cell, uniform[1])
    return {
        "AMT_APPLICATION": asked,
        "AMT_CREDIT": credit,
        "AMT_ANNUITY": with_missing(annuity, ~sized),
        "CNT_PAYMENT": with_missing(terms, ~sized),
        "AMT_DOWN_PAYMENT": with_missing(down, no_down),
        "RATE_DOWN_PAYMENT": with_missing(rate, no_down),
        "AMT_GOODS_PRICE": with_missing(asked, (asked == 0.0) & (uniform[2] < PRICE_MISSING)),
    }


def _terms(cell: Ints, score: Floats) -> Floats:
    """Number of planned instalments; none for revolving loans."""
    terms = np.zeros(len(cell))
    for number, entry in enumerate(cells().entries):
        rows = np.flatnonzero(cell == number)
        found = entry.get("CNT_PAYMENT", {"12": 1.0})
        ordered = sorted(found, key=int)
        drawn = levels({name: found[name] for name in ordered}).at(score[rows])
        terms[rows] = np.array([float(name) for name in ordered])[drawn.codes]
    return terms
