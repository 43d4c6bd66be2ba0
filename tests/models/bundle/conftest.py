"""The content and files of a small bundle, and the bundle itself."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from garant.keys import new_key
from garant.models.bundle.content import (
    BundleContent,
    LabelEntry,
    MetricsEntry,
    PointsScale,
    metric_entries,
)
from garant.models.bundle.feature_entry import FeatureEntry
from garant.models.bundle.files import bundle_files, raw_schema
from garant.models.bundle.fingerprint import FeatureDefinition, feature_fingerprint
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.reference import reference_table
from garant.models.bundle.signature import Signer
from garant.models.bundle.training_entry import SplitEntry, TrainingEntry
from garant.models.bundle.trust import Trust
from garant.models.bundle.writing import write_bundle
from garant.models.calibration import fit_calibrator
from garant.models.cutoff import Costs
from garant.models.evaluation import evaluate_out_of_fold
from garant.models.pd_bands import accepted_contributions, pd_bands
from garant.models.product_cutoffs import Cutoffs
from garant.models.training import Trained
from garant.models.training_data import TrainingData
from garant.settings import Settings

COSTS = Costs.parse("1:10")


@pytest.fixture(scope="session")
def files(data: TrainingData, trained: Trained) -> dict[str, bytes]:
    return bundle_files(
        model_text=trained.model_text,
        features_sql="-- no_such_table\nSELECT 1",
        schema=raw_schema(["application"], ["application.AMT_CREDIT"]),
        wording={"en": {"reason.debt": "Your debts are high."}, "fr": {"reason.debt": "Vos dettes sont élevées."}},
        reference=reference_table(data.matrix, data.columns),
    )


@pytest.fixture(scope="session")
def content(data: TrainingData, trained: Trained) -> BundleContent:
    cutoffs = Cutoffs.of(COSTS)
    evaluation = evaluate_out_of_fold(
        data.label, trained.oof_margin, trained.fold, cutoffs=cutoffs, seed=5, replicates=50
    )
    bands = pd_bands(evaluation.pd, data.label, {"debt": trained.oof_margin, "delays": np.zeros(len(data.label))})
    features = tuple(
        FeatureEntry(
            name=column.name,
            dtype="number" if column.levels is None else "category",
            levels=column.levels,
            family="debt",
            sign="raises",
            unit="count",
            text=column.name,
            window="all",
            missing="no_history",
            legal="allowed",
            table="application",
        )
        for column in data.columns
    )
    return BundleContent(
        garant_version="0.1.0",
        profile="eu",
        seed=5,
        inputs={"application": "0" * 64},
        tables=("application",),
        features=features,
        feature_fingerprint=feature_fingerprint(
            FeatureDefinition(name=f.name, sql=f.name, dtype=f.dtype, levels=f.levels) for f in features
        ),
        training=TrainingEntry(
            rows=len(data.label),
            positives=int(data.label.sum()),
            folds=4,
            iterations=trained.iterations,
            iteration=trained.iteration,
            parameters={"learning_rate": trained.parameters.learning_rate},
            libraries={"lightgbm": "4.7.0"},
        ),
        calibrator=fit_calibrator(trained.oof_margin, data.label),
        label=LabelEntry(name="TARGET", text_fr="PD (définition du test)", text_en="PD (definition of the test)"),
        costs=COSTS,
        cutoff=cutoffs.single.cutoff,
        refer_band=cutoffs.single.refer_band,
        points=PointsScale(),
        base_value=trained.base_value,
        pd_bands=bands,
        accepted_contributions=accepted_contributions([(bands, cutoffs.single)]),
        split=SplitEntry(),
        metrics=MetricsEntry(out_of_fold=metric_entries(evaluation.measures)),
    )


@pytest.fixture(scope="session")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    """A key that `trust` lists."""
    return Signer(new_key(tmp_path_factory.mktemp("keys") / "release.key"), development=False)


@pytest.fixture(scope="session")
def trust(signer: Signer, tmp_path_factory: pytest.TempPathFactory) -> Trust:
    """Trust in `signer` alone."""
    return Trust(
        keys=(signer.key.public,), own=None, development=True, loaded=tmp_path_factory.mktemp("cache") / "loaded"
    )


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a user without a development key, who trusts nobody."""
    user = tmp_path_factory.mktemp("user")
    return Settings(development_key=user / "data" / "development.key", cache_folder=user / "cache")


@pytest.fixture
def bundle(tmp_path: Path, content: BundleContent, files: Mapping[str, bytes], signer: Signer, trust: Trust) -> Bundle:
    write_bundle(tmp_path / "bundle", content, files, signer=signer)
    return read_bundle(tmp_path / "bundle", trust)


@pytest.fixture
def edit(signer: Signer) -> Callable[[Path, Callable[[dict[str, Any]], object]], None]:
    """Change ``bundle.json`` of a folder as who may sign would: digests of other files fit, the signature fits."""
    import json

    def change(folder: Path, how: Callable[[dict[str, Any]], object]) -> None:
        path = folder / "bundle.json"
        content = json.loads(path.read_text())
        for name in content.get("files", {}):
            if (folder / name).is_file():
                content["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        how(content)
        path.write_text(json.dumps(content))
        (folder / "bundle.sig").write_bytes(signer.sign(path.read_bytes()))

    return change
