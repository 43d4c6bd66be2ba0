"""A lender of hostile clients, each made to break one assumption."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import product
from typing import Any

from lenders.writing import Lender, complete

from garant.tables.limits import MOST_DAYS, MOST_MONEY
from garant.tables.schema import TABLES

Cells = dict[str, Any]
Tables = dict[str, list[Cells]]

ORPHAN = 990_001
"""Client without an application."""

APPLICATION = {"AMT_CREDIT": 250_000_000, "AMT_ANNUITY": 12_345_670, "AMT_INCOME_TOTAL": 90_000_010}
EDGES_DAYS = (0, -1, -59, -60, -61, -89, -90, -91, -179, -180, -181, -364, -365, -366, -729, -730, -731, -1094, -1095)
EDGES_MONTHS = (0, -1, -2, -3, -4, -5, -6, -7, -11, -12, -13, -23, -24, -25, -35, -36, -37, -96)
AFTER_DAYS, AFTER_MONTHS = (1, 2, 365), (1, 2, 12)
TURNS = 12
"""Clients with rows on the windows' edges: each has other cells there."""


def hostile_lender() -> Lender:
    """All hostile clients, and rows that belong to none of them."""
    lender: Lender = {table: [] for table in TABLES}
    for number, make in enumerate(_CLIENTS, start=100_001):
        _add(lender, number, make())
    _add(lender, 2**53 + 1, _edges())
    _add_orphans(lender)
    return lender


def _add(lender: Lender, client: int, tables: Tables) -> None:
    """Give a client's rows their keys: bureau numbers in the order of the rows, loans of the client's own."""
    bureau_number = len(lender["bureau"]) + 5_000_000
    for table, rows in {"application": [APPLICATION], **tables}.items():
        for place, cells in enumerate(rows):
            keys: Cells = {} if table == "bureau_balance" else {"SK_ID_CURR": client}
            if table == "bureau":
                keys["SK_ID_BUREAU"] = bureau_number + place
            elif table == "bureau_balance":
                keys["SK_ID_BUREAU"] = bureau_number + cells.get("SK_ID_BUREAU", 0)
            elif table == "previous_application":
                keys["SK_ID_PREV"] = 10 * client + place
            elif table != "application":
                keys["SK_ID_PREV"] = 10 * client + cells.get("SK_ID_PREV", 0)
            lender[table].append(complete(table, {**cells, **keys}))


def _add_orphans(lender: Lender) -> None:
    """Rows of a client without an application, and months of a credit that nobody has."""
    orphan: Lender = {table: [] for table in TABLES}
    _add(orphan, ORPHAN, _edges())
    orphan["application"].clear()
    for row in (*orphan["bureau"], *orphan["bureau_balance"]):
        row["SK_ID_BUREAU"] += 1_000_000
    for table, rows in orphan.items():
        lender[table] += rows
    lender["bureau_balance"].append(
        complete("bureau_balance", {"SK_ID_BUREAU": 7_999_999, "MONTHS_BALANCE": -1, "STATUS": "5"})
    )


def _nobody() -> Tables:
    """No child row and nothing stated."""
    return {"application": [{}]}


def _all_null() -> Tables:
    """Rows whose day is known, and nothing else."""
    return {
        "application": [{}],
        "bureau": [{"DAYS_CREDIT": day} for day in (-10, -400)],
        "bureau_balance": [{"MONTHS_BALANCE": -3}, {"MONTHS_BALANCE": -4}],
        "previous_application": [{"DAYS_DECISION": day} for day in (-10, -400)],
        "POS_CASH_balance": [{"MONTHS_BALANCE": month} for month in (-1, -20)],
        "installments_payments": [{"DAYS_INSTALMENT": day} for day in (-20, -500)],
        "credit_card_balance": [{"MONTHS_BALANCE": month} for month in (-1, -20)],
    }


def _one_row() -> Tables:
    """One row per table."""
    return _rows(days=[-45], months=[-2])


def _edges(first: int = 0) -> Tables:
    """Rows on both sides of every window's edge, and after the application; their cells begin at turn `first`."""
    return _rows(days=[*EDGES_DAYS, *AFTER_DAYS], months=[*EDGES_MONTHS, *AFTER_MONTHS], first=first)


def _ties() -> Tables:
    """Every row on one day, so that keys alone decide which is the latest."""
    return _rows(days=[-90] * 7, months=[-3] * 5)


def _ties_today() -> Tables:
    """The same on the day of the application."""
    return _rows(days=[0] * 4, months=[0] * 4)


def _only_after() -> Tables:
    """Nothing was known in time."""
    return _rows(days=list(AFTER_DAYS), months=list(AFTER_MONTHS))


def _long_ago() -> Tables:
    """A century back and beyond: no weight left, and days that fill the room of packed values."""
    return _rows(days=[-36_500, -36_500, 1 - MOST_DAYS, -MOST_DAYS], months=[-1_200, -1_201, -MOST_DAYS])


def _rows(*, days: list[int], months: list[int], first: int = 0) -> Tables:
    """Rows of those days and months whose other cells go round through levels, amounts and NULL."""
    by_day, by_month = list(enumerate(days, first)), list(enumerate(months, first))
    return {
        "bureau": [_credit(n, day) for n, day in by_day],
        "bureau_balance": [
            {"SK_ID_BUREAU": credit, "MONTHS_BALANCE": month, "STATUS": "012C345X0"[(n + credit) % 9]}
            for credit, (n, month) in product(range(min(3, len(days))), by_month)
        ],
        "previous_application": [_request(n, day) for n, day in by_day],
        "POS_CASH_balance": [_pos_month(n, month) for n, month in by_month],
        "installments_payments": [row for n, day in by_day for row in _payments(n, day)],
        "credit_card_balance": [_card_month(n, month) for n, month in by_month],
    }


def _turn(number: int, *cells: object) -> object:
    return cells[number % len(cells)]


def _credit(n: int, day: int) -> Cells:
    return {
        "DAYS_CREDIT": day,
        "CREDIT_ACTIVE": _turn(n, "Active", "Closed", "Active", None, "Sold"),
        "CREDIT_TYPE": _turn(n, "Credit card", "Consumer credit", "Car loan", "Mortgage", "Microloan", None),
        "CREDIT_DAY_OVERDUE": _turn(n, 0, 3, None, 0),
        "DAYS_CREDIT_ENDDATE": _turn(n, 400, day + 30, None, 365, 366, 0, day, day - 5, 1),
        "DAYS_ENDDATE_FACT": _turn(n, None, day + 10, -366, -365, 0, 1, -730, day - 1, day),
        "AMT_CREDIT_MAX_OVERDUE": _turn(n, None, 0, 5_010 * (n + 1), 70 * (n + 1)),
        "CNT_CREDIT_PROLONG": _turn(n, 0, None, 2),
        "AMT_CREDIT_SUM": _turn(n, 100_000_010, None, 0, 33_333_330, 10),
        "AMT_CREDIT_SUM_DEBT": _turn(n, -5_000_000, 0, None, 7_777_770),
        "AMT_CREDIT_SUM_LIMIT": _turn(n, None, 0, -10, 40_000_000),
        "AMT_CREDIT_SUM_OVERDUE": _turn(n, 0, None, 990),
        "AMT_ANNUITY": _turn(n, None, 1_000_010, 0),
    }


def _request(n: int, day: int) -> Cells:
    return {
        "DAYS_DECISION": day,
        "NAME_CONTRACT_STATUS": _turn(n, "Approved", "Refused", "Canceled", "Approved", "Unused offer", None),
        "NAME_CONTRACT_TYPE": _turn(n, "Cash loans", "Consumer loans", "Revolving loans", None),
        "AMT_ANNUITY": _turn(n, 5_000_010, None, 0, 7_000_000),
        "AMT_APPLICATION": _turn(n, 50_000_000, 0, None, 60_000_010),
        "AMT_CREDIT": _turn(n, 60_000_000, None, 55_555_550, 0, 10),
        "AMT_DOWN_PAYMENT": _turn(n, None, 0, 5_000_000),
        "AMT_GOODS_PRICE": _turn(n, 50_000_000, None, 0),
        "NAME_GOODS_CATEGORY": _turn(n, "Mobile", "Medicine", None, "Medical Supplies"),
        "CODE_REJECT_REASON": _turn(n, "SCO", "LIMIT", "LIMIT", "SCOFR", None),
        "CNT_PAYMENT": _turn(n, 12, 0, None, 24),
        "NAME_YIELD_GROUP": _turn(n, "high", "low_normal", None, "middle", "low_action"),
        "NAME_PRODUCT_TYPE": _turn(n, "x-sell", "walk-in", None),
        "PRODUCT_COMBINATION": _turn(n, "Cash", None, "POS mobile", "Card Street"),
        "DAYS_LAST_DUE_1ST_VERSION": _turn(n, -30, None, 0, 500, -10),
        "DAYS_LAST_DUE": _turn(n, -40, 0, None, 10, -10),
        "DAYS_TERMINATION": _turn(n, None, -35, 20, 0),
        "FLAG_NO_TERMINATION": _turn(n, 1, 0, 0, 0),
        "NFLAG_INSURED_ON_APPROVAL": _turn(n, 1, 0, None),
    }


def _pos_month(n: int, month: int) -> Cells:
    return {
        "SK_ID_PREV": n % 3,
        "MONTHS_BALANCE": month,
        "CNT_INSTALMENT": _turn(n, 24, 12, None, 24),
        "CNT_INSTALMENT_FUTURE": _turn(n, 10, None, 250_000, 0),
        "NAME_CONTRACT_STATUS": _turn(n, "Active", "Active", None, "Active", "Completed", "Active", "Active"),
        "SK_DPD": _turn(n, 0, 5, 7, None, 1, 1, 0),
        "SK_DPD_DEF": _turn(n, None, 0, 3),
    }


def _payments(n: int, day: int) -> list[Cells]:
    """An instalment: paid in time, late, not at all, twice the same row, in parts, after the application, or ahead."""
    instalment: Cells = {
        "SK_ID_PREV": n % 2,
        "NUM_INSTALMENT_VERSION": _turn(n, 1, None, 2),
        "NUM_INSTALMENT_NUMBER": _turn(n, 1, 3, 4, None, 2),
        "DAYS_INSTALMENT": day,
        "AMT_INSTALMENT": _turn(n, 1_000_010, 2_000_000, None, 0),
    }
    paid: Callable[..., Cells] = lambda late, amount: {  # noqa: E731 - said once
        **instalment,
        "DAYS_ENTRY_PAYMENT": day + late,
        "AMT_PAYMENT": amount,
    }
    ways: tuple[list[Cells], ...] = (
        [paid(0, 1_000_010)],
        [paid(3, 999_990)],
        [instalment],
        [paid(-8, 500_000), paid(-8, 500_000)],
        [paid(-7, 1_500_000), paid(31, 400_000)],
        [paid(8, None)],
        [paid(30, 2_000_000), {**paid(0, 1), "DAYS_ENTRY_PAYMENT": 4}],
        [{**paid(0, 3_000_000), "DAYS_INSTALMENT": None}],
    )
    return ways[n % len(ways)]


def _card_month(n: int, month: int) -> Cells:
    return {
        "SK_ID_PREV": n % 2,
        "MONTHS_BALANCE": month,
        "AMT_BALANCE": _turn(n, 30_000_010, -50_000, None, 0, 90_000_000),
        "AMT_CREDIT_LIMIT_ACTUAL": _turn(n, 45_000_000, 0, 60_000_000, None),
        "AMT_DRAWINGS_ATM_CURRENT": _turn(n, 0, 5_000_000, None),
        "AMT_DRAWINGS_CURRENT": _turn(n, 0, 6_000_010, None, -20),
        "AMT_INST_MIN_REGULARITY": _turn(n, 2_000_000, None, 0),
        "AMT_PAYMENT_TOTAL_CURRENT": _turn(n, 2_000_000, 1_999_990, None),
        "CNT_DRAWINGS_ATM_CURRENT": _turn(n, 0, 2, None),
        "CNT_DRAWINGS_CURRENT": _turn(n, None, 3, 0),
        "SK_DPD": _turn(n, 0, 1, 2, 31, None, 5),
        "SK_DPD_DEF": _turn(n, None, 0, 9),
    }


def _zeros() -> Tables:
    """Every amount and number is zero: no denominator anywhere."""
    return _constant(0)


def _large() -> Tables:
    """The greatest amounts: their weighted sums are beyond what a float64 holds exactly, and inside int64."""
    return _constant(MOST_MONEY - 1, of_kinds=("money",))


def _large_and_small() -> Tables:
    """Very large and very small amounts in turn, some below zero where that may be."""
    tables = _constant(MOST_MONEY, of_kinds=("money",))
    for table, rows in tables.items():
        for row, column in product(rows[1::2], TABLES[table].columns):
            if column.kind == "money" and column.name in row:
                row[column.name] = -MOST_MONEY + 3 if column.negative else 1
    return tables


def _constant(value: int, *, of_kinds: Iterable[str] = ("money", "count")) -> Tables:
    """Rows of the edges whose amounts, or numbers, are all one value."""
    kinds = set(of_kinds)
    tables = {**_rows(days=[-5, -40, -400, -800], months=[0, -1, -2, -20]), "application": [dict(APPLICATION)]}
    for table, rows in tables.items():
        for row, column in product(rows, TABLES[table].columns):
            if column.kind in kinds and not column.name.startswith("NUM_"):
                row[column.name] = value
    return tables


def _runs() -> Tables:
    """Runs of late months with a gap, a month told twice, and another loan that goes on where the first stops."""
    months = [(0, m) for m in (-30, -29, -28, -27, -25, -25, -24)] + [(1, m) for m in (-26, -23, -22)]
    late = [{"SK_ID_PREV": loan, "MONTHS_BALANCE": month, "SK_DPD": 1} for loan, month in months]
    in_time = [{"SK_ID_PREV": 0, "MONTHS_BALANCE": -26, "SK_DPD": 0}]
    days = (-400, -370, -340, -310, -280, -250, -220, -190)
    delays = (0, 5, 6, 7, 0, 2, 0, 0)
    return {
        "bureau": [{"DAYS_CREDIT": -1_000}, {"DAYS_CREDIT": -900}],
        "bureau_balance": [
            {"SK_ID_BUREAU": loan, "MONTHS_BALANCE": month, "STATUS": "1"} for loan, month in dict.fromkeys(months)
        ],
        "POS_CASH_balance": late + in_time,
        "credit_card_balance": late + in_time,
        "installments_payments": [
            {
                "SK_ID_PREV": 0,
                "NUM_INSTALMENT_NUMBER": number,
                "DAYS_INSTALMENT": day,
                "DAYS_ENTRY_PAYMENT": day + delay,
                "AMT_INSTALMENT": 10,
                "AMT_PAYMENT": 10,
            }
            for number, (day, delay) in enumerate(zip(days, delays, strict=True), start=1)
        ],
    }


def _scores(*scores: float | None) -> Callable[[], Tables]:
    """An application with these external scores and building figures."""
    names = ("EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3", "APARTMENTS_AVG", "TOTALAREA_MODE")
    return lambda: {"application": [{**APPLICATION, **dict(zip(names, scores, strict=False))}]}


def _words(**cells: str | int | None) -> Callable[[], Tables]:
    """An application with these cells."""
    return lambda: {"application": [{**APPLICATION, **cells}]}


_CLIENTS: tuple[Callable[[], Tables], ...] = (
    *(partial(_edges, first) for first in range(TURNS)),
    *(_nobody, _all_null, _one_row, _ties, _ties_today, _only_after, _long_ago),
    *(_zeros, _large, _large_and_small, _runs),
    # -0.0 is a number of its own, whatever is made of it; among equal scores the first one counts.
    _scores(-0.0, 0.5, 0.0, -0.0, -0.0),
    _scores(0.0, -0.0, -0.0, 0.0, 5e-324),
    _scores(-0.0, None, None, 1.0),
    _scores(None, -0.0, 0.25),
    _scores(0.1, 0.2, 0.30000000000000004),
    _scores(0.3, 0.3, 0.3),
    _scores(0.7, 0.1, 0.7),
    _scores(1.0, None, 5e-324),
    _scores(0.9999999999999999, 1.0),
    # Words that look like something else.
    _words(OCCUPATION_TYPE="", NAME_INCOME_TYPE="Maternity leave", ORGANIZATION_TYPE="Religion", CODE_GENDER="F"),
    _words(OCCUPATION_TYPE="NULL", NAME_INCOME_TYPE="maternity leave", ORGANIZATION_TYPE="Religion ", CODE_GENDER="M"),
    _words(OCCUPATION_TYPE='l\'été d’Ünal "x" \\n', NAME_HOUSING_TYPE="123", FLAG_OWN_CAR="Y", FLAG_OWN_REALTY="y"),
    _words(FLAG_OWN_CAR="N", FLAG_OWN_REALTY="N", FLAG_DOCUMENT_3=1, FLAG_DOCUMENT_21=1, FLAG_NO_EMPLOYMENT=1),
    _words(FLAG_DOCUMENT_2=0, CNT_FAM_MEMBERS=0, CNT_CHILDREN=0, DAYS_BIRTH=0, DAYS_EMPLOYED=0, DAYS_REGISTRATION=0),
    _words(AMT_CREDIT=0, AMT_ANNUITY=0, AMT_INCOME_TOTAL=0, AMT_GOODS_PRICE=0),
    _words(AMT_CREDIT=MOST_MONEY, AMT_ANNUITY=1, AMT_INCOME_TOTAL=3, AMT_GOODS_PRICE=MOST_MONEY - 1, CNT_FAM_MEMBERS=3),
    _words(AMT_CREDIT=None, AMT_ANNUITY=7, AMT_INCOME_TOTAL=None, DAYS_BIRTH=-43_830, DAYS_EMPLOYED=-10_001),
)
