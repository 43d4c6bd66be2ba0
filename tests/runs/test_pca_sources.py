"""Raw tables, a stored matrix and a scoring run give the same components; a bundle or a profile chooses features."""

import itertools
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from garant.exceptions import DataError, UsageError
from garant.features.feature import Profile
from garant.models.bundle.reading import read_bundle
from garant.models.bundle.trust import Trust
from garant.projection.artefact import read_components
from garant.projection.components import Components, Extent
from garant.projection.transform import block_of
from garant.runs.feature_build import build_features
from garant.runs.pca.options import PcaOptions
from garant.runs.pca.results import artefact_in
from garant.runs.pca.run import PcaResult, pca
from garant.runs.pca.source import open_source
from garant.runs.score import ScoreOptions, score
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.storage import sha256_file

pytestmark = pytest.mark.xdist_group("own")

EXTENT = Extent(number=6)


@pytest.fixture(scope="module")
def features(lender: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stored matrix of the lender."""
    return build_features(
        lender, out=tmp_path_factory.mktemp("pca") / "features", profile=Profile.EU, settings=settings
    ).folder


@pytest.fixture
def run(settings: Settings, tmp_path: Path) -> Callable[..., PcaResult]:
    """Compute six components."""

    def compute(
        data: Path,
        out: str,
        *,
        bundle: Path | None = None,
        extent: Extent = EXTENT,
        **options: Any,  # noqa: ANN401 - whatever the options are
    ) -> PcaResult:
        wanted = PcaOptions(extent=extent, **options)
        return pca(data, tmp_path / out, bundle_folder=bundle, options=wanted, settings=settings)

    return compute


def made(result: PcaResult) -> dict[str, str]:
    """Name → sha256 of the files that `garant pca` makes."""
    return {name: file["sha256"] for name, file in result.run.manifest["files"].items() if name.startswith("pca/")}


def require_full_svd(components: Components, rows: pa.Table) -> None:
    """Loadings to 1e-6, ratios to 1e-9; of components that nearly tie the subspace that they span."""
    block = block_of(rows, components.columns)
    z = StandardScaler().fit_transform(SimpleImputer().fit_transform(block))
    model = PCA(svd_solver="full").fit(z)
    wanted, ratio = np.asarray(model.components_).T, model.explained_variance_ratio_
    n = min(len(ratio), len(components.spectrum))
    assert np.abs(components.spectrum[:n] - ratio[:n]).max() <= 1e-9
    strongest = np.argmax(np.abs(wanted), axis=0)
    wanted = wanted * np.sign(wanted[strongest, np.arange(wanted.shape[1])])
    edges = [0, *(np.flatnonzero(-np.diff(ratio) > 1e-6 * ratio[0]) + 1).tolist(), len(ratio)]
    compared = 0
    for start, end in itertools.pairwise(edges):
        if end > components.k:
            break
        ours, theirs = components.loadings[:, start:end], wanted[:, start:end]
        difference = ours - theirs if end - start == 1 else ours @ ours.T - theirs @ theirs.T
        assert np.abs(difference).max() <= 1e-6, (start, end)
        compared = end
    assert compared >= min(components.k, 5)


def matrix_of(folder: Path) -> pa.Table:
    return pa.concat_tables([pq.read_table(part) for part in sorted(folder.glob("part-*.parquet"))])


def test_of_the_synthetic_lender_they_are_those_of_a_full_svd(features: Path, run: Callable[..., PcaResult]) -> None:
    result = run(features, "out", extent=Extent(variance=0.9))
    components = read_components(artefact_in(result.run.folder))
    assert components.k > 20
    require_full_svd(components, matrix_of(features))
    assert not [name for name in components.columns if name.startswith("policy_")]
    assert "TARGET" not in components.columns


def test_raw_tables_and_their_stored_matrix_give_the_same_files(
    lender: Path, features: Path, run: Callable[..., PcaResult]
) -> None:
    raw, stored = run(lender, "raw"), run(features, "stored")
    assert made(raw) == made(stored)
    assert raw.run.manifest["n_categories"] == stored.run.manifest["n_categories"] > 0
    kept = {name for name in raw.run.manifest["files"] if name.startswith("matrix/")}
    assert kept
    assert not any(name.startswith("matrix/") for name in stored.run.manifest["files"])
    # A run that keeps its matrix is a source itself, for another number of components.
    assert made(run(raw.run.folder.parents[1], "again")) == made(raw)


def test_a_bundle_s_numeric_inputs_are_used_and_its_pds_colour_the_plane(
    lender: Path, features: Path, short: TrainResult, run: Callable[..., PcaResult], settings: Settings, tmp_path: Path
) -> None:
    folder = short.bundle.folder
    bundle = read_bundle(folder, Trust.of(settings))
    inputs = {feature.name for feature in bundle.content.features if feature.levels is None}
    by_matrix, by_tables = run(features, "a", bundle=folder), run(lender, "b", bundle=folder)
    components = read_components(artefact_in(by_matrix.run.folder))
    assert set(components.columns) | set(components.dropped) == inputs
    assert list(components.columns) == sorted(components.columns)
    assert made(by_matrix) == made(by_tables)
    scored = score(lender, folder, tmp_path / "scored", options=ScoreOptions(explain="none"), settings=settings)
    by_run = run(tmp_path / "scored", "c", bundle=folder)
    assert made(by_run) == made(by_matrix)
    # Without the bundle the run's own scores give the same colours.
    of_scores = run(scored.run.folder, "d")
    assert made(of_scores) == made(by_matrix)
    plain = run(features, "e", extent=Extent(number=2))
    assert "Mean PD" in (by_run.run.folder / "pca" / "plane.svg").read_text(encoding="utf-8")
    assert "Mean PD" not in (plain.run.folder / "pca" / "plane.svg").read_text(encoding="utf-8")


def test_a_profile_chooses_the_features_of_raw_tables_alone(
    lender: Path, features: Path, settings: Settings, run: Callable[..., PcaResult]
) -> None:
    options = PcaOptions(extent=EXTENT, profile=Profile.KAGGLE)
    wide = open_source(lender, bundle=None, components=None, options=options, settings=settings)
    narrow = open_source(features, bundle=None, components=None, options=PcaOptions(extent=EXTENT), settings=settings)
    assert "application_age_days" in set(wide.columns) - set(narrow.columns)
    assert set(narrow.columns) < set(wide.columns)
    assert (wide.profile, narrow.profile) == ("kaggle", "eu")
    with pytest.raises(UsageError, match="Leave out --profile"):
        run(features, "x", profile=Profile.KAGGLE)


def test_a_matrix_without_the_bundle_s_inputs_is_refused(
    features: Path, short: TrainResult, run: Callable[..., PcaResult], settings: Settings, tmp_path: Path
) -> None:
    lacking = read_bundle(short.bundle.folder, Trust.of(settings)).content.features[3].name
    narrow = tmp_path / "narrow"
    shutil.copytree(features, narrow)
    manifest = json.loads((narrow / "manifest.json").read_text())
    for name, entry in manifest["files"].items():
        pq.write_table(pq.read_table(narrow / name).drop_columns(lacking), narrow / name)
        entry["sha256"] = sha256_file(narrow / name)
    (narrow / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(DataError, match=f"lacks features that the bundle uses: {lacking}"):
        run(narrow, "x", bundle=short.bundle.folder)
    with pytest.raises(UsageError, match="--profile chooses"):
        run(features, "y", profile=Profile.EU, bundle=short.bundle.folder)


def test_raw_tables_that_do_not_give_what_components_are_made_of_are_refused(lender: Path, settings: Settings) -> None:
    one, none = np.ones(1), np.zeros((1, 1))
    stray = Components(
        columns=("bureau_stray",), mean=one, scale=one, loadings=none, variance=one, spectrum=one, rows=9, dropped={}
    )
    with pytest.raises(DataError, match="made of bureau_stray, which these tables do not give"):
        open_source(lender, bundle=None, components=stray, options=PcaOptions(extent=None), settings=settings)


def test_of_a_real_sample_they_are_those_of_a_full_svd(shared_data: Path, run: Callable[..., PcaResult]) -> None:
    data = shared_data / "home_credit_linked_10k"
    result = run(data, "real", extent=Extent(number=40), without=("installments_payments",))
    components = read_components(artefact_in(result.run.folder))
    assert components.rows == 9_025
    require_full_svd(components, matrix_of(result.run.folder / "matrix"))
