"""What is judged before scores are made: absent columns, rows in quarantine, levels that training never met."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Garant = Callable[..., Any]
Row = dict[str, str]

pytestmark = pytest.mark.xdist_group("journey")


@pytest.fixture
def small(lender: Path, tmp_path: Path) -> Callable[[Callable[[list[Row]], list[Row]]], Path]:
    """The lender's applicants without outcome after a change, and all child tables."""

    def make(change: Callable[[list[Row]], list[Row]]) -> Path:
        folder = tmp_path / "small"
        folder.mkdir()
        for file in lender.iterdir():
            if file.is_file() and not file.name.startswith("application"):
                shutil.copy(file, folder)
        rows = change(list(csv.DictReader((lender / "application_test.csv").read_text().splitlines())))
        with (folder / "application_test.csv").open("w", newline="") as file:
            out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            out.writeheader()
            out.writerows(rows)
        return folder

    return make


def without_car_age(rows: list[Row]) -> list[Row]:
    return [{name: cell for name, cell in row.items() if name not in {"OWN_CAR_AGE", "FLAG_MOBIL"}} for row in rows]


def test_orphans_alone_are_no_finding_of_a_score(run: dict[str, Any]) -> None:
    # The fixture asserts exit code 0.
    assert run["rows"]["orphans"] > 0
    assert run["rows"]["quarantined"] == run["rows"]["set_aside"] == 0


def test_check_says_one_warning_about_absent_columns_and_lists_who_reads_them(
    garant: Garant, small: Callable[..., Path]
) -> None:
    data = small(without_car_age)
    said = garant("check", data, "--for", "score")
    (warning,) = [line for line in said.out.splitlines() if "absent" in line]
    assert warning.startswith(
        "warning: 2 optional columns are absent and read as empty: application.OWN_CAR_AGE, application.FLAG_MOBIL; "
        "1 feature loses information, of "
    )
    listed = garant("check", data, "--for", "score", "--output", "json").json["losing_information"]
    assert listed == {"application.OWN_CAR_AGE": ["application_car_age"], "application.FLAG_MOBIL": []}


def test_a_column_that_the_bundle_learned_from_may_be_missing_on_demand_only(
    garant: Garant, small: Callable[..., Path], model: Path, tmp_path: Path
) -> None:
    arguments = ("score", small(without_car_age), "--bundle", model, "--out", tmp_path / "runs", "--output", "json")
    refused = garant(*arguments)
    assert refused.code == 3
    assert "application.OWN_CAR_AGE: application_car_age" in refused.err
    assert "--allow-missing-columns" in refused.err
    assert not (tmp_path / "runs").exists()
    done = garant(*arguments, "--allow-missing-columns")
    assert done.code == 0, done.err
    assert "warning: read as empty although the bundle learned from them: application.OWN_CAR_AGE." in done.err
    assert done.json["parameters"]["missing_columns"] == ["application.OWN_CAR_AGE"]


def test_levels_that_training_never_met_are_one_warning_and_counted_in_the_manifest(
    garant: Garant, small: Callable[..., Path], model: Path, tmp_path: Path
) -> None:
    def change(rows: list[Row]) -> list[Row]:
        for row in rows[:2]:
            row["NAME_EDUCATION_TYPE"] = "School of life"
        rows[2]["NAME_HOUSING_TYPE"] = "House boat"
        rows[3]["NAME_HOUSING_TYPE"] = ""
        return rows[:50]

    said = garant("score", small(change), "--bundle", model, "--out", tmp_path / "runs", "--output", "json")
    assert said.code == 0, said.err
    found = said.json["unknown_levels"]
    assert found["application_education"] == 2
    assert found["application_housing_type"] == 1
    (warning,) = [line for line in said.err.splitlines() if line.startswith("warning:")]
    assert "application_education: 2" in warning


def test_too_many_rows_in_quarantine_stop_a_score_and_the_option_lets_it_go_on(
    garant: Garant, small: Callable[..., Path], model: Path, tmp_path: Path
) -> None:
    def change(rows: list[Row]) -> list[Row]:
        for row in rows[:6]:
            row["AMT_CREDIT"] = "a lot"
        return rows

    arguments = ("score", small(change), "--bundle", model, "--out", tmp_path / "runs", "--output", "json")
    stopped = garant(*arguments)
    assert stopped.code == 3
    assert "application.AMT_CREDIT.type (6)" in stopped.err
    assert not (tmp_path / "runs").exists()
    assert garant(*arguments, "--accept-quarantine", "5").code == 3
    done = garant(*arguments, "--accept-quarantine", "6")
    assert done.code == 1, done.err
    assert done.json["rows"]["set_aside"] == 6
    assert garant(*arguments, "--accept-quarantine", "many").code == 2
