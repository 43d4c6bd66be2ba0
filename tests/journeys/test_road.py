"""The main road, walked through the command line on a synthetic lender."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from garant.features.encode import encode
from garant.models.bundle.reading import read_bundle
from garant.models.bundle.trust import Trust
from garant.settings import Settings

Garant = Callable[..., Any]
"""Runs `garant` and returns what it said."""

pytestmark = pytest.mark.xdist_group("journey")


def scores_of(run: dict[str, Any]) -> pa.Table:
    """Scores of a committed run."""
    return pq.read_table(Path(run["folder"]) / "scores")


def test_check_accepts_the_synthetic_lender_but_for_its_planted_orphans(garant: Garant, lender: Path) -> None:
    said = garant("check", lender, "--output", "json")
    assert said.code == 1
    totals = said.json["totals"]
    assert totals["quarantined"] == 0
    assert totals["orphans"] > 0
    assert totals["rows"] == totals["accepted"] + totals["orphans"]


def test_accepted_tables_are_scored_without_reading_again_but_not_trained_when_checked_for_scoring(
    garant: Garant, lender: Path, model: Path, run: dict[str, Any], tmp_path: Path
) -> None:
    checked = garant("check", lender, "--for", "score", "--out", tmp_path / "accepted")
    assert checked.code == 1, checked.err
    arguments = ("--bundle", model, "--out", tmp_path / "runs", "--explain", "none", "--output", "json")
    said = garant("score", tmp_path / "accepted", *arguments)
    assert said.code == 0, said.err
    assert said.json["outcomes"] == run["outcomes"]
    trained = garant("train", tmp_path / "accepted", "--bundle", tmp_path / "model")
    assert trained.code == 2
    assert "--for train" in trained.err


def test_every_applicant_has_exactly_one_row(lender: Path, run: dict[str, Any]) -> None:
    ids = [
        row["SK_ID_CURR"]
        for name in ("application_train.csv", "application_test.csv")
        for row in csv.DictReader((lender / name).read_text().splitlines())
    ]
    found = scores_of(run).column("SK_ID_CURR").to_pylist()
    assert sorted(found) == sorted(map(int, ids))


def test_scores_equal_a_direct_prediction_of_lightgbm_on_the_stored_matrix(
    run: dict[str, Any], model: Path, user: Settings
) -> None:
    bundle = read_bundle(model, Trust.of(user))
    matrix = pq.read_table(Path(run["folder"]) / "matrix").sort_by("SK_ID_CURR")
    scores = scores_of(run).sort_by("SK_ID_CURR")
    booster = lightgbm.Booster(model_file=str(model / "model.txt"))
    margin = np.asarray(booster.predict(encode(matrix, bundle.columns), raw_score=True))
    calibrator = json.loads((model / "bundle.json").read_text())["calibrator"]
    np.testing.assert_array_equal(scores.column("margin").to_numpy(), margin)
    pd = 1 / (1 + np.exp(-(calibrator["slope"] * margin + calibrator["intercept"])))
    np.testing.assert_allclose(scores.column("pd").to_numpy(), pd, rtol=1e-12)


def test_outcomes_follow_the_bundles_cutoff_unless_the_policy_spoke(run: dict[str, Any], model: Path) -> None:
    cutoff = json.loads((model / "bundle.json").read_text())["cutoff"]
    assert cutoff == pytest.approx(1 / 11)
    scores = scores_of(run)
    refused = scores.filter(pc.equal(scores.column("outcome"), "refuse"))
    accepted = scores.filter(pc.equal(scores.column("outcome"), "accept"))
    assert refused.num_rows > 50
    assert pc.min(refused.column("pd")).as_py() >= cutoff
    assert pc.max(accepted.column("pd")).as_py() < cutoff


def test_everybody_not_accepted_has_reasons_and_most_of_the_accepted_too(run: dict[str, Any]) -> None:
    scores = scores_of(run)
    is_accepted = pc.equal(scores.column("outcome"), "accept")
    has_reason = pc.is_valid(scores.column("reason_1_text"))
    assert pc.all(pc.or_(is_accepted, has_reason)).as_py()
    assert pc.mean(has_reason.filter(is_accepted)).as_py() > 0.5


def test_the_same_run_again_does_nothing_and_says_so(
    garant: Garant, lender: Path, model: Path, run: dict[str, Any]
) -> None:
    folder = Path(run["folder"])
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    said = garant("score", lender, "--bundle", model, "--out", lender.parent / "runs", "--format", "csv")
    assert said.code == 0
    assert "nothing to do" in said.out
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_scores_as_csv_hold_the_same_numbers_to_the_last_digit(run: dict[str, Any]) -> None:
    rows = list(csv.DictReader((Path(run["folder"]) / "scores.csv").read_text().splitlines()))
    scores = scores_of(run)
    assert [float(row["pd"]) for row in rows] == scores.column("pd").to_pylist()


def test_explain_says_what_the_run_said(garant: Garant, lender: Path, model: Path, run: dict[str, Any]) -> None:
    scores = scores_of(run)
    refused = scores.filter(pc.equal(scores.column("outcome"), "refuse")).slice(0, 1).to_pylist()[0]
    said = garant("explain", refused["SK_ID_CURR"], "--data", lender, "--bundle", model, "--output", "json")
    assert said.code == 0, said.err
    assert said.json["pd"] == pytest.approx(refused["pd"], rel=1e-12)
    assert said.json["outcome"] == "refuse"
    shown = [reason["text"] for reason in said.json["reasons"]]
    assert refused["reason_1_text"] in {*shown, said.json["policy_text"]}
    total = said.json["typical_margin"] + sum(family["effect"] for family in said.json["families"])
    assert total == pytest.approx(said.json["margin"], abs=1e-9)


def test_explain_speaks_french(garant: Garant, lender: Path, model: Path, run: dict[str, Any]) -> None:
    client = scores_of(run).column("SK_ID_CURR")[0].as_py()
    said = garant("explain", client, "--data", lender, "--bundle", model, "--lang", "fr")
    assert said.code == 0, said.err
    assert "PROPOSITION" in said.out
    assert "augmente le risque" in said.out
    assert "Demandes acceptées" in said.out
    assert "Similaires par" in said.out


def test_an_unknown_client_is_answered_with_near_ids(garant: Garant, lender: Path, model: Path) -> None:
    said = garant("explain", "1", "--data", lender, "--bundle", model)
    assert said.code == 2
    assert "Near ids:" in said.err
    assert "Traceback" not in said.err


def test_the_report_is_one_page_without_any_address(model: Path) -> None:
    page = (model / "validation.html").read_text()
    assert "<svg" in page
    assert "http" not in page
    assert "out of time" in page.lower()


def test_a_bundle_recut_for_other_costs_refuses_from_another_pd(garant: Garant, model: Path, tmp_path: Path) -> None:
    said = garant("bundle", "recut", model, "--costs", "1:19", "--out", tmp_path / "strict")
    assert said.code == 0, said.err
    assert "would be refused" in said.out
    shown = garant("bundle", "show", tmp_path / "strict", "--output", "json").json
    assert shown["cutoff"] == pytest.approx(0.05)
    assert shown["recut_from"] == garant("bundle", "show", model, "--output", "json").json["digest"]


def test_a_bundle_recut_with_economics_shows_them_and_has_no_cut_off_for_a_group(
    garant: Garant, model: Path, tmp_path: Path
) -> None:
    economics = tmp_path / "economics.toml"
    economics.write_text(
        '[economics]\nmargin = 0.1\nlgd = 0.5\n[economics.products."Revolving loans"]\nmargin = 0.25\n'
    )
    recut = ("bundle", "recut", model, "--economics", economics, "--out", tmp_path / "recut")
    said = garant(*recut)
    assert said.code == 0, said.err
    assert "Cut-off of Revolving loans 0.3333 from costs 0.25:0.5 (a ratio of 1:2)." in said.out
    assert "margin 0.25, LGD 0.5" in garant("bundle", "show", tmp_path / "recut").out
    economics.write_text("[economics]\nmargin = 0.1\nlgd = 0.5\n[economics.products.CODE_GENDER]\nmargin = 0.2\n")
    refused = garant(*recut, "--overwrite")
    assert refused.code == 2
    assert "CODE_GENDER describes the person" in refused.err


def test_a_truncated_model_is_refused_before_lightgbm_sees_it(
    garant: Garant, lender: Path, model: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(model, broken)
    content = (broken / "model.txt").read_bytes()
    (broken / "model.txt").write_bytes(content[: len(content) // 2])
    said = garant("score", lender, "--bundle", broken, "--out", tmp_path / "runs")
    assert said.code == 3
    assert "model.txt" in said.err
    assert not (tmp_path / "runs").exists()


def test_data_with_another_set_of_tables_are_refused(garant: Garant, lender: Path, model: Path, tmp_path: Path) -> None:
    said = garant("score", lender, "--bundle", model, "--out", tmp_path / "runs", "--without", "credit_card_balance")
    assert said.code == 3
    assert "credit_card_balance" in said.err


def test_features_are_built_bit_for_bit_as_they_are_scored(
    garant: Garant, lender: Path, run: dict[str, Any], tmp_path: Path
) -> None:
    said = garant("feature", "build", lender, "--out", tmp_path / "features")
    assert said.code == 0, said.err
    built = pq.read_table(sorted((tmp_path / "features").glob("*.parquet"))).sort_by("SK_ID_CURR")
    scored = pq.read_table(Path(run["folder"]) / "matrix").sort_by("SK_ID_CURR")
    assert built.equals(scored.select(built.column_names))


def test_a_quick_model_says_so_where_it_is_shown(garant: Garant, model: Path) -> None:
    assert "made with --fast" in garant("bundle", "show", model).out
