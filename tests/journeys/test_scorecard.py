"""The challenger along the road: trained beside the champion, printed, stored with the scores, or said to be absent."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from decision_service import ServedLender
from garant.features.encode import encode
from garant.models.bundle.reading import read_bundle
from garant.models.bundle.trust import Trust
from garant.models.scorecard.binning import can_bin
from garant.models.scorecard.reading import read_scorecard
from garant.settings import Settings

pytestmark = pytest.mark.xdist_group("journey")

Garant = Callable[..., Any]

QUICK = ("--fast", "--features", "12", "--members", "0", "--folds", "2", "--no-variants")

needs_library = pytest.mark.skipif(not can_bin(), reason="extra train is not installed")


@needs_library
def test_the_bundle_holds_a_scorecard_judged_as_the_champion_is(model: Path, user: Settings) -> None:
    bundle = read_bundle(model, Trust.of(user))
    scorecard, entry = read_scorecard(bundle), bundle.content.challenger
    assert scorecard is not None
    assert entry is not None
    assert 1 <= entry.features == len(scorecard.features) <= 40
    assert set(entry.metrics.out_of_fold) == set(bundle.content.metrics.out_of_fold)
    assert entry.metrics.out_of_time is not None
    assert sum(band.rows for band in entry.pd_bands) == bundle.content.training.rows == scorecard.rows
    assert scorecard.scale == bundle.content.points


@needs_library
def test_the_scorecard_is_printed_in_both_languages_and_as_data(garant: Garant, model: Path) -> None:
    french, english = (garant("bundle", "scorecard", model, "--lang", language) for language in ("fr", "en"))
    assert "Grille de score" in french.out
    assert "Scorecard: " in english.out
    as_csv = garant("bundle", "scorecard", model, "--lang", "fr", "--output", "csv")
    rows = list(csv.DictReader(io.StringIO(as_csv.out)))
    as_json = garant("bundle", "scorecard", model, "--output", "json").json
    lines = [line for entry in as_json["features"] for line in entry["bins"]]
    assert [int(row["points"]) for row in rows] == [line["points"] for line in lines]
    assert [row["bin"] for row in rows] == [line["text_fr"] for line in lines]
    assert json.loads((model / "challenger.json").read_text()) == as_json
    shown = garant("bundle", "show", model)
    assert "scorecard of" in shown.out


@needs_library
def test_the_run_stores_what_the_scorecard_says_of_everybody(run: dict[str, Any], model: Path, user: Settings) -> None:
    folder, bundle = Path(run["folder"]), read_bundle(model, Trust.of(user))
    scorecard = read_scorecard(bundle)
    assert scorecard is not None
    scores = pq.read_table(folder / "scores").sort_by("SK_ID_CURR")
    matrix = pq.read_table(folder / "matrix").sort_by("SK_ID_CURR")
    margin = scorecard.card.margin(encode(matrix.combine_chunks().to_batches()[0], bundle.columns), bundle.columns)
    known = scores.filter(scores.column("pd").is_valid())
    assert np.array_equal(known.column("challenger_pd").to_numpy(), scorecard.calibrator.pd(margin))
    assert known.column("challenger_points").null_count == 0


def test_without_the_library_the_champion_is_trained_and_one_line_says_what_is_missing(
    served_lender: ServedLender, tmp_path: Path, garant: Garant, user: Settings
) -> None:
    command = ["train", str(served_lender.lender), "--bundle", str(tmp_path / "model"), *QUICK]
    code = f"import sys; sys.modules['optbinning'] = None\nfrom garant.cli.app import main\nmain({command!r})"
    own = {
        "GARANT_CACHE_FOLDER": str(user.cache_folder),
        "GARANT_DEVELOPMENT_KEY": str(user.development_key),
        "GARANT_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **own}, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Challenger skipped: ") == 1
    assert "pip install 'garant[train]'" in done.stdout
    assert not (tmp_path / "model" / "challenger.json").exists()
    refused = garant("bundle", "scorecard", tmp_path / "model")
    assert refused.code == 2
    assert "holds no scorecard" in refused.err


def test_a_challenger_that_nobody_asked_for_is_not_mentioned(
    garant: Garant, served_lender: ServedLender, tmp_path: Path, user: Settings
) -> None:
    said = garant("train", served_lender.lender, "--bundle", tmp_path / "model", *QUICK, "--no-challenger")
    assert said.code == 0, said.err
    assert "Challenger" not in said.out
    assert read_bundle(tmp_path / "model", Trust.of(user)).content.challenger is None
