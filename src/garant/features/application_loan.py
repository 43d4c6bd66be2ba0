"""The loan asked for: amounts, terms, and what it would take out of the income."""

from garant.features.feature import Feature, Missing, Sign, Unit
from garant.features.ratio import money, ratio
from garant.features.topic import Topic
from garant.tables.expressions import Rows

_INCOME = Topic(table="application", prefix="application", family="income", missing=Missing.NOT_STATED)
_AMOUNT = Topic(table="application", prefix="application", family="loan_amount", missing=Missing.NOT_STATED)
_TERMS = Topic(table="application", prefix="application", family="loan_terms", missing=Missing.NO_DENOMINATOR)
_BURDEN = Topic(table="application", prefix="application", family="repayment_burden", missing=Missing.NO_DENOMINATOR)


def features(row: Rows) -> tuple[Feature, ...]:
    """Features of the loan asked for; no direction of risk is certain for its amounts."""
    return (
        _INCOME.feature("income", Unit.MONEY, money(row.AMT_INCOME_TOTAL)),
        _AMOUNT.feature("credit", Unit.MONEY, money(row.AMT_CREDIT)),
        _AMOUNT.feature("annuity", Unit.MONEY, money(row.AMT_ANNUITY)),
        _AMOUNT.feature("goods_price", Unit.MONEY, money(row.AMT_GOODS_PRICE)),
        _TERMS.feature("contract_type", Unit.CATEGORY, row.NAME_CONTRACT_TYPE, missing=Missing.NOT_STATED),
        credit_to_annuity(row),
        credit_to_goods(row),
        credit_above_goods(row),
        annuity_to_income(row),
        credit_to_income(row),
    )


def credit_to_annuity(row: Rows) -> Feature:
    """Loan amount in annuities: about how many of them repay it."""
    return _TERMS.feature("credit_to_annuity", Unit.TIMES, ratio(row.AMT_CREDIT, row.AMT_ANNUITY))


def credit_to_goods(row: Rows) -> Feature:
    """Loan amount per unit of goods price: above 1 more is borrowed than the goods cost."""
    return _TERMS.feature("credit_to_goods", Unit.TIMES, ratio(row.AMT_CREDIT, row.AMT_GOODS_PRICE))


def credit_above_goods(row: Rows) -> Feature:
    """What is borrowed beyond the price of the goods: fees, insurance or cash; below 0 with an own contribution."""
    beyond = money(row.AMT_CREDIT - row.AMT_GOODS_PRICE)
    return _AMOUNT.feature("credit_above_goods", Unit.MONEY, beyond)


def annuity_to_income(row: Rows) -> Feature:
    """Annuity as a share of stated income; the higher, the less is left to live on."""
    burden = ratio(row.AMT_ANNUITY, row.AMT_INCOME_TOTAL)
    return _BURDEN.feature("annuity_to_income", Unit.SHARE, burden, sign=Sign.RAISES)


def credit_to_income(row: Rows) -> Feature:
    """Loan amount in incomes."""
    return _BURDEN.feature("credit_to_income", Unit.TIMES, ratio(row.AMT_CREDIT, row.AMT_INCOME_TOTAL))
