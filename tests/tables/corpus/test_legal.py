"""What looks odd and is legal: accepted whole, with the values that were meant."""

import codecs
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

TEXT = (".csv", ".csv.gz")
PARQUET = (".parquet",)

DAILY = (".csv", ".parquet")
"""What is packed is the text that is read from the plain file: one case here is, the others by `make faults`."""


def typed(make: Callable[[list[str]], pa.Array], *columns: tuple[str, str]) -> dict[str, Any]:
    """Parquet columns of another type than string."""
    return {"do": lambda x: [x.typed(file, column, make) for file, column in columns], "formats": PARQUET}


def with_dates(values: Callable[[list[str]], pa.Array]) -> dict[str, Any]:
    def do(x: Any) -> None:  # noqa: ANN401 - the lender of the corpus
        x.every("application", "APPLICATION_DATE", lambda _: "2026-01-31")
        x.typed("application", "APPLICATION_DATE", values)

    return {"do": do, "formats": PARQUET}


def line_ends(end: str) -> dict[str, Any]:
    return {"do": lambda x: setattr(x, "line_end", end), "formats": TEXT}


def numbers(texts: list[str], kind: pa.DataType) -> pa.Array:
    return pa.array([None if text == "" else int(Decimal(text)) for text in texts], kind)


CASES: dict[str, dict[str, Any]] = {
    "a sound lender": {"do": lambda _: None, "daily": (*TEXT, *PARQUET)},
    "keys as whole floats": {
        "do": lambda x: [
            x.every(table, "SK_ID_CURR", lambda cell: f"{cell}.0") for table in ("bureau", "previous_application")
        ],
    },
    "a header in another case": {"do": lambda x: x.rename("bureau", **{n: n.lower() for n in x.files["bureau"][0]})},
    "a header with spaces": {"do": lambda x: x.rename("bureau", **{n: f" {n} " for n in x.files["bureau"][0]})},
    "columns in another order": {"do": lambda x: [x.turn(table) for table in list(x.files)]},
    "extra columns": {
        "do": lambda x: x.every("bureau", "SHOE_SIZE", lambda _: "42"),
        "warns": {"warning.extra_columns": ["SHOE_SIZE"]},
    },
    "a thousand extra columns": {
        "do": lambda x: [x.every("bureau_balance", f"X{n}", lambda _: "") for n in range(1_000)],
        "warns": {"warning.extra_columns": ["X999"]},
    },
    "blank lines": {
        "do": lambda x: x.lines("bureau", lambda lines: [b"", lines[0], b"", *lines[1:50], b"", b"", *lines[50:], b""]),
        "formats": TEXT,
        "lines": {"bureau": lambda position: position + 4 + 2 * (position >= 49)},
    },
    "line ends of Windows": line_ends("\r\n"),
    "line ends of an old Mac": line_ends("\r"),
    "mixed line ends": {
        "do": lambda x: x.text("bureau", lambda data: data.replace(b"\n", b"\r\n", 90).replace(b"\r\n", b"\r", 30)),
        "formats": TEXT,
    },
    "a complete last line without line end": {
        "do": lambda x: x.text("bureau", lambda data: data[:-1]),
        "formats": TEXT,
    },
    "a mark of UTF-8 at the start": {
        "do": lambda x: x.text("bureau", lambda data: codecs.BOM_UTF8 + data),
        "formats": TEXT,
    },
    "line breaks inside quotes": {
        "do": lambda x: x.cell("application", 9, "ORGANIZATION_TYPE", "Trade\ntype\r\n2"),
        "formats": TEXT,
        "lines": {"application": lambda position: position + 2 + 2 * (position > 9)},
        "warns": {"warning.new_levels": ["ORGANIZATION_TYPE"]},
    },
    "quotes, commas and accents inside quotes": {
        "do": lambda x: x.cell("application", 9, "ORGANIZATION_TYPE", 'Société "L’Épargne", SA'),
        "warns": {"warning.new_levels": ["ORGANIZATION_TYPE × 1"]},
    },
    "every cell quoted": {
        "do": lambda x: x.text("bureau", lambda data: b"\n".join(quoted(line) for line in data.split(b"\n"))),
        "formats": TEXT,
    },
    "a child table without rows": {
        "do": lambda x: [x.empty(table) for table in x.files if table != "application"],
    },
    "a header without line end": {
        "do": lambda x: (x.empty("bureau_balance"), x.text("bureau_balance", lambda data: data[:-1])),
        "formats": TEXT,
    },
    "instalments paid in several rows": {
        "do": lambda x: (
            x.add("installments_payments", 7, AMT_PAYMENT="3000.0"),
            x.add("installments_payments", 7),
            x.add("installments_payments", 7),
        ),
    },
    "POS and card rows without an earlier application": {
        "do": lambda x: x.files["previous_application"].pop(7),
    },
    "applicants without any child row": {
        "do": lambda x: [x.files[table].pop(7) for table in x.files if table != "application"],
    },
    "applicants without credits at the bureau": {
        "do": lambda x: [x.files[table].__delitem__(slice(50)) for table in ("bureau", "bureau_balance")],
    },
    "the day that stands for none": {
        "do": lambda x: (
            x.cell("application", 8, "DAYS_EMPLOYED", "365243"),
            x.cell("previous_application", 8, "DAYS_FIRST_DRAWING", "365243"),
        ),
    },
    "words for no value": {
        "do": lambda x: [
            x.cell("application", 20 + n, column, word)
            for n, word in enumerate(("NaN", "NULL", "NA", "nan", "", " NA "))
            for column in ("EXT_SOURCE_2", "AMT_ANNUITY", "CNT_CHILDREN")
        ],
    },
    "XNA and XAP": {
        "do": lambda x: (
            x.cell("application", 8, "ORGANIZATION_TYPE", "XAP"),
            x.cell("application", 9, "NAME_CONTRACT_TYPE", "XNA"),
        ),
    },
    "no income": {"do": lambda x: x.cell("application", 8, "AMT_INCOME_TOTAL", "0")},
    "a negative debt": {"do": lambda x: x.cell("bureau", 8, "AMT_CREDIT_SUM_DEBT", "-4705.6")},
    "a negative balance of a card": {"do": lambda x: x.cell("credit_card_balance", 8, "AMT_BALANCE", "-300.05")},
    "the month of the application": {
        "do": lambda x: [
            x.cell(table, 8, "MONTHS_BALANCE", "0")
            for table in ("bureau_balance", "POS_CASH_balance", "credit_card_balance")
        ],
    },
    "the day of the application": {
        "do": lambda x: (
            x.cell("bureau", 8, "DAYS_CREDIT", "0"),
            x.cell("previous_application", 8, "DAYS_DECISION", "0"),
            x.cell("installments_payments", 8, "DAYS_ENTRY_PAYMENT", "0.0"),
            x.cell("application", 8, "DAYS_EMPLOYED", "0"),
        ),
    },
    "a contract that ends in the future": {"do": lambda x: x.cell("bureau", 8, "DAYS_CREDIT_ENDDATE", "31199.0")},
    "an instalment that falls due in the future": {
        "do": lambda x: x.cell("installments_payments", 8, "DAYS_INSTALMENT", "12"),
    },
    "an applicant of exactly eighteen years": {"do": lambda x: x.cell("application", 8, "DAYS_BIRTH", "-6574")},
    "an applicant of a hundred and nineteen": {"do": lambda x: x.cell("application", 8, "DAYS_BIRTH", "-43464")},
    "every status of a month": {
        "do": lambda x: [x.cell("bureau_balance", n, "STATUS", status) for n, status in enumerate("CX012345")],
    },
    "building columns that are mostly empty": {
        "do": lambda x: x.every("application", "COMMONAREA_AVG", lambda _: ""),
    },
    "a category never seen before": {
        "do": lambda x: [x.cell("bureau", n, "CREDIT_ACTIVE", "Frozen") for n in (3, 4, 5)],
        "warns": {"warning.new_levels": ["CREDIT_ACTIVE × 3", "Frozen"]},
    },
    "spaces after categories": {
        "do": lambda x: [x.cell("application", n, "NAME_CONTRACT_TYPE", "Cash loans  ") for n in (3, 4)],
        "warns": {"warning.stripped_spaces": ["NAME_CONTRACT_TYPE", "2 cell"]},
    },
    "spaces around numbers": {
        "do": lambda x: (
            x.every("bureau", "AMT_CREDIT_SUM", lambda cell: f"  {cell}"),
            x.every("bureau", "SK_ID_CURR", lambda cell: f"{cell}  "),
        ),
    },
    "numbers in exponent form": {
        "do": lambda x: (
            x.cell("application", 8, "EXT_SOURCE_2", "9.53E-05"),
            x.cell("bureau", 8, "AMT_CREDIT_SUM", "1.5e5"),
            x.cell("bureau", 8, "DAYS_CREDIT", "-4e2"),
        ),
    },
    "digits that are kept to the last": {
        "do": lambda x: (
            x.cell("bureau", 8, "AMT_CREDIT_SUM", "99999999999.993"),
            x.cell("bureau", 9, "AMT_CREDIT_SUM", "0.001"),
            x.cell("application", 8, "EXT_SOURCE_2", "0.8549999999999999"),
            x.cell("application", 9, "EXT_SOURCE_2", "5e-324"),
        ),
    },
    "zeros after a thousandth": {"do": lambda x: x.cell("bureau", 8, "AMT_CREDIT_SUM", "47962.12500000000000000000")},
    "a number of the lender for its customers": {
        "do": lambda x: x.every("application", "subject_ref", lambda _: "K-0042"),
    },
    "a date of the application": {"do": lambda x: x.every("application", "APPLICATION_DATE", lambda _: "2026-01-31")},
    "a file of the lender in its national form": {
        "do": lambda x: (
            x.cell("bureau", 8, "CREDIT_ACTIVE", "Gelé"),
            x.text("bureau", in_french),
            setattr(
                x, "config", '[read.bureau]\ndelimiter = ";"\nencoding = "cp1252"\ndecimal = ","\nthousands = " "\n'
            ),
        ),
        "formats": TEXT,
        "warns": {"warning.new_levels": ["Gelé"]},
    },
    "whole numbers of 32 bits": typed(
        lambda texts: numbers(texts, pa.int32()),
        ("bureau", "SK_ID_CURR"),
        ("bureau", "SK_ID_BUREAU"),
        ("bureau", "DAYS_CREDIT"),
        ("application", "TARGET"),
        ("credit_card_balance", "AMT_CREDIT_LIMIT_ACTUAL"),
    ),
    "whole numbers without sign": typed(
        lambda texts: numbers(texts, pa.uint64()), ("bureau", "SK_ID_CURR"), ("application", "SK_ID_CURR")
    ),
    "amounts as floats of 64 bits": typed(
        lambda texts: pa.array([float(text) if text else None for text in texts]),
        ("application", "AMT_INCOME_TOTAL"),
        ("application", "AMT_CREDIT"),
        ("installments_payments", "AMT_PAYMENT"),
        ("bureau", "AMT_CREDIT_SUM_DEBT"),
    ),
    "amounts as decimals": typed(
        lambda texts: pa.array([Decimal(text) for text in texts], pa.decimal128(18, 3)),
        ("application", "AMT_CREDIT"),
        ("bureau", "AMT_CREDIT_SUM"),
    ),
    "ids as decimals": typed(
        lambda texts: pa.array([Decimal(text) for text in texts], pa.decimal128(19, 0)), ("bureau", "SK_ID_CURR")
    ),
    "categories as a dictionary": typed(
        lambda texts: pa.array(texts).dictionary_encode(),
        ("application", "NAME_CONTRACT_TYPE"),
        ("bureau_balance", "STATUS"),
    ),
    "numbers as a dictionary": typed(
        lambda texts: numbers(texts, pa.int64()).dictionary_encode(), ("bureau_balance", "MONTHS_BALANCE")
    ),
    "outcomes as truth values": typed(
        lambda texts: pa.array([text == "1" for text in texts]), ("application", "TARGET")
    ),
    "large strings": typed(lambda texts: pa.array(texts, pa.large_string()), ("application", "NAME_CONTRACT_TYPE")),
    "a column of nothing": {
        "do": lambda x: (
            x.every("bureau", "DAYS_CREDIT_ENDDATE", lambda _: ""),
            x.typed("bureau", "DAYS_CREDIT_ENDDATE", lambda texts: pa.nulls(len(texts))),
        ),
        "formats": PARQUET,
    },
    "dates as dates": with_dates(lambda texts: pa.array([date(2026, 1, 31)] * len(texts))),
    "dates as moments at midnight": with_dates(
        lambda texts: pa.array([datetime(2026, 1, 31)] * len(texts), pa.timestamp("ns"))  # noqa: DTZ001 - a plain date
    ),
}


def in_french(data: bytes) -> bytes:
    """Semicolons, decimal commas, no-break spaces between thousands, Windows Latin-1."""
    text = data.decode().replace(",", ";").replace(".0", ",0")
    return re.sub(r"(\d\d)(\d{3}),0", "\\1\u00a0\\2,0", text).encode("cp1252")


def quoted(line: bytes) -> bytes:
    return b",".join(b'"' + cell + b'"' for cell in line.split(b",")) if line else line


def test_what_is_legal_is_accepted_whole(case: dict[str, Any], suffix: str, run_case: Callable[..., None]):
    run_case(case, suffix)
