"""Scores with a cut-off per product, and with expected losses where the label is a default."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.recut import recut
from garant.models.bundle.signature import Signer
from garant.models.bundle.trust import Trust
from garant.models.bundle.writing import write_bundle
from garant.models.economics_file import parse_economics
from garant.models.pricing import pricing
from garant.runs.explain import explain
from garant.runs.global_explanation import explain_all
from garant.runs.score import ScoreOptions, ScoreResult, score
from garant.runs.score_files import read_scores
from garant.runs.train_result import TrainResult
from garant.settings import Settings

pytestmark = pytest.mark.xdist_group("own")

LOSSES = {"ead", "lgd", "expected_loss"}
REVOLVING = "Revolving loans"
ECONOMICS = parse_economics(
    {"margin": 0.1, "lgd": 0.9, "products": {REVOLVING: {"margin": 0.3, "lgd": 0.8, "ead_share": 0.5}}}, where="test"
)

# 0.1 against 0.9; 0.3 against 0.8 of half the credit.
OF_REVOLVING = 0.3 / (0.3 + 0.4)

Recut = Callable[..., Bundle]


@pytest.fixture(scope="module")
def recut_model(model: TrainResult, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Recut:
    """The model with economics, its label a default or not."""

    def make(*, is_default: bool) -> Bundle:
        folder = tmp_path_factory.mktemp("recut")
        signer, trust = Signer.of(settings), Trust.of(settings)
        content = model.bundle.content
        label = content.label.model_copy(update={"is_default": is_default})
        write_bundle(folder / "old", content.model_copy(update={"label": label}), model.bundle.files, signer=signer)
        old = read_bundle(folder / "old", trust)
        return recut(old, pricing(costs=None, economics=ECONOMICS), folder / "new", signer=signer, trust=trust)

    return make


@pytest.fixture(scope="module")
def scored(
    recut_model: Recut, lender: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., ScoreResult]:
    """Run of the lender's applicants."""
    made: dict[bool, ScoreResult] = {}

    def run(*, is_default: bool) -> ScoreResult:
        if is_default not in made:
            bundle = recut_model(is_default=is_default)
            options = ScoreOptions(explain="none", file_format="csv")
            runs = tmp_path_factory.mktemp("runs")
            made[is_default] = score(lender, bundle.folder, runs, options=options, settings=settings)
        return made[is_default]

    return run


def rows_of(result: ScoreResult) -> list[dict[str, Any]]:
    rows = pa.concat_tables(read_scores(result.run)).to_pylist()
    return [row for row in rows if row["pd"] is not None]


def test_every_applicant_is_judged_by_the_cut_off_of_the_product(scored: Callable[..., ScoreResult]) -> None:
    result = scored(is_default=False)
    assert result.run.manifest["product_cutoffs"] == {REVOLVING: pytest.approx(OF_REVOLVING)}
    rows = rows_of(result)
    assert {row["product"] for row in rows} == {"Cash loans", REVOLVING}
    for row in rows:
        assert row["cutoff"] == pytest.approx(OF_REVOLVING if row["product"] == REVOLVING else 0.1)
        # Rules outside the model refer and refuse too; none accepts.
        assert row["outcome"] != "accept" or row["pd"] < row["cutoff"]
    between = [row["outcome"] for row in rows if row["product"] == REVOLVING and 0.1 <= row["pd"] < OF_REVOLVING]
    assert "accept" in between
    assert "refuse" not in between
    assert "refuse" in {
        row["outcome"] for row in rows if row["product"] == "Cash loans" and 0.1 <= row["pd"] < OF_REVOLVING
    }


def test_the_page_of_the_model_parts_everybody_by_the_cut_off_of_the_product(
    scored: Callable[..., ScoreResult], lender: Path, settings: Settings
) -> None:
    result = scored(is_default=False)
    rows = rows_of(result)
    bands = [result.bundle.content.cutoffs.terms(row["product"]).refer_band for row in rows]
    accepted = sum(row["pd"] < band.lower for row, band in zip(rows, bands, strict=True))
    refused = sum(row["pd"] >= band.upper for row, band in zip(rows, bands, strict=True))
    groups = explain_all(lender, result.bundle.folder, settings=settings).views.groups
    assert {group.name: group.n for group in groups} == {"accept": accepted, "refuse": refused}


def test_explain_names_the_cut_off_that_the_score_was_judged_by(
    scored: Callable[..., ScoreResult], lender: Path, settings: Settings
) -> None:
    result = scored(is_default=False)
    row = next(row for row in rows_of(result) if row["product"] == REVOLVING and 0.1 <= row["pd"] < OF_REVOLVING)
    found = explain(
        row["SK_ID_CURR"], data=lender, bundle_folder=result.bundle.folder, language="en", settings=settings
    )
    assert (found.cutoff, found.outcome) == (row["cutoff"], row["outcome"])


def test_a_label_that_is_no_default_gives_no_expected_loss_and_says_why(scored: Callable[..., ScoreResult]) -> None:
    result = scored(is_default=False)
    assert not LOSSES & set(rows_of(result)[0])
    assert not LOSSES & set((result.run.folder / "scores.csv").read_text().splitlines()[0].split(","))
    assert result.run.manifest["expected_loss"] == {"absent": "not_default"}


def test_expected_loss_is_pd_times_lgd_times_exposure(scored: Callable[..., ScoreResult]) -> None:
    result = scored(is_default=True)
    rows = rows_of(result)
    matrix = {
        row["SK_ID_CURR"]: row["policy_credit"]
        for part in (result.run.folder / "matrix").glob("*.parquet")
        for row in pq.read_table(part).to_pylist()
    }
    for row in rows:
        lgd, share = (0.8, 0.5) if row["product"] == REVOLVING else (0.9, 1.0)
        assert row["ead"] == pytest.approx(share * matrix[row["SK_ID_CURR"]])
        assert row["expected_loss"] == pytest.approx(row["pd"] * lgd * row["ead"])
    found = result.run.manifest["expected_loss"]
    assert sum(found["expected_loss"].values()) == pytest.approx(sum(row["expected_loss"] for row in rows))
    assert found["currency"] is None
    accepted = sum(row["ead"] for row in rows if row["outcome"] == "accept")
    assert found["ead"]["accept"] == pytest.approx(accepted)


def test_sums_of_money_are_written_in_the_currency_that_the_lender_declares(
    recut_model: Recut, changed: Callable[[Callable[[Path], None]], Path], settings: Settings, tmp_path: Path
) -> None:
    def in_euros(folder: Path) -> None:
        config = folder / "tables.toml"
        said = config.read_text(encoding="utf-8")
        config.write_text(said.replace("[money]\n", '[money]\ncurrency = "EUR"\n'), encoding="utf-8")

    bundle, options = recut_model(is_default=True), ScoreOptions(explain="none")
    result = score(changed(in_euros), bundle.folder, tmp_path / "runs", options=options, settings=settings)
    assert result.run.manifest["expected_loss"]["currency"] == "EUR"
