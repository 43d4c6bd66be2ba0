"""Columns, place of the header, delimiter, encoding: a file that is written otherwise is refused, with advice."""

from collections.abc import Callable
from typing import Any

TEXT = (".csv", ".csv.gz")

REQUIRED = {
    "application": (
        "SK_ID_CURR",
        "AMT_INCOME_TOTAL",
        "AMT_CREDIT",
        "AMT_ANNUITY",
        "DAYS_BIRTH",
        "DAYS_EMPLOYED",
        "NAME_CONTRACT_TYPE",
    ),
    "bureau": ("SK_ID_CURR", "SK_ID_BUREAU", "CREDIT_ACTIVE", "DAYS_CREDIT", "AMT_CREDIT_SUM", "AMT_CREDIT_SUM_DEBT"),
    "bureau_balance": ("SK_ID_BUREAU", "MONTHS_BALANCE", "STATUS"),
    "previous_application": (
        "SK_ID_PREV",
        "SK_ID_CURR",
        "NAME_CONTRACT_STATUS",
        "AMT_APPLICATION",
        "AMT_CREDIT",
        "DAYS_DECISION",
    ),
    "POS_CASH_balance": ("SK_ID_PREV", "SK_ID_CURR", "MONTHS_BALANCE", "SK_DPD"),
    "installments_payments": (
        "SK_ID_PREV",
        "SK_ID_CURR",
        "NUM_INSTALMENT_NUMBER",
        "DAYS_INSTALMENT",
        "DAYS_ENTRY_PAYMENT",
        "AMT_INSTALMENT",
        "AMT_PAYMENT",
    ),
    "credit_card_balance": (
        "SK_ID_PREV",
        "SK_ID_CURR",
        "MONTHS_BALANCE",
        "AMT_BALANCE",
        "AMT_CREDIT_LIMIT_ACTUAL",
        "SK_DPD",
    ),
}
"""Columns without which nothing can be said, as promised to the lender; not read from the declaration."""


def without(table: str, column: str) -> dict[str, Any]:
    return {
        "do": lambda x: x.drop(table, column),
        "formats": (".csv", ".parquet"),
        "refused": "file.missing_columns",
        "says": [f"{table}.", column],
    }


def separated_by(mark: str) -> dict[str, Any]:
    shown = {"\t": "\\t"}.get(mark, mark)
    return {
        "do": lambda x: x.text("bureau", lambda data: data.replace(b",", mark.encode())),
        "formats": TEXT,
        "refused": "file.delimiter",
        "says": ["bureau.csv", "[read.bureau]", f'delimiter = "{shown}"'],
    }


def written_in(encoding: str, *, says: str) -> dict[str, Any]:
    def write(x: Any) -> None:  # noqa: ANN401 - the lender of the corpus
        x.every("application", "ORGANIZATION_TYPE", lambda _: "Société de crédit à l’économie")
        x.text("application", lambda data: data.decode().encode(encoding))

    return {"do": write, "formats": TEXT, "refused": "file.encoding", "says": ["application.csv", "line 2", says]}


CASES: dict[str, dict[str, Any]] = {
    **{
        f"{table} without {column}": without(table, column) for table, columns in REQUIRED.items() for column in columns
    },
    "a required column with a near name": {
        "do": lambda x: x.rename("bureau", CREDIT_ACTIVE="CREDIT_ACTIV"),
        "refused": "file.missing_columns",
        "says": ["bureau", 'CREDIT_ACTIVE = "CREDIT_ACTIV"'],
    },
    "one column there twice": {
        "do": lambda x: x.rename("bureau", DAYS_CREDIT_ENDDATE="days_credit "),
        "refused": "file.duplicate_column",
        "says": ["bureau", "DAYS_CREDIT", "2 times"],
    },
    "a column under our name and under the lender's": {
        "do": lambda x: (
            x.rename("bureau", DAYS_CREDIT_ENDDATE="OPENED"),
            setattr(x, "config", '[columns.bureau]\nDAYS_CREDIT = "OPENED"\n'),
        ),
        "refused": "file.ambiguous_column",
        "says": ["bureau", "DAYS_CREDIT", "OPENED"],
    },
    "one column of the lender's for two of ours": {
        "do": lambda x: (
            x.drop("application", "AMT_CREDIT"),
            x.rename("application", AMT_ANNUITY="AMOUNT"),
            setattr(x, "config", '[columns.application]\nAMT_CREDIT = "AMOUNT"\nAMT_ANNUITY = "AMOUNT"\n'),
        ),
        "refused": "file.shared_column",
        "says": ["AMOUNT", "AMT_CREDIT", "AMT_ANNUITY"],
    },
    "tables.toml names a column that no file has": {
        "do": lambda x: setattr(x, "config", '[columns.bureau]\nCREDIT_TYPE = "KIND"\n'),
        "refused": "file.unknown_mapping",
        "says": ["tables.toml", "KIND", "CREDIT_TYPE"],
    },
    "a column of the lender's own that no file has": {
        "do": lambda x: setattr(
            x, "config", '[extra.SHOE_SIZE]\ntype = "count"\ntext_fr = "Pointure"\ntext_en = "Shoe size"\n'
        ),
        "refused": "file.absent_own",
        "says": ["SHOE_SIZE"],
    },
    "a title before the header": {
        "do": lambda x: x.lines("bureau", lambda lines: [b"Export of 2026-01-31", b"", *lines]),
        "formats": TEXT,
        "refused": "file.header_place",
        "says": ["bureau.csv", "line 3"],
    },
    "no header": {
        "do": lambda x: x.lines("bureau", lambda lines: lines[1:]),
        "formats": TEXT,
        "refused": "file.header_place",
        "says": ["bureau.csv"],
    },
    "the header at the end": {
        "do": lambda x: x.lines("bureau_balance", lambda lines: [*lines[1:13], lines[0], *lines[13:]]),
        "formats": TEXT,
        "refused": "file.header_place",
        "says": ["bureau_balance.csv", "line 13"],
    },
    "semicolons": separated_by(";"),
    "tabs": separated_by("\t"),
    "bars": separated_by("|"),
    "commas where tables.toml says semicolons": {
        "do": lambda x: setattr(x, "config", '[read.bureau]\ndelimiter = ";"\n'),
        "formats": TEXT,
        "refused": "file.delimiter",
        "says": ["bureau.csv", 'delimiter = ","'],
    },
    "text in Windows Latin-1": written_in("cp1252", says='encoding = "cp1252"'),
    "text of an old Mac": written_in("mac_roman", says='encoding = "mac'),
    "bytes that are text in the middle of a file": {
        "do": lambda x: x.lines(
            "bureau", lambda lines: [*lines[:150], lines[150].replace(b"A", b"\xc9"), *lines[151:]]
        ),
        "formats": (".csv",),
        "refused": "file.encoding",
        "says": ["bureau.csv", "line 151", "c9"],
    },
    "UTF-8 up to a row in Windows Latin-1": {
        "do": lambda x: (
            x.every("application", "ORGANIZATION_TYPE", lambda _: "Société"),
            x.lines("application", lambda lines: [*lines[:99], lines[99].decode().encode("cp1252"), *lines[100:]]),
        ),
        "formats": TEXT,
        "refused": "file.mixed_encodings",
        "says": ["application.csv", "line 100", "cp1252", "Société"],
    },
    "UTF-16 with its mark": {
        "do": lambda x: x.text("bureau", lambda data: data.decode().encode("utf-16")),
        "formats": TEXT,
        "refused": "file.wide_encoding",
        "says": ["bureau.csv", "[read.bureau]", "utf-16"],
    },
    "UTF-16 without its mark": {
        "do": lambda x: x.text("bureau", lambda data: data.decode().encode("utf-16-le")),
        "formats": TEXT,
        "refused": "file.wide_encoding",
        "says": ["bureau.csv", "[read.bureau]", "utf-16"],
    },
    "another encoding than tables.toml says": {
        "do": lambda x: (
            x.every("application", "ORGANIZATION_TYPE", lambda _: "Société"),
            x.text("application", lambda data: data.decode().encode("cp1252")),
            setattr(x, "config", '[read.application]\nencoding = "ascii"\n'),
        ),
        "formats": TEXT,
        "refused": "file.wrong_encoding",
        "says": ["application.csv", "ascii"],
    },
}


def test_a_header_that_cannot_be_understood_refuses_the_file(
    case: dict[str, Any], suffix: str, run_case: Callable[..., None]
):
    run_case(case, suffix)
