"""Keys: what is no id, what is there twice, and contracts of two clients."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

CHILDREN = ("bureau", "previous_application", "POS_CASH_balance", "installments_payments", "credit_card_balance")
CONTRACTS = ("previous_application", "POS_CASH_balance", "installments_payments", "credit_card_balance")

DAILY = (".csv", ".parquet")
"""What is packed is the text that is read from the plain file: one case here is, the others by `make faults`."""


def no_id(value: str, code: str = "id") -> dict[str, Any]:
    """A credit whose own id is no id: its month loses its parent."""
    return {
        "do": lambda x: x.cell("bureau", 7, "SK_ID_BUREAU", value),
        "aside": {f"bureau.SK_ID_BUREAU.{code}": [("bureau", 9)]},
        "orphans": {"bureau_balance": [9]},
    }


def twice(table: str, key: str) -> dict[str, Any]:
    """The row of client 7 a second time, at the end of the file."""
    return {"do": lambda x: x.add(table, 7), "aside": {f"{table}.{key}.duplicate": [(table, 202)]}}


def contradicting(
    table: str, key: str, orphans: Mapping[str, Sequence[int]] | None = None, **cells: str
) -> dict[str, Any]:
    """The row of client 7 a second time with other values."""
    return {
        "do": lambda x: x.add(table, 7, **cells),
        "aside": {f"{table}.{key}.conflict": [(table, 9), (table, 202)]},
        "orphans": orphans or {},
    }


def owned_twice(*tables: str) -> dict[str, Any]:
    """Contract of client 7 that one row each of some tables gives to client 8: nothing of it can be trusted."""

    def do(x: Any) -> None:  # noqa: ANN401 - the lender of the corpus
        for table in tables:
            x.cell(table, 7, "SK_ID_CURR", "100009")

    return {"do": do, "aside": {f"{table}.SK_ID_PREV.owner": [(table, 9)] for table in CONTRACTS}}


def shifted(by: int) -> Callable[[Any], None]:
    """Move all ids beyond 2^53, where neighbouring ids share a float."""

    def do(x: Any) -> None:  # noqa: ANN401
        for rows in x.files.values():
            for row in rows:
                for name in ("SK_ID_CURR", "SK_ID_BUREAU", "SK_ID_PREV"):
                    if name in row:
                        row[name] = str(int(row[name]) + by)

    return do


CASES: dict[str, dict[str, Any]] = {
    "id zero": no_id("0"),
    "a negative id": no_id("-5000008"),
    "a fractional id": no_id("5000008.5"),
    "an id beyond int64": no_id("9223372036854775808"),
    "an id in exponent form": no_id("5.000008e6"),
    "an id with a leading zero": no_id("05000008"),
    "an id with a plus sign": no_id("+5000008"),
    "an id in words": no_id("C-5000008"),
    "an id with spaces inside": no_id("5 000 008"),
    "an empty id": no_id("", "empty"),
    "NaN as id": no_id("NaN", "empty"),
    "leading zeros throughout": {
        "do": lambda x: x.every("bureau", "SK_ID_CURR", lambda cell: f"0{cell}"),
        "refused": "file.mostly_broken",
        "says": ["bureau", "bureau.SK_ID_CURR.id", "leading zero"],
    },
    "no client": {
        "do": lambda x: x.cell("installments_payments", 7, "SK_ID_CURR", ""),
        "aside": {"installments_payments.SK_ID_CURR.empty": [("installments_payments", 9)]},
    },
    "an applicant without id": {
        "do": lambda x: x.cell("application", 7, "SK_ID_CURR", ""),
        "aside": {"application.SK_ID_CURR.empty": [("application", 9)]},
        "orphans": dict.fromkeys((*CHILDREN, "bureau_balance"), (9,)),
    },
    "the largest id": {
        "do": lambda x: [
            x.cell(table, 7, "SK_ID_BUREAU", "9223372036854775807") for table in ("bureau", "bureau_balance")
        ],
    },
    "ids beyond 2^53": {"do": shifted(2**53)},
    "ids beyond 2^53 are told from their neighbours": {
        "do": lambda x: (shifted(2**53)(x), x.cell("bureau", 199, "SK_ID_CURR", str(2**53 + 100_201))),
        "orphans": {"bureau": [201], "bureau_balance": [201]},
    },
    "an applicant twice": twice("application", "SK_ID_CURR") | {"daily": (".csv", ".csv.gz", ".parquet")},
    "a credit twice": twice("bureau", "SK_ID_BUREAU"),
    "an earlier application twice": twice("previous_application", "SK_ID_PREV"),
    "a bureau month twice": twice("bureau_balance", "SK_ID_BUREAU"),
    "a POS month twice": twice("POS_CASH_balance", "SK_ID_PREV"),
    "a card month twice": twice("credit_card_balance", "SK_ID_PREV"),
    "an applicant three times": {
        "do": lambda x: (x.add("application", 7), x.add("application", 7)),
        "aside": {"application.SK_ID_CURR.duplicate": [("application", 202), ("application", 203)]},
    },
    "copies whose amounts are written otherwise": {
        "do": lambda x: x.add("bureau", 7, AMT_CREDIT_SUM="91330.000", CREDIT_ACTIVE=" Active "),
        "aside": {"bureau.SK_ID_BUREAU.duplicate": [("bureau", 202)]},
        "warns": {"warning.stripped_spaces": ["CREDIT_ACTIVE"]},
    },
    "an applicant with two amounts": contradicting(
        "application", "SK_ID_CURR", dict.fromkeys((*CHILDREN, "bureau_balance"), (9,)), AMT_CREDIT="1.0"
    ),
    "a credit with two days": contradicting("bureau", "SK_ID_BUREAU", {"bureau_balance": [9]}, DAYS_CREDIT="-1"),
    "an earlier application with two outcomes": contradicting(
        "previous_application", "SK_ID_PREV", NAME_CONTRACT_STATUS="Refused"
    ),
    "a bureau month with two states": contradicting("bureau_balance", "SK_ID_BUREAU", STATUS="5"),
    "a POS month with two delays": contradicting("POS_CASH_balance", "SK_ID_PREV", SK_DPD="30"),
    "a card month with two balances": contradicting("credit_card_balance", "SK_ID_PREV", AMT_BALANCE="1.0"),
    "two copies and one that contradicts": {
        "do": lambda x: (x.add("POS_CASH_balance", 7), x.add("POS_CASH_balance", 7, SK_DPD="30")),
        "aside": {
            "POS_CASH_balance.SK_ID_PREV.conflict": [("POS_CASH_balance", line) for line in (9, 202, 203)],
        },
    },
    "another month of the same contract is no copy": {
        "do": lambda x: [
            x.add(table, 7, MONTHS_BALANCE="-40")
            for table in ("bureau_balance", "POS_CASH_balance", "credit_card_balance")
        ],
    },
    "a contract of two clients in one table": owned_twice("POS_CASH_balance"),
    "a contract of two clients in the table of earlier applications": owned_twice("previous_application"),
    "a contract of two clients across two tables": owned_twice("POS_CASH_balance", "credit_card_balance"),
    "a contract that changes its client between two instalments": {
        "do": lambda x: x.add("installments_payments", 7, SK_ID_CURR="100009", NUM_INSTALMENT_NUMBER="7"),
        "aside": {
            f"{table}.SK_ID_PREV.owner": [(table, 9), *([(table, 202)] if table == "installments_payments" else [])]
            for table in CONTRACTS
        },
    },
    "a contract of a client who is not there": {
        "do": lambda x: x.cell("POS_CASH_balance", 7, "SK_ID_CURR", "999"),
        "aside": {f"{table}.SK_ID_PREV.owner": [(table, 9)] for table in CONTRACTS if table != "POS_CASH_balance"},
        "orphans": {"POS_CASH_balance": [9]},
    },
    "the number of a credit and of a contract may be equal": {
        "do": lambda x: [x.cell(table, 7, "SK_ID_BUREAU", "2000008") for table in ("bureau", "bureau_balance")],
    },
}


def test_no_row_is_kept_whose_key_cannot_be_trusted(case: dict[str, Any], suffix: str, run_case: Callable[..., None]):
    run_case(case, suffix)
