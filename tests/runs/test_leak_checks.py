"""A column that knows the outcome stops a training by name, unless somebody says why it may stay."""

from pathlib import Path

import pytest

from garant.cli.app import run
from garant.exceptions import LeakError, UnknownNameError, UsageError
from garant.models.bundle.promotion.gates import verdicts
from garant.models.cutoff import log_odds_of
from garant.runs.train import train
from garant.runs.train_options import TrainOptions
from garant.runs.train_result import TrainResult
from garant.settings import Settings

pytestmark = pytest.mark.xdist_group("own")

Allowed = tuple[tuple[str, str], ...]

REASON = "planted by the tests, not a leak"


def test_leaking_columns_stop_the_training_by_name_before_anything_is_written(
    lender: Path, settings: Settings, tmp_path: Path
):
    with pytest.raises(LeakError) as refused:
        train(lender, tmp_path / "model", options=TrainOptions(fast=True), settings=settings)
    said = str(refused.value)
    assert "application_extra_epargne (from application.Épargne): AUC 0.9" in said
    assert "application_extra_monthsascustomer" in said
    assert "--allow-strong application_extra_epargne 'REASON'" in said
    assert list(tmp_path.iterdir()) == []


def test_allowing_one_does_not_allow_the_others(lender: Path, allowed: Allowed, settings: Settings, tmp_path: Path):
    options = TrainOptions(fast=True, allow_strong=allowed[:1])
    with pytest.raises(LeakError) as refused:
        train(lender, tmp_path / "model", options=options, settings=settings)
    assert "epargne" not in str(refused.value).partition("Find out")[0]
    assert "monthsascustomer" in str(refused.value)


def test_the_reason_of_an_allowed_feature_stands_in_bundle_report_and_line(model: TrainResult):
    entry = model.bundle.content.leak_checks
    assert entry is not None
    assert {f.feature: f.allowed_because for f in entry.allowed} == {
        f"application_extra_{name}": REASON for name in ("epargne", "monthsascustomer", "segment")
    }
    report = model.report.read_text(encoding="utf-8")
    assert report.count(f"Reason given: {REASON}") == 3
    assert any("application_extra_epargne" in line and REASON in line for line in model.said)


def test_a_gate_that_finds_a_leak_repeats_the_reasons(model: TrainResult):
    # Columns that tell so much give a model that tells too much.
    wrong = {verdict.gate: verdict.wrong for verdict in verdicts(model.bundle.content)}["leak"]
    assert wrong is not None
    assert f"application_extra_epargne was allowed because: {REASON}" in wrong


def test_the_reason_is_shown_with_the_bundle(model: TrainResult, capsys: pytest.CaptureFixture[str]):
    assert run(["bundle", "show", str(model.bundle.folder)]) == 0
    assert REASON in capsys.readouterr().out


@pytest.mark.parametrize(
    ("allowed", "error", "said"),
    [
        ((("application_extra_epargn", REASON),), UnknownNameError, "Did you mean 'application_extra_epargne'"),
        ((("application_extra_epargne", "because"),), UsageError, "at least 10 characters"),
    ],
)
def test_an_allowance_needs_a_feature_that_is_there_and_a_reason(
    allowed: Allowed, error: type[Exception], said: str, lender: Path, settings: Settings, tmp_path: Path
):
    with pytest.raises(error, match=said):
        train(lender, tmp_path / "model", options=TrainOptions(fast=True, allow_strong=allowed), settings=settings)


def test_shuffled_outcomes_are_not_told_and_applicants_without_an_outcome_are_compared(
    lender: Path, allowed: Allowed, settings: Settings, tmp_path: Path
):
    options = TrainOptions(fast=True, allow_strong=allowed, members=0, leak_check=True, challenger=False)
    made = train(lender, tmp_path / "model", options=options, settings=settings)
    entry = made.bundle.content.leak_checks
    assert entry is not None
    assert entry.shuffled_target is not None
    assert abs(entry.shuffled_target.auc - 0.5) < 4 * entry.shuffled_target.sd < 0.2
    assert entry.adversarial is not None
    assert len(entry.adversarial.features) == 10
    assert sum(line.startswith("  Shuffled outcomes: AUC") for line in made.said) == 1
    assert made.bundle.content.retrains is None
    band = made.bundle.content.refer_band
    assert band.lower == band.upper == made.bundle.content.cutoff
    assert any("--members 0" in line for line in made.said)


def test_the_trained_band_is_the_one_that_is_measured_and_said(model: TrainResult):
    content = model.bundle.content
    entry = content.retrains
    assert entry is not None
    for end in (content.refer_band.lower, content.refer_band.upper):
        assert abs(abs(log_odds_of(end) - log_odds_of(content.cutoff)) - entry.chosen.half_width) < 1e-12
    assert content.metrics.out_of_fold["refer"].value == pytest.approx(entry.chosen.referred, abs=1e-9)
    assert entry.chosen.referred <= 0.15
    assert {"members/1.txt", "members/2.txt"} <= set(content.files)
    assert model.said[-2].startswith("Refer band: PD")


@pytest.mark.parametrize("members", [1, -3, 51])
def test_members_that_cannot_be_compared_are_refused_at_once(
    members: int, lender: Path, settings: Settings, tmp_path: Path
):
    with pytest.raises(UsageError, match="2 to 50 retrained models"):
        train(lender, tmp_path / "model", options=TrainOptions(members=members), settings=settings)


def test_reasons_say_in_how_many_members_they_stay(
    model: TrainResult, lender: Path, settings: Settings, tmp_path: Path
):
    from garant.cli.explanation_text import show_explanation
    from garant.runs.explain import explain
    from garant.runs.explain_options import ExplainOptions
    from garant.runs.score import ScoreOptions, score
    from garant.runs.score_files import read_scores

    runs = tmp_path / "runs"
    done = score(lender, model.bundle.folder, runs, options=ScoreOptions(), settings=settings)
    rows = [row for scores in read_scores(done.run) for row in scores.to_pylist()]
    band = model.bundle.content.refer_band
    near = [row for row in rows if row["pd"] is not None and band.lower <= row["pd"] < band.upper]
    assert all(row["outcome"] != "accept" for row in near)
    assert done.run.manifest["bundle_refer_band"] == [band.lower, band.upper]
    refused = next(row["SK_ID_CURR"] for row in rows if row["outcome"] == "refuse")
    options = ExplainOptions(stability=True, counterfactuals=False)
    found = explain(
        refused, data=lender, bundle_folder=model.bundle.folder, language="fr", settings=settings, options=options
    )
    assert found.stability is not None
    assert found.stability.members == 2
    assert list(found.stability.kept) == [reason.family for reason in found.reasons]
    assert all(0 <= kept <= 2 for kept in found.stability.kept.values())
    assert max(found.stability.kept.values()) == 2
    show_explanation(found)
