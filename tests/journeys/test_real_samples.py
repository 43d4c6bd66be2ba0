"""The same commands on real samples, where they lie beside the project."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.xdist_group("samples")

Garant = Callable[..., Any]


def test_seven_renamed_tables_go_from_a_draft_configuration_to_an_explanation(
    garant: Garant, shared_data: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(shared_data / "home_credit_linked_1000", data)
    assert garant("init", data).code == 0
    assert 'TARGET = "DEFAULTED"' in (data / "tables.toml").read_text()
    checked = garant("check", data, "--output", "json")
    assert checked.code == 1
    assert checked.json["totals"]["quarantined"] == 0
    assert checked.json["totals"]["orphans"] == 4545
    # Neither a challenger nor retrained models are looked at here.
    options = ("--no-challenger", "--members", "0", "--folds", "3")
    trained = garant("train", data, "--bundle", tmp_path / "model", *options, "--output", "json")
    assert trained.code == 0, trained.err
    assert trained.json["metrics"]["out_of_fold"]["auc"]["value"] > 0.6
    assert trained.json["split"]["kind"] == "random"
    report = (tmp_path / "model" / "validation.html").read_text()
    assert "out of time" not in report.lower()
    assert "Latest instalment paid one day later" in report
    priced = json.loads((tmp_path / "model" / "bundle.json").read_text())["variants"]
    assert set(priced["variants"]) == {"without_directions", "without_external_scores", "profile_kaggle"}
    for name in ("Without directions", "Without external scores", "With protected attributes"):
        assert name in report
    scored = garant("score", data, "--bundle", tmp_path / "model", "--out", tmp_path / "runs", "--output", "json")
    assert scored.code == 0, scored.err
    scores = pq.read_table(Path(scored.json["folder"]) / "scores")
    assert scores.num_rows == 805
    refused = next(row for row in scores.to_pylist() if row["outcome"] == "refuse")
    explained = garant("explain", refused["SK_ID_CURR"], "--data", data, "--bundle", tmp_path / "model", "--lang", "fr")
    assert explained.code == 0, explained.err
    assert "REFUS" in explained.out


def test_a_lender_without_one_table_trains_and_submits_the_test_applicants(
    garant: Garant, shared_data: Path, tmp_path: Path
) -> None:
    data = shared_data / "home_credit_linked_10k"
    missing = garant("train", data, "--bundle", tmp_path / "model")
    assert missing.code == 3
    assert "--without installments_payments" in missing.err
    options = ("--without", "installments_payments")
    quick = ("--fast", "--no-challenger", "--no-variants", "--members", "0")
    trained = garant("train", data, "--bundle", tmp_path / "model", *quick, "--output", "json", *options)
    assert trained.code == 0, trained.err
    assert trained.json["metrics"]["out_of_fold"]["auc"]["value"] > 0.68
    refused = garant("score", data, "--bundle", tmp_path / "model", "--out", tmp_path / "runs")
    assert refused.code == 3
    said = garant(
        *("score", data, "--bundle", tmp_path / "model", "--out", tmp_path / "runs"),
        *("--format", "kaggle", "--explain", "none", "--output", "json", *options),
    )
    assert said.code == 0, said.err
    submission = pacsv.read_csv(Path(said.json["folder"]) / "kaggle.csv")
    assert submission.column_names == ["SK_ID_CURR", "TARGET"]
    asked = pacsv.read_csv(data / "application_test.csv.gz").column("SK_ID_CURR").to_pylist()
    assert sorted(submission.column("SK_ID_CURR").to_pylist()) == sorted(asked)
