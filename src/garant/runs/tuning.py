"""Tuning inside a training: which study it is, and where it lies."""

from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt

from garant import __version__
from garant.models.parameters import Parameters
from garant.models.training import out_of_fold
from garant.models.training_data import TrainingData
from garant.models.tuning.space import VERSION
from garant.models.tuning.study import Tried
from garant.models.tuning.tuned import Gained, tune
from garant.runs.progress import Progress
from garant.runs.train_options import TrainOptions
from garant.settings import Settings
from garant.storage import sha256_json

_COMPARED = "default parameters, for comparison"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What tuning found and gained.

    Parameters
    ----------
    study : str
        Identity of the study, and name of its folder.
    tried : Tried
        The study.
    gained : Gained
        What its parameters gained.
    """

    study: str
    tried: Tried
    gained: Gained


def study_of(data_digest: str, sample: TrainingData, start: Parameters, options: TrainOptions) -> str:
    """Identity of the study: whatever makes its trials comparable."""
    identity = {
        "data": data_digest,
        "features": [column.name for column in sample.columns],
        "folds": options.folds,
        "garant": __version__,
        "lightgbm": version("lightgbm"),
        "out_of_time": options.out_of_time,
        "profile": options.profile.value,
        "rows": len(sample.label),
        "seed": options.seed,
        "space": VERSION,
        "start": asdict(start),
    }
    return sha256_json(identity)[:16]


def study_folder(study: str, settings: Settings) -> Path:
    """Where the trials of a study are kept."""
    return settings.cache_folder / "tuning" / study


def tried(
    study: str,
    sample: TrainingData,
    fold: npt.NDArray[np.int8],
    start: Parameters,
    *,
    options: TrainOptions,
    settings: Settings,
    progress: Progress,
) -> Tried:
    """Try parameters for the minutes that `options` give, or go on with what earlier commands tried."""
    seconds = 60 * (options.tune or 0.0)

    def told(spent: float, best: float | None, finished: int) -> None:
        known = "" if best is None else f": best AUC {best:.4f} of {finished} trials"
        progress(f"tuning, in seconds{known}", min(int(spent), int(seconds)), max(1, int(seconds)))

    return tune(
        sample,
        fold,
        start,
        folder=study_folder(study, settings),
        seed=options.seed,
        seconds=seconds,
        num_threads=settings.threads,
        told=told,
    )


def default_margin(
    sample: TrainingData,
    fold: npt.NDArray[np.int8],
    start: Parameters,
    *,
    options: TrainOptions,
    settings: Settings,
    progress: Progress,
) -> npt.NDArray[np.float64]:
    """Out-of-fold margins that tuning is compared with: all features, the parameters it started from."""
    margin, _ = out_of_fold(
        sample,
        fold,
        seed=options.seed,
        parameters=start,
        num_threads=settings.threads,
        progress=lambda _, done, total: progress(_COMPARED, done, total),
    )
    return margin
