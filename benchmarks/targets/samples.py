"""The public samples that the targets are about, as the model sees them."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from garant.features.catalogue import catalogue
from garant.features.extra import feature_extras
from garant.features.feature import Feature, Profile
from garant.metrics.discrimination import auc
from garant.models.directions import directions
from garant.models.parameters import Parameters, default_parameters
from garant.models.training import Trained, train_champion
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """Labelled applicants with the features that a profile gives.

    Parameters
    ----------
    data : TrainingData
        What the model is trained on.
    features : tuple of Feature
        Its columns, in order.
    threads : int
        Threads of LightGBM.
    """

    data: TrainingData
    features: tuple[Feature, ...]
    threads: int

    @classmethod
    def of(cls, folder: Path, profile: Profile, *, without: tuple[str, ...], settings: Settings) -> Self:
        """The sample in `folder`."""
        accepted = accepted_tables(folder, purpose="train", without=without, settings=settings)
        data = sample_of(accepted, profile, settings=settings)
        by_name = {f.name: f for f in catalogue(accepted.tables, profile, feature_extras(accepted.config))}
        features = tuple(by_name[column.name] for column in data.columns)
        return cls(data=data, features=features, threads=settings.threads)

    def rows(self, which: npt.NDArray[np.int64]) -> Self:
        """The same features of the rows `which`, in the order of their numbers."""
        return replace(self, data=self.data.rows(np.sort(which)))

    @property
    def parameters(self) -> Parameters:
        """As `garant train` sets them: the defaults for this size and the catalogue's directions."""
        return replace(default_parameters(len(self.data.label)), monotone=directions(self.features))

    def champion(self, seed: int) -> Trained:
        """Champion and out-of-fold margins, as `garant train` makes them."""
        return train_champion(self.data, seed=seed, parameters=self.parameters, num_threads=self.threads)

    def fold_auc(self, trained: Trained) -> float:
        """Mean AUC of the folds of a champion of this sample."""
        label, margin, fold = self.data.label, trained.oof_margin, trained.fold
        return float(np.mean([auc(label[fold == f], margin[fold == f]) for f in np.unique(fold)]))


def margins(trained: Trained, data: TrainingData) -> npt.NDArray[np.float64]:
    """Raw log-odds of applicants whom the champion has not seen."""
    booster = lgb.Booster(model_str=trained.model_text)
    return np.asarray(booster.predict(data.matrix, raw_score=True, num_threads=1), dtype=np.float64)
