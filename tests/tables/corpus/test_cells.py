"""Broken cells: one sends its row to quarantine, a column of them refuses the file and says what to do."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

PARQUET = (".parquet",)
TEXT = (".csv", ".csv.gz")

DAILY = (".csv", ".parquet")
"""What is packed is the text that is read from the plain file: one case here is, the others by `make faults`."""


def broken(table: str, column: str, value: str, code: str, client: int = 7) -> dict[str, Any]:
    """One cell that breaks one rule of its column."""
    return {
        "do": lambda x: x.cell(table, client, column, value),
        "aside": {f"{table}.{column}.{code}": [(table, client + 2)]},
        "orphans": children(table, client),
    }


def at_once(*cells: tuple[str, str, str, str]) -> dict[str, Any]:
    """Each cell in the row of another client."""
    aside: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    orphans: defaultdict[str, list[int]] = defaultdict(list)
    for client, (table, column, _, code) in enumerate(cells):
        aside[f"{table}.{column}.{code}"].append((table, client + 2))
        for child, lines in children(table, client).items():
            orphans[child] += lines

    def do(x: Any) -> None:  # noqa: ANN401 - the lender of the corpus
        for client, (table, column, value, _) in enumerate(cells):
            x.cell(table, client, column, value)

    return {"do": do, "aside": aside, "orphans": orphans, "daily": (".csv.gz", ".parquet")}


def children(table: str, client: int) -> dict[str, tuple[int, ...]]:
    """Rows that lose their parent with the row of a client."""
    if table == "application":
        return dict.fromkeys(
            (
                "bureau",
                "bureau_balance",
                "previous_application",
                "POS_CASH_balance",
                "installments_payments",
                "credit_card_balance",
            ),
            (client + 2,),
        )
    return {"bureau_balance": (client + 2,)} if table == "bureau" else {}


def some(table: str, column: str, value: str, n: int) -> Callable[[Any], None]:
    """Write the value into the cells of the first n clients."""

    def do(x: Any) -> None:  # noqa: ANN401 - the lender of the corpus
        for client in range(n):
            x.cell(table, client, column, value)

    return do


def only_first(x: Any, table: str, n: int) -> None:  # noqa: ANN401
    del x.files[table][n:]


CELLS = {
    "text in a column of numbers": ("bureau", "AMT_CREDIT_SUM", "many", "type"),
    "text in a column of days": ("bureau", "DAYS_CREDIT", "yesterday", "type"),
    "a date in a column of days": ("bureau", "DAYS_CREDIT", "2025-01-31", "type"),
    "a French amount": ("bureau", "AMT_CREDIT_SUM", "91 323,50", "type"),
    "a French amount with narrow spaces": ("bureau", "AMT_CREDIT_SUM", "91\u202f323.50", "type"),
    "an English amount": ("bureau", "AMT_CREDIT_SUM", "91,323.50", "type"),
    "a German amount": ("bureau", "AMT_CREDIT_SUM", "91.323,50", "type"),
    "an amount with its currency": ("bureau", "AMT_CREDIT_SUM", "91323 EUR", "type"),
    "a percentage in a column of rates": ("application", "EXT_SOURCE_2", "5.9 %", "type"),
    "wide digits": ("bureau", "AMT_CREDIT_SUM", "９１３２３", "type"),
    "an underscore between digits": ("bureau", "AMT_CREDIT_SUM", "91_323", "type"),
    "a hexadecimal number": ("bureau", "DAYS_CREDIT", "-0x190", "type"),
    "a truth value as a number": ("application", "CNT_CHILDREN", "true", "type"),
    "a formula": ("bureau", "AMT_CREDIT_SUM", "=cmd|'/c calc'!A0", "type"),
    "infinity": ("bureau", "AMT_CREDIT_SUM", "inf", "range"),
    "minus infinity": ("application", "EXT_SOURCE_2", "-Infinity", "range"),
    "a number beyond every float": ("application", "EXT_SOURCE_2", "1e400", "range"),
    "an amount beyond int64": ("bureau", "AMT_CREDIT_SUM", "9223372036854775808", "range"),
    "an amount whose thousandths are beyond int64": ("bureau", "AMT_CREDIT_SUM", "9223372036854776", "range"),
    "a number of four thousand digits": ("bureau", "AMT_CREDIT_SUM", "9" * 4_000, "range"),
    "days beyond int64": ("bureau", "DAYS_CREDIT", "-1e30", "range"),
    "a fraction of a day": ("bureau", "DAYS_CREDIT", "-400.5", "whole"),
    "half a child": ("application", "CNT_CHILDREN", "1.5", "whole"),
    "money finer than a thousandth": ("bureau", "AMT_CREDIT_SUM", "91323.0001", "precision"),
    "money with the rest of a float": ("bureau", "AMT_CREDIT_SUM", "59.000000000000004", "precision"),
    "a tiny amount in exponent form": ("installments_payments", "AMT_PAYMENT", "1e-4", "precision"),
    "no day of the credit": ("bureau", "DAYS_CREDIT", "", "empty"),
    "a credit that began on the day that stands for none": ("bureau", "DAYS_CREDIT", "365243", "empty"),
    "no month": ("POS_CASH_balance", "MONTHS_BALANCE", "NULL", "empty"),
    "no day of decision": ("previous_application", "DAYS_DECISION", "NaN", "empty"),
    "no status of the month": ("bureau_balance", "STATUS", "", "empty"),
    "an unknown status of the month": ("bureau_balance", "STATUS", "9", "level"),
    "a status in another case": ("bureau_balance", "STATUS", "c", "level"),
    "a credit that began after the application": ("bureau", "DAYS_CREDIT", "1", "future"),
    "a bureau month after the application": ("bureau_balance", "MONTHS_BALANCE", "1", "future"),
    "a POS month after the application": ("POS_CASH_balance", "MONTHS_BALANCE", "2", "future"),
    "a card month after the application": ("credit_card_balance", "MONTHS_BALANCE", "12", "future"),
    "a decision after the application": ("previous_application", "DAYS_DECISION", "3", "future"),
    "a payment after the application": ("installments_payments", "DAYS_ENTRY_PAYMENT", "5.0", "future"),
    "an applicant born in the future": ("application", "DAYS_BIRTH", "12", "future"),
    "an employment that begins in the future": ("application", "DAYS_EMPLOYED", "30", "future"),
    "an applicant of seventeen": ("application", "DAYS_BIRTH", "-6573", "age"),
    "an applicant born today": ("application", "DAYS_BIRTH", "0", "age"),
    "an applicant of a hundred and thirty": ("application", "DAYS_BIRTH", "-47500", "age"),
    "a negative income": ("application", "AMT_INCOME_TOTAL", "-0.5", "negative"),
    "a negative credit": ("application", "AMT_CREDIT", "-1", "negative"),
    "a negative payment": ("installments_payments", "AMT_PAYMENT", "-6948.36", "negative"),
    "a negative number of children": ("application", "CNT_CHILDREN", "-1", "negative"),
    "negative days past due": ("POS_CASH_balance", "SK_DPD", "-1", "negative"),
    "a negative limit of a card": ("credit_card_balance", "AMT_CREDIT_LIMIT_ACTUAL", "-135000", "negative"),
}
"""Cells that break one rule each: table, column, value, code of the rule."""

CASES: dict[str, dict[str, Any]] = {
    # Alone as plain text; packed and as Parquet, where the same cells are read, by `make faults`, and here at once.
    **{sentence: broken(*cell) | {"daily": (".csv",)} for sentence, cell in CELLS.items()},
    "all of these cells at once": at_once(*CELLS.values()),
    "a row that breaks several rules": {
        "do": lambda x: (x.cell("bureau", 7, "DAYS_CREDIT", "3"), x.cell("bureau", 7, "AMT_CREDIT_SUM", "-1")),
        "aside": {
            "bureau.DAYS_CREDIT.future": [("bureau", 9)],
            "bureau.AMT_CREDIT_SUM.negative": [("bureau", 9)],
        },
        "orphans": {"bureau_balance": [9]},
    },
    "ten rows in two hundred": {
        "do": some("installments_payments", "AMT_PAYMENT", "many", 10),
        "aside": {"installments_payments.AMT_PAYMENT.type": [("installments_payments", n) for n in range(2, 12)]},
    },
    "eleven rows in two hundred": {
        "do": some("installments_payments", "AMT_PAYMENT", "many", 11),
        "refused": "file.mostly_broken",
        "says": ["installments_payments", "11 of 200", "installments_payments.AMT_PAYMENT.type", "line 2", "'many'"],
    },
    "two broken rows in a file of five": {
        "do": lambda x: (only_first(x, "POS_CASH_balance", 5), some("POS_CASH_balance", "SK_DPD", "many", 2)(x)),
        "aside": {"POS_CASH_balance.SK_DPD.type": [("POS_CASH_balance", 2), ("POS_CASH_balance", 3)]},
    },
    "three broken rows in a file of five": {
        "do": lambda x: (only_first(x, "POS_CASH_balance", 5), some("POS_CASH_balance", "SK_DPD", "many", 3)(x)),
        "refused": "file.mostly_broken",
        "says": ["POS_CASH_balance", "3 of 5"],
    },
    "twenty copies are no matter of a column": {
        "do": lambda x: [x.add("POS_CASH_balance", client) for client in range(20)],
        "aside": {"POS_CASH_balance.SK_ID_PREV.duplicate": [("POS_CASH_balance", 202 + n) for n in range(20)]},
    },
    "swapped columns of text and number": {
        "do": lambda x: x.swap("application", "NAME_CONTRACT_TYPE", "AMT_CREDIT"),
        "refused": "file.mostly_broken",
        "says": ["application", "application.AMT_CREDIT.type", "NAME_CONTRACT_TYPE"],
    },
    "swapped columns of days": {
        "do": lambda x: x.swap("application", "DAYS_BIRTH", "AMT_INCOME_TOTAL"),
        "refused": "file.mostly_broken",
        "says": ["application", "AMT_INCOME_TOTAL"],
    },
    "decimal commas throughout": {
        "do": lambda x: x.every("bureau", "AMT_CREDIT_SUM", lambda cell: cell.replace(".0", ",50")),
        "formats": TEXT,
        "refused": "file.mostly_broken",
        "says": ["bureau.csv", "bureau.AMT_CREDIT_SUM.type", "[read.bureau]", 'decimal = ","'],
    },
    "French numbers throughout": {
        "do": lambda x: x.every("bureau", "AMT_CREDIT_SUM", lambda cell: f"1\u202f{cell[-5:-2]},50"),
        "formats": TEXT,
        "refused": "file.mostly_broken",
        "says": ["bureau.csv", "[read.bureau]", 'decimal = ","', "thousands"],
    },
    "English thousands throughout": {
        "do": lambda x: x.every("bureau", "AMT_CREDIT_SUM", lambda cell: f"1,{cell[-5:-2]}.50"),
        "formats": TEXT,
        "refused": "file.mostly_broken",
        "says": ["bureau.csv", "[read.bureau]", 'thousands = ","'],
    },
    "outcomes in words": {
        "do": lambda x: x.every("application", "TARGET", lambda cell: "no" if cell == "0" else "yes"),
        "refused": "file.mostly_broken",
        "says": ["application", "application.TARGET.label"],
    },
    "an id as a float of 32 bits": {
        "do": lambda x: x.typed("bureau", "SK_ID_CURR", lambda t: pa.array([float(v) for v in t], pa.float32())),
        "formats": PARQUET,
    },
    "an amount as a float of 32 bits": {
        "do": lambda x: x.typed("bureau", "AMT_CREDIT_SUM", lambda t: pa.array([float(v) for v in t], pa.float32())),
        "formats": PARQUET,
        "refused": "file.unfit_types",
        "says": ["bureau.parquet", "AMT_CREDIT_SUM", "float"],
    },
    "a list instead of a number": {
        "do": lambda x: x.typed("bureau", "DAYS_CREDIT", lambda t: pa.array([[int(v)] for v in t])),
        "formats": PARQUET,
        "refused": "file.unfit_types",
        "says": ["bureau.parquet", "DAYS_CREDIT", "list"],
    },
    "a moment instead of days": {
        "do": lambda x: x.typed(
            "bureau", "DAYS_CREDIT", lambda t: pa.array([1_000_000_000] * len(t), pa.timestamp("ns"))
        ),
        "formats": PARQUET,
        "refused": "file.unfit_types",
        "says": ["bureau.parquet", "DAYS_CREDIT", "timestamp"],
    },
    "days as a date": {
        "do": lambda x: x.typed("bureau", "DAYS_CREDIT", lambda t: pa.array([date(2026, 1, 31)] * len(t))),
        "formats": PARQUET,
        "refused": "file.unfit_types",
        "says": ["bureau.parquet", "DAYS_CREDIT", "date32"],
    },
    "an amount in bytes": {
        "do": lambda x: x.typed("bureau", "AMT_CREDIT_SUM", lambda t: pa.array([v.encode() for v in t])),
        "formats": PARQUET,
        "refused": "file.unfit_types",
        "says": ["bureau.parquet", "AMT_CREDIT_SUM", "binary"],
    },
    "one infinite number among floats": {
        "do": lambda x: x.typed(
            "bureau", "AMT_CREDIT_SUM", lambda t: pa.array([float("inf"), *(float(v) for v in t[1:])])
        ),
        "formats": PARQUET,
        "aside": {"bureau.AMT_CREDIT_SUM.range": [("bureau", 2)]},
        "orphans": {"bureau_balance": [2]},
    },
    "one amount too fine among decimals": {
        "do": lambda x: (
            x.cell("bureau", 3, "AMT_CREDIT_SUM", "1.0005"),
            x.typed("bureau", "AMT_CREDIT_SUM", lambda t: pa.array([Decimal(v) for v in t], pa.decimal128(20, 4))),
        ),
        "formats": PARQUET,
        "aside": {"bureau.AMT_CREDIT_SUM.precision": [("bureau", 5)]},
        "orphans": {"bureau_balance": [5]},
    },
}


def test_a_broken_cell_costs_its_row_and_a_broken_column_the_file(
    case: dict[str, Any], suffix: str, run_case: Callable[..., None]
):
    run_case(case, suffix)
