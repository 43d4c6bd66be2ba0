"""`garant train --features N`: the bundle uses N features alone and says how they were chosen."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from garant.exceptions import UsageError
from garant.models.bundle.content import CHALLENGER_FILE
from garant.models.scorecard.reading import read_scorecard
from garant.runs.matrix import CARRIED
from garant.runs.score import ScoreOptions, score
from garant.runs.score_files import read_scores
from garant.runs.train import train
from garant.runs.train_options import TrainOptions
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.wording.catalogue import Wording

N = 12


def test_the_bundle_uses_the_chosen_features_and_counts_the_folds_that_chose_them(short: TrainResult) -> None:
    content = short.bundle.content
    said = content.selection
    assert said is not None
    assert len(content.features) == N == said.asked
    assert said.candidates > 300
    used = {feature.name for feature in said.features if feature.used}
    assert used == {feature.name for feature in content.features}
    assert all(0 <= feature.folds <= said.folds for feature in said.features)
    assert sum(feature.folds for feature in said.features) == N * said.folds
    assert said.lost_auc.low <= said.lost_auc.value <= said.lost_auc.high
    assert "selection" in content.sections.optional


def test_the_price_is_said_and_stands_in_the_report(short: TrainResult) -> None:
    (line,) = [line for line in short.said if "chosen anew in each fold" in line]
    assert line.startswith(f"{N} of ")
    assert not short.left_out
    assert line.endswith(f"on the same folds of the {short.evaluation.rows} applicants trained on.")
    page = short.report.read_text(encoding="utf-8")
    assert Wording("en").text("report.heading.selection") in page


def test_features_that_the_short_model_left_out_are_named_in_words(short: TrainResult) -> None:
    checks = short.bundle.content.leak_checks
    assert checks is not None
    left_out = {found.feature for found in checks.features} - {
        feature.name for feature in short.bundle.content.features
    }
    assert left_out, "the strongest features are all used: choose fewer"
    page = short.report.read_text(encoding="utf-8")
    assert [name for name in sorted(left_out) if name in page] == []


def test_scoring_computes_the_chosen_features_alone(
    short: TrainResult, lender: Path, settings: Settings, tmp_path: Path
) -> None:
    result = score(
        lender, short.report.parent, tmp_path / "runs", options=ScoreOptions(explain="none"), settings=settings
    )
    (part,) = sorted((result.run.folder / "matrix").glob("*.parquet"))
    known = {f.name for f in short.bundle.content.features}
    assert {n for n in pq.read_schema(part).names if not n.startswith("policy_")} == known | {"SK_ID_CURR", *CARRIED}
    scores = next(read_scores(result.run))
    assert np.all(np.isfinite(scores.column("pd").to_numpy()))


def test_the_scorecard_beside_a_short_model_uses_none_but_its_features(short: TrainResult) -> None:
    assert CHALLENGER_FILE in short.bundle.content.files
    card = read_scorecard(short.bundle)
    assert card is not None
    assert {f.name for f in card.card.features} <= {f.name for f in short.bundle.content.features}


def test_more_features_than_there_are_is_refused_before_anything_is_written(
    lender: Path, allowed: tuple[tuple[str, str], ...], settings: Settings, tmp_path: Path
) -> None:
    options = TrainOptions(fast=True, features=5_000, allow_strong=allowed)
    with pytest.raises(UsageError, match="5000 features asked of the"):
        train(lender, tmp_path / "m", options=options, settings=settings)
    assert not (tmp_path / "m").exists()
