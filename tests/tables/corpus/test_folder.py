"""Which file is which table: folders, part files, links, tables that are missing or there twice."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

CSV = (".csv",)


def link_far(folder: Path, name: str) -> None:
    """Replace a file by a link to one that lies outside of the data folder."""
    (folder / name).unlink()
    (folder / name).symlink_to(Path(__file__).resolve())


def folder_link(folder: Path, name: str) -> None:
    """Replace a file by a link to a folder that lies outside of the data folder."""
    (folder / name).unlink()
    (folder / name.partition(".")[0]).symlink_to(Path(__file__).resolve().parent, target_is_directory=True)


def dangling(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).symlink_to("nothing.csv")


def pipe(folder: Path, name: str) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)


def inner_link(folder: Path, name: str) -> None:
    """Put the file under a name that tools hide, with a link to it inside the folder."""
    (folder / name).rename(folder / f"_{name}")
    (folder / name).symlink_to(f"_{name}")


CASES: dict[str, dict[str, Any]] = {
    "two sources of one table": {
        "do": lambda x: x.then(
            lambda folder: (folder / "bureau.csv.gz").write_bytes(gzip.compress((folder / "bureau.csv").read_bytes()))
        ),
        "formats": CSV,
        "refused": "file.two_sources",
        "says": ["bureau.csv, bureau.csv.gz"],
    },
    "a file and a folder of one table": {
        "do": lambda x: x.then(lambda folder: (folder / "bureau").mkdir()),
        "formats": CSV,
        "refused": "file.two_sources",
        "says": ["bureau, bureau.csv"],
    },
    "one part twice in two formats": {
        "do": lambda x: (
            x.split("bureau", 100, "bureau/part-0", "bureau/part-1"),
            x.then(lambda folder: (folder / "bureau" / "part-1.parquet").write_bytes(b"PAR1")),
        ),
        "formats": CSV,
        "refused": "file.two_sources",
        "says": ["bureau/part-1.csv", "bureau/part-1.parquet"],
    },
    "no table of applicants": {
        "do": lambda x: x.files.pop("application"),
        "refused": "file.no_application",
        "says": ["application_train"],
    },
    "a child table is missing": {
        "do": lambda x: x.files.pop("credit_card_balance"),
        "refused": "file.missing_tables",
        "says": ["credit_card_balance", "--without credit_card_balance"],
    },
    "a table under a near name": {
        "do": lambda x: x.move("installments_payments", "installment_payments_2026"),
        "refused": "file.misnamed_tables",
        "says": ["installments_payments", "installment_payments_2026", "[tables]"],
    },
    "tables still in their zip": {
        "do": lambda x: (
            x.files.pop("bureau"),
            x.then(lambda folder: (folder / "bureau.zip").write_bytes(b"PK\3\4")),
        ),
        "refused": "file.zipped_tables",
        "says": ["bureau", "bureau.zip", "Unzip"],
    },
    "tables.toml names a file that is not there": {
        "do": lambda x: setattr(x, "config", '[tables]\nbureau = "buro.csv"\n'),
        "formats": CSV,
        "refused": "file.no_such_source",
        "says": ["buro.csv", "bureau.csv"],
    },
    "tables.toml names a file outside of the folder": {
        "do": lambda x: setattr(x, "config", '[tables]\nbureau = "../bureau.csv"\n'),
        "formats": CSV,
        "refused": "file.no_such_source",
        "says": ["../bureau.csv"],
    },
    "a folder without part files": {
        "do": lambda x: (x.files.pop("bureau"), x.then(lambda folder: (folder / "bureau").mkdir())),
        "refused": "file.no_parts",
        "says": ["bureau"],
    },
    "a folder under the name of a file": {
        "do": lambda x: (x.files.pop("bureau"), x.then(lambda folder: (folder / "bureau.csv").mkdir())),
        "refused": "file.no_parts",
        "says": ["bureau.csv"],
    },
    "a folder inside the folder of a table": {
        "do": lambda x: (
            x.split("bureau", 100, "bureau/part-0", "bureau/part-1"),
            x.then(lambda folder: (folder / "bureau" / "year=2026").mkdir()),
        ),
        "refused": "file.nested_folder",
        "says": ["bureau/year=2026"],
    },
    "part files with different columns": {
        "do": lambda x: (
            x.split("bureau", 100, "bureau/part-0", "bureau/part-1"),
            x.drop("bureau/part-1", "DAYS_CREDIT_ENDDATE"),
        ),
        "refused": "file.parts_differ",
        "says": ["bureau/part-1", "bureau/part-0", "DAYS_CREDIT_ENDDATE"],
    },
    "applicants to train on and to score with different columns": {
        "do": lambda x: (
            x.split("application", 150, "application_train", "application_test"),
            x.drop("application_test", "TARGET", "EXT_SOURCE_2"),
        ),
        "refused": "file.parts_differ",
        "says": ["application_train", "application_test", "EXT_SOURCE_2"],
    },
    "a link to a file outside of the folder": {
        "do": lambda x: x.then(lambda folder: link_far(folder, "bureau.csv")),
        "formats": CSV,
        "refused": "file.outside",
        "says": ["bureau.csv"],
    },
    "a link to a folder outside of the folder": {
        "do": lambda x: x.then(lambda folder: folder_link(folder, "bureau.csv")),
        "formats": CSV,
        "refused": "file.outside",
        "says": ["bureau"],
    },
    "a link to nothing": {
        "do": lambda x: x.then(lambda folder: dangling(folder, "bureau.csv")),
        "formats": CSV,
        "refused": "file.dangling_link",
        "says": ["bureau.csv"],
    },
    "a pipe instead of a file": {
        "do": lambda x: x.then(lambda folder: pipe(folder, "bureau.csv")),
        "formats": CSV,
        "refused": "file.special_file",
        "says": ["bureau.csv"],
    },
    "a link inside the folder is read": {
        "do": lambda x: x.then(lambda folder: inner_link(folder, "bureau.csv")),
        "formats": CSV,
    },
    "names in another case are read": {
        "do": lambda x: (x.move("bureau", "BUREAU"), x.move("POS_CASH_balance", "pos_cash_balance")),
    },
    "a folder of part files is one table": {
        "do": lambda x: x.split("bureau", 77, "bureau/part-0", "bureau/part-1"),
    },
    "applicants to score need no outcome beside those to train on": {
        "do": lambda x: (
            x.split("application", 150, "application_train", "application_test"),
            x.drop("application_test", "TARGET"),
        ),
    },
    "files that are no table are left alone": {
        "do": lambda x: x.then(lambda folder: (folder / "HomeCredit_columns_description.csv").write_bytes(b"\xe9\0")),
    },
    "marks that tools leave behind are no part files": {
        "do": lambda x: (
            x.split("bureau", 77, "bureau/part-0", "bureau/part-1"),
            x.then(lambda folder: (folder / "bureau" / "_SUCCESS").touch()),
            x.then(lambda folder: (folder / "bureau" / ".part-0.crc").write_bytes(b"crc")),
        ),
    },
    "a child table is left out on demand": {
        "do": lambda x: x.files.pop("credit_card_balance"),
        "without": ("credit_card_balance",),
    },
}


def test_each_table_comes_from_the_file_that_is_meant_or_the_folder_is_refused(
    case: dict[str, Any], suffix: str, run_case: Callable[..., None]
):
    run_case(case, suffix)
