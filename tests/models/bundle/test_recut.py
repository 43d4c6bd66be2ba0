"""The same model cut elsewhere."""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from garant.exceptions import UsageError
from garant.metrics.cost import cost
from garant.models.bundle.content import BundleContent, MetricEntry
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.recut import recut
from garant.models.bundle.signature import Signer
from garant.models.bundle.trust import Trust
from garant.models.bundle.variants import DifferenceEntry, VariantEntry, VariantsEntry
from garant.models.bundle.writing import write_bundle
from garant.models.calibration import cross_fitted_log_odds
from garant.models.calibrator import pd_of
from garant.models.cutoff import ReferBand
from garant.models.pricing import pricing
from garant.models.training import Trained
from garant.models.training_data import TrainingData


def test_only_what_depends_on_the_cut_off_changes(
    bundle: Bundle, tmp_path: Path, data: TrainingData, signer: Signer, trust: Trust
) -> None:
    other = recut(bundle, pricing(costs="1:12"), tmp_path / "other", signer=signer, trust=trust)
    assert other.content.cutoff == pytest.approx(1 / 13)
    assert other.content.refer_band == ReferBand.at(other.content.cutoff)
    assert other.content.recut_from == bundle.digest
    assert other.digest != bundle.digest
    assert other.files == bundle.files
    assert other.content.calibrator == bundle.content.calibrator
    assert np.array_equal(other.predict_margin(data.matrix), bundle.predict_margin(data.matrix))
    before, after = bundle.content.metrics.out_of_fold, other.content.metrics.out_of_fold
    assert {name for name in before if before[name] != after[name]} == {"cost", "accept", "refuse"}


def test_cost_and_shares_are_those_of_the_applicants_at_the_new_cut_off(
    bundle: Bundle, tmp_path: Path, data: TrainingData, trained: Trained, signer: Signer, trust: Trust
) -> None:
    found = recut(
        bundle, pricing(costs="1:12"), tmp_path / "other", signer=signer, trust=trust
    ).content.metrics.out_of_fold
    pd = pd_of(cross_fitted_log_odds(trained.oof_margin, data.label, trained.fold))
    assert found["cost"].value == pytest.approx(cost(data.label, pd, cutoff=1 / 13, c_fp=1, c_fn=12))
    assert found["accept"].value == pytest.approx(np.mean(pd < 1 / 13))
    low, high = found["accept"].low, found["accept"].high
    assert low is not None
    assert high is not None
    assert low < np.mean(pd < 1 / 13) < high


def test_mean_contributions_are_those_of_the_newly_accepted(
    bundle: Bundle, tmp_path: Path, data: TrainingData, trained: Trained, signer: Signer, trust: Trust
) -> None:
    found = recut(
        bundle, pricing(costs="1:20"), tmp_path / "other", signer=signer, trust=trust
    ).content.accepted_contributions
    accepted = pd_of(cross_fitted_log_odds(trained.oof_margin, data.label, trained.fold)) < 1 / 21
    assert found["debt"] == pytest.approx(trained.oof_margin[accepted].mean())


def test_cutting_back_gives_the_first_cut_off_again(
    bundle: Bundle, tmp_path: Path, signer: Signer, trust: Trust
) -> None:
    there = recut(bundle, pricing(costs="1:12"), tmp_path / "there", signer=signer, trust=trust)
    back = recut(there, pricing(costs="1:10"), tmp_path / "back", signer=signer, trust=trust)
    assert back.content.cutoff == bundle.content.cutoff
    assert back.content.accepted_contributions == pytest.approx(bundle.content.accepted_contributions)
    assert back.content.recut_from == there.digest


def test_a_refer_band_keeps_its_widths(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes], signer: Signer, trust: Trust
) -> None:
    wide = content.model_copy(update={"refer_band": ReferBand(0.07, 0.12)})
    write_bundle(tmp_path / "wide", wide, files, signer=signer)
    band = recut(
        read_bundle(tmp_path / "wide", trust), pricing(costs="1:12"), tmp_path / "other", signer=signer, trust=trust
    ).content.refer_band
    shift = math.log(10 / 12)
    assert math.log(band.lower / (1 - band.lower)) == pytest.approx(math.log(0.07 / 0.93) + shift)
    assert math.log(band.upper / (1 - band.upper)) == pytest.approx(math.log(0.12 / 0.88) + shift)


def test_out_of_time_measures_at_the_old_cut_off_are_not_carried_on(
    tmp_path: Path, content: BundleContent, files: Mapping[str, bytes], signer: Signer, trust: Trust
) -> None:
    entry = MetricEntry(value=0.7, low=0.6, high=0.8)
    metrics = content.metrics.model_copy(update={"out_of_time": {"auc": entry, "cost": entry, "accept": entry}})
    write_bundle(tmp_path / "dated", content.model_copy(update={"metrics": metrics}), files, signer=signer)
    found = recut(
        read_bundle(tmp_path / "dated", trust), pricing(costs="1:12"), tmp_path / "other", signer=signer, trust=trust
    )
    assert found.content.metrics.out_of_time == {"auc": entry}


def test_first_reasons_of_those_refused_at_the_old_cut_off_are_not_carried_on(
    bundle: Bundle, tmp_path: Path, signer: Signer, trust: Trust
) -> None:
    priced = VariantsEntry(
        rows=100,
        sampled=False,
        features_chosen=False,
        auc=0.7,
        variants={
            "without_directions": VariantEntry(
                features=3, auc=0.71, difference=DifferenceEntry(value=0.01, low=0.0, high=0.02)
            )
        },
        refusals=40,
        external_first_share=0.9,
    )
    told = replace(bundle, content=bundle.content.model_copy(update={"variants": priced}))
    found = recut(told, pricing(costs="1:12"), tmp_path / "other", signer=signer, trust=trust).content.variants
    assert found is not None
    assert found.variants == priced.variants
    assert (found.refusals, found.external_first_share) == (0, None)


def test_a_recut_does_not_write_over_a_bundle(bundle: Bundle, signer: Signer, trust: Trust) -> None:
    with pytest.raises(UsageError, match="holds a bundle already"):
        recut(bundle, pricing(costs="1:12"), bundle.folder, signer=signer, trust=trust)
