"""Reasons of a whole portfolio: everybody has them, and what they state speaks against the person."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.explanations.accepted import Accepted
from garant.explanations.contributions import contributions
from garant.explanations.reasons import FLOOR, Reason, ReasonWriter
from garant.features.encode import encode
from garant.features.feature import Feature, Sign
from garant.runs.bundle_features import bundle_features
from garant.runs.score import ScoreOptions, score
from garant.runs.train_result import TrainResult
from garant.runs.words import words_of
from garant.settings import Settings

pytestmark = pytest.mark.xdist_group("own")


@dataclass(frozen=True)
class Scored:
    """A portfolio: matrix, scores, contributions and reasons, row by row."""

    features: tuple[Feature, ...]
    matrix: pa.Table
    scores: pa.Table
    contributions: np.ndarray
    reasons: list[tuple[Reason, ...]]
    writer: ReasonWriter


def table(files: list[Path]) -> pa.Table:
    return pa.concat_tables([pq.read_table(file) for file in sorted(files)]).sort_by("SK_ID_CURR").combine_chunks()


@pytest.fixture(scope="module")
def scored(lender: Path, model: TrainResult, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Scored:
    bundle = model.bundle
    result = score(
        lender, bundle.folder, tmp_path_factory.mktemp("all") / "runs", options=ScoreOptions(), settings=settings
    )
    folder = Path(str(result.run.place))
    matrix, scores = table(list((folder / "matrix").glob("*.parquet"))), table(list((folder / "scores").glob("*")))
    features = bundle_features(bundle)
    writer = ReasonWriter(features, words_of(features, "en"), accepted=Accepted.of(bundle), period_declared=True)
    values = contributions(bundle.booster, encode(matrix, bundle.columns))
    return Scored(features, matrix, scores, values, list(writer.reasons(values, matrix)), writer)


def test_everybody_gets_reasons_by_default_also_who_is_accepted(scored: Scored) -> None:
    outcome = np.array(scored.scores.column("outcome").to_pylist())
    first = scored.scores.column("reason_1_code").to_pylist()
    assert (outcome == "accept").sum() > 100
    given = [code is not None for code, what in zip(first, outcome, strict=True) if what == "accept"]
    assert np.mean(given) > 0.5


def test_reasons_can_be_kept_to_those_who_are_not_accepted(
    scored: Scored, lender: Path, model: TrainResult, settings: Settings, tmp_path: Path
) -> None:
    options = ScoreOptions(explain="refused")
    result = score(lender, model.bundle.folder, tmp_path / "runs", options=options, settings=settings)
    fewer = table(list((Path(str(result.run.place)) / "scores").glob("*")))
    outcome, first = fewer.column("outcome").to_pylist(), fewer.column("reason_1_code").to_pylist()
    assert all((what != "accept") == (code is not None) for what, code in zip(outcome, first, strict=True))
    for row, what in enumerate(outcome):
        if what != "accept":
            assert first[row] == scored.scores.column("reason_1_code")[row].as_py()


def test_the_families_of_everybody_add_up_to_the_margin_less_that_of_accepted_applicants(scored: Scored) -> None:
    margin = np.array(scored.scores.column("margin").to_pylist(), dtype=float)
    judged = np.isfinite(margin)
    assert judged.sum() > 1_000
    base = float(scored.contributions[0, -1])
    sums = scored.writer.by_family(scored.contributions).sum(axis=1)
    np.testing.assert_allclose(sums[judged], (margin - scored.writer.typical_margin(base))[judged], atol=1e-9)


def test_the_typical_margin_is_that_of_applicants_accepted_out_of_fold(model: TrainResult, scored: Scored) -> None:
    oof = pq.read_table(model.oof)
    pd, margin = oof.column("pd").to_numpy(), oof.column("margin").to_numpy()
    mean = margin[pd < model.bundle.content.refer_band.lower].mean()
    # Each fold's model has a base value of its own: with 1,500 applicants they lie 0.2 apart, with 9,000 0.03.
    assert scored.writer.typical_margin(float(scored.contributions[0, -1])) == pytest.approx(mean, abs=0.3)


def test_every_fact_of_the_two_hundred_riskiest_speaks_against_them(model: TrainResult, scored: Scored) -> None:
    pd = np.array(scored.scores.column("pd").to_pylist(), dtype=float)
    riskiest = np.argsort(-np.nan_to_num(pd), kind="stable")[:200]
    assert pd[riskiest].min() > model.bundle.content.refer_band.lower
    accepted = accepted_rows(model, scored)
    known = {feature.name: feature for feature in scored.features}
    stated, wrong = 0, []
    for row in riskiest:
        for reason in scored.reasons[row]:
            if reason.feature is None:
                continue
            feature, column = known[reason.feature], scored.matrix.column(reason.feature)
            value = column[int(row)].as_py()
            if value is None or feature.is_category:
                continue
            stated += 1
            median = np.nanmedian(np.array(column.take(accepted).to_pylist(), dtype=float))
            side = np.sign(value - median)
            expected = {Sign.RAISES: 1, Sign.LOWERS: -1}.get(feature.sign, side)
            # Medians in a bundle have three digits; the person may lie between the rounded one and this.
            if side != expected or abs(value - median) < 1e-9 * abs(median):
                wrong.append((reason.feature, value, median))
    assert stated > 200
    assert not wrong


def accepted_rows(model: TrainResult, scored: Scored) -> pa.Array:
    oof = pq.read_table(model.oof)
    accepted = oof.column("pd").to_numpy() < model.bundle.content.refer_band.lower
    ids = oof.column("SK_ID_CURR").to_numpy()[accepted]
    return pa.array(np.flatnonzero(np.isin(scored.matrix.column("SK_ID_CURR").to_numpy(), ids)))


def test_no_reason_adds_less_than_the_floor(scored: Scored) -> None:
    effects = [reason.effect for reasons in scored.reasons for reason in reasons]
    assert min(effects) >= FLOOR
