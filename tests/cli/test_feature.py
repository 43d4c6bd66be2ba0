"""`garant feature` and `garant report` on the command line, without data and without a model."""

import json
from pathlib import Path

import pytest

from garant.cli.app import run

DEBT = "bureau_debt_sum_all"


def test_a_described_feature_as_json_has_one_form_and_says_null_of_what_was_not_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["feature", "describe", DEBT, "--output", "json"]) == 0
    entry = json.loads(capsys.readouterr().out)
    assert "bureau.AMT_CREDIT_SUM_DEBT" in entry["raw_columns"]
    assert entry["text_fr"] != entry["text_en"]
    assert (entry["psi"], entry["importance"], entry["external_scores"]) == (None, None, {})
    assert entry["null_share"] == {"labelled": None, "unlabelled": None, "training": None}


def test_the_language_of_a_description_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["feature", "describe", "application_external_score_1", "--lang", "fr"]) == 0
    assert "Demandez au prêteur" in capsys.readouterr().out
    assert run(["feature", "describe", "application_external_score_1", "--lang", "en"]) == 0
    assert "Ask the lender" in capsys.readouterr().out


def test_a_list_is_narrowed_and_says_of_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["feature", "list", "--table", "bureau", "--family", "debt_elsewhere", "--output", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert DEBT in {row["name"] for row in listed}
    assert {row["family"] for row in listed} == {"debt_elsewhere"}
    assert run(["feature", "list", "--table", "bureau_balance"]) == 0
    assert " of 374 features of profile eu" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["feature", "describe", "bureau_dept_sum_all"], DEBT),
        (["feature", "list", "--family", "debt_elswhere"], "debt_elsewhere"),
        (["feature", "list", "--table", "bureu"], "bureau"),
    ],
)
def test_a_mistyped_name_suggests_the_near_one(
    typed: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(typed) == 2
    assert f"'{meant}'" in capsys.readouterr().err


def test_a_dictionary_needs_neither_data_nor_model_and_replaces_nothing_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "dictionary"
    assert run(["report", "dictionary", "--out", str(out), "--lang", "fr", "--output", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["columns"], said["features"]) == (220, 389)
    assert sorted(said["files"]) == sorted(str(path) for path in out.iterdir())
    assert {Path(file).name for file in said["files"]} == {"dictionary.fr.html", "columns.csv", "features.csv"}
    before = (out / "columns.csv").read_bytes()
    assert run(["report", "dictionary", "--out", str(out)]) == 2
    assert [path.name for path in sorted(out.iterdir())] == ["columns.csv", "dictionary.fr.html", "features.csv"]
    assert run(["report", "dictionary", "--out", str(out), "--overwrite"]) == 0
    assert (out / "dictionary.en.html").exists()
    assert (out / "columns.csv").read_bytes() == before
