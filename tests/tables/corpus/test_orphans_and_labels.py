"""Child rows without their parent, and outcomes that are missing, impossible or not asked for."""

from collections.abc import Callable
from typing import Any

CHILDREN = ("bureau", "previous_application", "POS_CASH_balance", "installments_payments", "credit_card_balance")

DAILY = (".csv", ".parquet")
"""What is packed is the text that is read from the plain file: one case here is, the others by `make faults`."""


def part_of_the_applicants(x: Any) -> None:  # noqa: ANN401 - the lender of the corpus
    """Leave out the first forty applicants, whose child rows stay."""
    del x.files["application"][:40]


def outcome(value: str) -> dict[str, Any]:
    return {
        "do": lambda x: x.cell("application", 7, "TARGET", value),
        "aside": {"application.TARGET.label": [("application", 9)]},
        "orphans": dict.fromkeys((*CHILDREN, "bureau_balance"), (9,)),
    }


CASES: dict[str, dict[str, Any]] = {
    **{
        f"a row of {table} whose client is not there": {
            # Every contract of this client goes with him, so that nobody else seems to own it.
            "do": lambda x, table=table: (
                x.add(table, 7, SK_ID_CURR="999", **new_key(table)),
                None,
            ),
            "orphans": {table: [202]},
        }
        for table in CHILDREN
    },
    "months of a credit that is not there": {
        "do": lambda x: x.add("bureau_balance", 7, SK_ID_BUREAU="77"),
        "daily": (".csv", ".csv.gz", ".parquet"),
        "orphans": {"bureau_balance": [202]},
    },
    "months of a credit whose client is not there": {
        "do": lambda x: x.cell("bureau", 7, "SK_ID_CURR", "999"),
        "orphans": {"bureau": [9], "bureau_balance": [9]},
    },
    "months of a credit in quarantine": {
        "do": lambda x: x.cell("bureau", 7, "DAYS_CREDIT", "x"),
        "aside": {"bureau.DAYS_CREDIT.type": [("bureau", 9)]},
        "orphans": {"bureau_balance": [9]},
    },
    "a fifth of the applicants is not there": {
        "do": part_of_the_applicants,
        "orphans": dict.fromkeys((*CHILDREN, "bureau_balance"), tuple(range(2, 42))),
    },
    "a broken row of an unknown client is broken": {
        "do": lambda x: x.add("bureau", 7, SK_ID_CURR="999", SK_ID_BUREAU="77", DAYS_CREDIT="x"),
        "aside": {"bureau.DAYS_CREDIT.type": [("bureau", 202)]},
    },
    "outcome 2": outcome("2"),
    "outcome minus one": outcome("-1"),
    "half an outcome": outcome("0.5"),
    "an outcome in words": outcome("yes"),
    "no outcome in a file that has the column": outcome(""),
    "no outcome is no matter when scores are asked for": {
        "do": lambda x: x.cell("application", 7, "TARGET", ""),
        "purpose": "score",
    },
    "an impossible outcome is one when scores are asked for too": {**outcome("2"), "purpose": "score"},
    "no column of outcomes": {
        "do": lambda x: x.rename("application", TARGET="DEFAULTED"),
        "refused": "file.no_label",
        "says": ["TARGET", "DEFAULTED"],
    },
    "no column of outcomes is no matter when scores are asked for": {
        "do": lambda x: x.drop("application", "TARGET"),
        "purpose": "score",
    },
    "only one outcome": {
        "do": lambda x: x.every("application", "TARGET", lambda _: "0"),
        "refused": "file.one_class",
        "says": ["application", "TARGET is 0"],
    },
    "only one outcome is no matter when scores are asked for": {
        "do": lambda x: x.every("application", "TARGET", lambda _: "0"),
        "purpose": "score",
    },
    "the other outcome only in a row that is set aside": {
        "do": lambda x: (
            x.every("application", "TARGET", lambda _: "0"),
            x.cell("application", 7, "TARGET", "1"),
            x.cell("application", 7, "AMT_CREDIT", "x"),
        ),
        "refused": "file.one_class",
    },
}


def new_key(table: str) -> dict[str, str]:
    """Cells that make a copied row another row."""
    return {"SK_ID_BUREAU": "77"} if table == "bureau" else {"SK_ID_PREV": "77"}


def test_rows_without_parent_are_listed_apart_and_outcomes_are_0_or_1(
    case: dict[str, Any], suffix: str, run_case: Callable[..., None]
):
    run_case(case, suffix)
