"""The challenger's section and its file belong together, and its bytes are watched like all others."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from garant.exceptions import BundleDigestError, BundleFormatError
from garant.metrics.cost import cost
from garant.models.bundle.content import BundleContent, ChallengerEntry, MetricsEntry, metric_entries
from garant.models.bundle.reading import read_bundle
from garant.models.bundle.recut import recut
from garant.models.bundle.signature import Signer
from garant.models.bundle.trust import Trust
from garant.models.bundle.writing import BUNDLE_FILE, write_bundle
from garant.models.calibration import cross_fitted_log_odds
from garant.models.calibrator import pd_of
from garant.models.evaluation import evaluate_out_of_fold
from garant.models.pd_bands import pd_bands
from garant.models.pricing import pricing
from garant.models.product_cutoffs import Cutoffs
from garant.models.training import Trained
from garant.models.training_data import TrainingData


@pytest.fixture(scope="module")
def challenger_margin(data: TrainingData) -> np.ndarray:
    """Another ranking of the same applicants."""
    return 0.7 * data.matrix[:, 0].astype(np.float64) - 2.4


@pytest.fixture(scope="module")
def with_challenger(
    content: BundleContent, data: TrainingData, trained: Trained, challenger_margin: np.ndarray
) -> BundleContent:
    judged = evaluate_out_of_fold(
        data.label, challenger_margin, trained.fold, cutoffs=Cutoffs.of(content.costs), seed=5, replicates=50
    )
    entry = ChallengerEntry(
        features=1,
        pd_bands=pd_bands(judged.pd, data.label, {}),
        metrics=MetricsEntry(out_of_fold=metric_entries(judged.measures)),
    )
    return content.model_copy(update={"challenger": entry})


def test_the_section_is_optional_and_its_file_is_listed(
    with_challenger: BundleContent, files: Mapping[str, bytes], signer: Signer, trust: Trust, tmp_path: Path
) -> None:
    write_bundle(tmp_path / "model", with_challenger, {**files, "challenger.json": b"{}"}, signer=signer)
    found = read_bundle(tmp_path / "model", trust)
    assert found.content.challenger == with_challenger.challenger
    assert "challenger" in found.content.sections.optional
    assert found.files["challenger.json"] == b"{}"
    (tmp_path / "model" / "challenger.json").write_bytes(b"{ }")
    with pytest.raises(BundleDigestError, match=r"challenger\.json"):
        read_bundle(tmp_path / "model", trust)


def test_a_bundle_without_challenger_says_nothing_of_one(
    content: BundleContent, files: Mapping[str, bytes], signer: Signer, tmp_path: Path
) -> None:
    write_bundle(tmp_path / "model", content, files, signer=signer)
    assert "challenger" not in (tmp_path / "model" / BUNDLE_FILE).read_text()


def test_section_without_file_and_file_without_section_are_refused(
    content: BundleContent,
    with_challenger: BundleContent,
    files: Mapping[str, bytes],
    signer: Signer,
    trust: Trust,
    edit: Callable[[Path, Callable[[dict[str, Any]], object]], None],
    tmp_path: Path,
) -> None:
    for wrong, wrong_files in ((with_challenger, files), (content, {**files, "challenger.json": b"{}"})):
        with pytest.raises(ValidationError, match="belong together"):
            write_bundle(tmp_path / "model", wrong, wrong_files, signer=signer)
    write_bundle(tmp_path / "model", content, files, signer=signer)
    edit(tmp_path / "model", lambda found: found["files"].update({"challenger.json": "0" * 64}))
    with pytest.raises(BundleFormatError, match="belong together"):
        read_bundle(tmp_path / "model", trust)


def test_other_costs_cut_the_challenger_by_the_same_rule(
    with_challenger: BundleContent,
    files: Mapping[str, bytes],
    signer: Signer,
    trust: Trust,
    tmp_path: Path,
    data: TrainingData,
    trained: Trained,
    challenger_margin: np.ndarray,
) -> None:
    write_bundle(tmp_path / "model", with_challenger, {**files, "challenger.json": b"{}"}, signer=signer)
    made = recut(
        read_bundle(tmp_path / "model", trust), pricing(costs="1:12"), tmp_path / "other", signer=signer, trust=trust
    )
    entry, before = made.content.challenger, with_challenger.challenger
    assert entry is not None
    assert before is not None
    pd = pd_of(cross_fitted_log_odds(challenger_margin, data.label, trained.fold))
    found = entry.metrics.out_of_fold
    assert found["cost"].value == pytest.approx(cost(data.label, pd, cutoff=1 / 13, c_fp=1, c_fn=12))
    assert found["accept"].value == pytest.approx(np.mean(pd < 1 / 13))
    assert found["auc"] == before.metrics.out_of_fold["auc"]
    assert made.files["challenger.json"] == b"{}"
