"""`garant check` as a user meets it: exit codes, what is said of each broken thing, the page, what is left behind."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from garant.storage import sha256_file

pytestmark = pytest.mark.xdist_group("journey")

Garant = Callable[..., Any]

N_APPLICANTS = 300

JSON_KEYS = {
    *("purpose", "files", "rules", "warnings", "ignored", "without", "absent", "totals", "losing_information"),
}
FILE_KEYS = {"table", "file", "bytes", "sha256", "rows", "accepted", "orphans", "quarantined"}
RULE_KEYS = {"rule", "rows", "en", "fr", "remedy_en", "remedy_fr", "examples"}


def lines_of(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.reader(stream))


def write_lines(path: Path, lines: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows(lines)


@pytest.fixture(scope="module")
def whole(lender: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first applicants of the lender with all that is known of them, and nothing of others."""
    folder = tmp_path_factory.mktemp("whole") / "data"
    folder.mkdir()
    applicants = lines_of(lender / "application_train.csv")[: N_APPLICANTS + 1]
    write_lines(folder / "application_train.csv", applicants)
    known = {"SK_ID_CURR": {row[0] for row in applicants}}
    for table in (
        *("bureau", "previous_application", "POS_CASH_balance", "installments_payments", "credit_card_balance"),
        "bureau_balance",
    ):
        header, *rows = lines_of(lender / f"{table}.csv")
        column = "SK_ID_BUREAU" if table == "bureau_balance" else "SK_ID_CURR"
        kept = [row for row in rows if row[header.index(column)] in known[column]]
        if table == "bureau":
            known["SK_ID_BUREAU"] = {row[header.index("SK_ID_BUREAU")] for row in kept}
        write_lines(folder / f"{table}.csv", [header, *kept])
    return folder


@pytest.fixture
def data(whole: Path, tmp_path: Path) -> Path:
    """A copy of the sound folder that a test may damage."""
    return shutil.copytree(whole, tmp_path / "data")


def spoil(path: Path, line: int, column: str, value: str) -> None:
    """Write another value into a cell, by its physical line."""
    lines = lines_of(path)
    lines[line - 1][lines[0].index(column)] = value
    write_lines(path, lines)


def content(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in folder.rglob("*") if path.is_file()}


def test_sound_tables_end_with_0_and_json_with_documented_keys(garant: Garant, data: Path, project: Path) -> None:
    said = garant("check", data, "--output", "json")
    assert said.code == 0, said.err
    found = said.json
    assert found.keys() == JSON_KEYS
    assert {frozenset(file) for file in found["files"]} == {frozenset(FILE_KEYS)}
    assert found["totals"] == {
        "rows": sum(file["rows"] for file in found["files"]),
        "accepted": sum(file["rows"] for file in found["files"]),
        "orphans": 0,
        "quarantined": 0,
    }
    page = (project / "docs" / "tables.md").read_text(encoding="utf-8")
    assert not [key for key in JSON_KEYS | FILE_KEYS | RULE_KEYS if f"`{key}`" not in page]
    assert '{"refused": {"rule": ' in page


def test_a_warning_is_said_and_changes_nothing(garant: Garant, data: Path) -> None:
    lines = lines_of(data / "bureau.csv")
    write_lines(data / "bureau.csv", [[*lines[0], "SHOE_SIZE"], *([*row, "42"] for row in lines[1:])])
    said = garant("check", data)
    assert said.code == 0, said.err
    assert "SHOE_SIZE" in said.out
    assert "warning: " in said.out
    assert f"Next: garant train {data}" in said.out


def test_beyond_the_limit_of_quarantine_the_next_step_is_to_correct_the_rows(garant: Garant, data: Path) -> None:
    n_rows = len(lines_of(data / "bureau.csv")) - 1
    for line in range(2, 7):
        spoil(data / "bureau.csv", line, "DAYS_CREDIT", "37")
    assert f"Next: garant train {data}" in garant("check", data).out
    spoil(data / "bureau.csv", 7, "DAYS_CREDIT", "37")
    said = garant("check", data)
    assert said.code == 1, said.err
    assert "Next: " not in said.out
    assert said.out.splitlines()[-1] == (
        f"bureau: 6 of {n_rows} rows are in quarantine, the limit is 5 (0.1%): "
        "train and score stop beyond it: correct the rows, or raise --accept-quarantine"
    )
    assert said.out.count("--accept-quarantine") == 1


def test_broken_rows_end_with_1_and_each_is_told_with_file_line_column_value_and_remedy(
    garant: Garant, data: Path, tmp_path: Path
) -> None:
    spoil(data / "installments_payments.csv", 17, "AMT_PAYMENT", "6 948,36")
    spoil(data / "bureau.csv", 5, "DAYS_CREDIT", "37")
    page = tmp_path / "page.html"
    said = garant("check", data, "--report", page, "--lang", "fr", "--output", "json")
    assert said.code == 1, said.err
    rules = {rule["rule"]: rule for rule in said.json["rules"]}
    assert rules.keys() == {"installments_payments.AMT_PAYMENT.type", "bureau.DAYS_CREDIT.future"}
    assert {frozenset(rule) for rule in said.json["rules"]} == {frozenset(RULE_KEYS)}
    assert rules["bureau.DAYS_CREDIT.future"]["examples"] == [
        {"file": "bureau.csv", "line": 5, "column": "DAYS_CREDIT", "value": "37"}
    ]
    html = page.read_text(encoding="utf-8")
    assert '<html lang="fr">' in html
    assert "installments_payments.AMT_PAYMENT.type" in html
    assert "6 948,36" in html
    assert "données personnelles" in html
    said = garant("check", data)
    assert said.code == 1
    assert "installments_payments.csv, line 17, column AMT_PAYMENT: '6 948,36'" in said.out
    assert "Correct the cell at its source." in said.out
    assert "bureau.csv, line 5, column DAYS_CREDIT: '37'" in said.out


def test_orphans_alone_end_with_1_too(garant: Garant, data: Path) -> None:
    spoil(data / "bureau_balance.csv", 3, "SK_ID_BUREAU", "77")
    said = garant("check", data, "--output", "json")
    assert said.code == 1, said.err
    assert (said.json["totals"]["orphans"], said.json["totals"]["quarantined"]) == (1, 0)


def test_refused_data_end_with_3_say_why_and_leave_older_tables_alone(
    garant: Garant, data: Path, tmp_path: Path
) -> None:
    curated, page = tmp_path / "curated", tmp_path / "page.html"
    assert garant("check", data, "--out", curated).code == 0
    before = content(curated)
    lines = lines_of(data / "bureau.csv")
    write_lines(data / "bureau.csv", [["CREDIT_ACTIV" if n == "CREDIT_ACTIVE" else n for n in lines[0]], *lines[1:]])
    said = garant("check", data, "--out", curated, "--report", page, "--output", "json")
    assert said.code == 3
    message = said.json["refused"]["message"]
    assert said.json == {"refused": {"rule": "file.missing_columns", "message": message}}
    assert message.startswith("bureau.csv: required columns are absent: CREDIT_ACTIVE.")
    assert 'CREDIT_ACTIVE = "CREDIT_ACTIV"' in message
    assert f"error: {message}" in said.err
    assert content(curated) == before
    assert "file.missing_columns" in page.read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["curated", "data", "page.html"]


def test_refused_data_leave_no_folder(garant: Garant, data: Path, tmp_path: Path) -> None:
    (data / "bureau.csv").write_bytes((data / "bureau.csv").read_bytes()[:-9])
    said = garant("check", data, "--out", tmp_path / "curated")
    assert said.code == 3
    assert said.out == ""
    assert "error: bureau.csv: line " in said.err
    assert "the file was cut" in said.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_applicants_without_outcome_are_checked_for_score_and_refused_for_train(garant: Garant, data: Path) -> None:
    lines = lines_of(data / "application_train.csv")
    place = lines[0].index("TARGET")
    write_lines(data / "application_test.csv", [row[:place] + row[place + 1 :] for row in lines])
    (data / "application_train.csv").unlink()
    assert garant("check", data, "--for", "score").code == 0
    said = garant("check", data)
    assert said.code == 3
    assert "no application file has the column TARGET" in said.err


def test_printed_csv_holds_no_formula(garant: Garant, data: Path) -> None:
    (data / "bureau.csv").rename(data / "=1+1.csv")
    (data / "tables.toml").write_text('[tables]\nbureau = "=1+1.csv"\n')
    said = garant("check", data, "--output", "csv")
    assert said.code == 0, said.err
    rows = {row["table"]: row for row in csv.DictReader(said.out.splitlines())}
    assert rows["bureau"]["file"] == "'=1+1.csv"
    assert rows["bureau"]["rows"] == rows["bureau"]["accepted"]


def test_the_page_takes_its_language_from_the_settings_and_its_name_must_not_be_a_folder(
    garant: Garant, data: Path, tmp_path: Path
) -> None:
    said = garant("check", data, "--report", tmp_path / "page.html", GARANT_LANGUAGE="fr")
    assert said.code == 0, said.err
    assert '<html lang="fr">' in (tmp_path / "page.html").read_text(encoding="utf-8")
    said = garant("check", data, "--report", tmp_path)
    assert said.code == 2
    assert "is a folder" in said.err


def test_help_shows_an_example_of_each_use(garant: Garant) -> None:
    said = garant("check", "--help")
    text = " ".join(said.out.split())
    for use in ("--for score", "--out ACCEPTED", "--report check.html", "--output json", "--without"):
        assert f"garant check DATA {use}" in text


def test_checked_tables_are_scored_as_the_raw_ones_are(
    garant: Garant, lender: Path, model: Path, run: dict[str, Any], tmp_path: Path
) -> None:
    curated = tmp_path / "curated"
    # One credit in thirty of the lender's balances is unknown to its bureau: orphans.
    assert garant("check", lender, "--for", "score", "--out", curated).code == 1
    said = garant(
        "score", curated, "--bundle", model, "--out", tmp_path / "runs", "--format", "csv", "--output", "json"
    )
    assert said.code == 0, said.err
    assert said.json["run_id"] == run["run_id"]
    assert said.json["rows"] == run["rows"]
    scores = [sha256_file(Path(brief["folder"]) / "scores.csv") for brief in (said.json, run)]
    assert scores[0] == scores[1]
    assert json.loads((curated / "manifest.json").read_text())["report"]["purpose"] == "score"
