"""Members: models retrained as the champion was, to see how much of a PD is the luck of one training.

Members of one kind differ by their seed alone, those of the other by their seed and a bootstrap sample of their rows,
which stands for another sample of the same applicants. None has seen the held-out fold, on which
they are compared. Each has the fold's number of trees, told by early stopping inside rows of the other folds.
"""

from collections.abc import Callable
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from garant.models.calibration import fit_calibrator
from garant.models.calibrator import Calibrator
from garant.models.fitter import Fitter
from garant.models.training import ONE_THREAD_ROWS, Progress, Trained, model_text
from garant.models.training_data import TrainingData

HELD_OUT = 0
"""Fold that no member sees."""

FEWEST = 2
"""Two members are needed to tell whether they agree."""

_STEP = "members"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Members:
    """Retrained models and what they say of applicants whom none has seen.

    Parameters
    ----------
    rows : array of int, shape (m,)
        Row numbers of the held-out applicants in the training sample.
    by_seed : array of float64, shape (k, m)
        Calibrated log-odds of the m held-out applicants by k models of the same rows and other seeds.
    by_sample : array of float64, shape (k, m)
        The same by k models of bootstrap samples.
    texts : tuple of str
        LightGBM text of each model of a bootstrap sample.
    """

    rows: npt.NDArray[np.intp]
    by_seed: Floats
    by_sample: Floats
    texts: tuple[str, ...]


def retrain(
    data: TrainingData, trained: Trained, *, members: int, num_threads: int = 0, progress: Progress | None = None
) -> Members:
    """Retrain `members` models on other seeds and as many on bootstrap samples.

    Parameters
    ----------
    data : TrainingData
        What the champion learned from.
    trained : Trained
        The champion; gives columns, parameters, folds and numbers of trees.
    members : int
        Models of each kind, at least 2.
    num_threads : int
        Threads of LightGBM; 0 takes all. Changes nothing but the time.
    progress : callable, optional
        Called with ("members", models done, models to do).

    Raises
    ------
    DataError
        When the sample is so small that a member does not rank it.
    """
    numbers = {column.name: i for i, column in enumerate(data.columns)}
    order = np.argsort(data.ids, kind="stable")
    used = data.only([numbers[column.name] for column in trained.columns])
    unseen = trained.fold[order] == HELD_OUT
    rows, held_out = used.rows(order[~unseen]), used.rows(order[unseen])
    margin = trained.oof_margin[order]
    # The champion's folds were calibrated by such a line; seeds change it too little to tell.
    line = fit_calibrator(margin[~unseen], rows.label)
    fit = _Retrainer(rows, trained, num_threads=num_threads, models=2 * members, progress=progress)
    by_seed = [line.log_odds(fit(member).margin(held_out)) for member in range(members)]
    samples = [fit(member, _drawn(len(rows.label), trained.seed, member)) for member in range(members)]
    lines = _calibrators(samples, rows)
    by_sample = [line.log_odds(sample.margin(held_out)) for sample, line in zip(samples, lines, strict=True)]
    texts = tuple(model_text(sample.booster) for sample in samples)
    return Members(rows=order[unseen], by_seed=np.array(by_seed), by_sample=np.array(by_sample), texts=texts)


@dataclass(frozen=True, slots=True, eq=False)
class _Fitted:
    """A model, and how often each row was among those it was fitted on."""

    booster: lgb.Booster
    counts: npt.NDArray[np.int64]
    num_threads: int

    def margin(self, data: TrainingData) -> Floats:
        predicted = self.booster.predict(data.matrix, raw_score=True, num_threads=self.num_threads)
        return np.asarray(predicted, dtype=np.float64)


class _Retrainer:
    """Fits one model after the other and tells how far it is."""

    def __init__(
        self, rows: TrainingData, trained: Trained, *, num_threads: int, models: int, progress: Progress | None
    ) -> None:
        self._rows, self._trained, self._models, self._progress = rows, trained, models, progress
        self._threads = 1 if len(rows.label) <= ONE_THREAD_ROWS else num_threads
        self._done = 0

    def __call__(self, member: int, drawn: npt.NDArray[np.int64] | None = None) -> _Fitted:
        """Model number `member` of all rows, or of the rows `drawn`."""
        trained, report = self._trained, self._reporter()
        report()
        rows = self._rows if drawn is None else self._rows.rows(drawn)
        seed = member_seed(trained.seed, member, is_sample=drawn is not None)
        fitter = Fitter(columns=rows.columns, parameters=trained.parameters, seed=seed, num_threads=self._threads)
        booster = fitter.fit(fitter.dataset(rows.matrix, rows.label), trained.iterations[HELD_OUT], report)
        self._done += 1
        self._reporter()()
        counts = np.bincount(np.arange(len(rows.label)) if drawn is None else drawn, minlength=len(self._rows.label))
        return _Fitted(booster, counts, self._threads)

    def _reporter(self) -> Callable[[], None]:
        progress, done, models = self._progress, self._done, self._models
        return (lambda: None) if progress is None else (lambda: progress(_STEP, done, models))


def member_seed(seed: int, member: int, *, is_sample: bool) -> int:
    """Seed of a member, unlike that of any other member or of the champion."""
    return int(np.random.SeedSequence([seed, member, int(is_sample)]).generate_state(1)[0] >> 1)


def _drawn(rows: int, seed: int, member: int) -> npt.NDArray[np.int64]:
    """Row numbers of a bootstrap sample, sorted."""
    return np.sort(np.random.default_rng([seed, member]).integers(0, rows, rows))


def _calibrators(samples: list[_Fitted], rows: TrainingData) -> list[Calibrator]:
    """Line of each member as its own training would have found it.

    The champion's line comes from margins of models like it on rows that they have not seen. So does a member's: from
    the other members on rows that these have not drawn, each row counted as often as the member itself has drawn it.
    """
    unseen = [np.flatnonzero(sample.counts == 0) for sample in samples]
    margins = [sample.margin(rows.rows(which)) for sample, which in zip(samples, unseen, strict=True)]
    found: list[Calibrator] = []
    for own, sample in enumerate(samples):
        others = [other for other in range(len(samples)) if other != own]
        margin = np.concatenate([margins[other] for other in others])
        which = np.concatenate([unseen[other] for other in others])
        weight = sample.counts[which]
        kept = weight > 0
        found.append(fit_calibrator(margin[kept], rows.label[which[kept]], weight=weight[kept]))
    return found
