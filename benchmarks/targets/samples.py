"""The public samples that the targets are about, as the model sees them."""

from pathlib import Path

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from garant.features.feature import Profile
from garant.metrics.discrimination import auc
from garant.models.training import Trained
from garant.models.training_data import TrainingData
from garant.runs.accept import accepted_tables
from garant.runs.train import sample_of
from garant.settings import Settings

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
TRAIN_SAMPLE = SHARED / "home_credit_train_sample"
LINKED = SHARED / "home_credit_linked_10k"

CHILDREN = (
    "bureau",
    "bureau_balance",
    "previous_application",
    "POS_CASH_balance",
    "installments_payments",
    "credit_card_balance",
)


def sample(data: Path, profile: Profile, *, without: tuple[str, ...], settings: Settings) -> TrainingData:
    """Labelled applicants of `data` with the features of `profile`."""
    accepted = accepted_tables(data, purpose="train", without=without, settings=settings)
    return sample_of(accepted, profile, settings=settings)


def fold_auc(label: npt.NDArray[np.int8], trained: Trained) -> float:
    """Mean AUC of the folds."""
    margin, fold = trained.oof_margin, trained.fold
    return float(np.mean([auc(label[fold == f], margin[fold == f]) for f in np.unique(fold)]))


def margins(trained: Trained, data: TrainingData, *, threads: int) -> npt.NDArray[np.float64]:
    """Raw log-odds of applicants whom the champion has not seen."""
    booster = lgb.Booster(model_str=trained.model_text)
    return np.asarray(booster.predict(data.matrix, raw_score=True, num_threads=threads), dtype=np.float64)
