"""A study: sets of parameters tried one after the other, kept in a file, so that an interrupted one goes on.

Each finished trial leaves its seed and the file behind, not the state of a generator: a study that was interrupted and
goes on tries what an uninterrupted one would have tried.
"""

import logging
import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from garant.exceptions import MissingPartError, UsageError
from garant.models.parameters import Parameters
from garant.models.tuning.space import suggested, values_of, with_values
from garant.storage.durable import lock_folder

if TYPE_CHECKING:
    import optuna

FILE = "study.journal"
NAME = "tuning"

RANDOM_TRIALS = 8
"""Trials drawn at random before the sampler learns from them."""

JUDGED_AFTER = 4
"""Finished trials before one that falls behind the others is broken off."""

KEPT_PERCENT = 75.0
"""A trial goes on while it is better than the worst quarter of the finished ones after as many parts.

The library's usual half broke off 32 of 38 sets on a small sample: the finished ones are the good ones, so their median
is a bar that hardly any set takes on its first part.
"""

_SPENT, _DEFAULT = "seconds", "default"

Valued = Callable[[Parameters, Callable[[], None]], Iterator[float]]
"""Gives the value of each part of a set of parameters; calls its heartbeat while it works."""

Told = Callable[[float, float | None, int], None]
"""Told the seconds spent, the best value and the number of finished trials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a study found.

    Parameters
    ----------
    best : Parameters
        The best ones.
    best_value, default_value : float
        Mean over the parts, with the best parameters and with those it started from.
    trials, broken_off : int
        Finished trials, and those that were given up early.
    seconds : float
        Time of all trials, of earlier commands too.
    """

    best: Parameters
    best_value: float
    default_value: float
    trials: int
    broken_off: int
    seconds: float


class _OutOfTimeError(Exception):
    """The time is over in the middle of a trial."""


def require_optuna() -> None:
    """Raise MissingPartError when the library that suggests parameters is not installed."""
    if find_spec("optuna") is None:
        raise MissingPartError("--tune needs optuna, which is not installed: pip install 'garant[train]'.")


def run_study(
    folder: Path, valued: Valued, start: Parameters, *, seed: int, seconds: float, told: Told = lambda *_: None
) -> Tried:
    """Try parameters until all trials of the study in `folder` together have taken `seconds`.

    The first trial is `start`, which is always finished; a later one is broken off when the time is over.

    Parameters
    ----------
    folder : Path
        Of this study alone; made where it is not there. Trials in it are gone on from.
    valued : callable
        Values a set of parameters, part by part: higher is better.
    start : Parameters
        What is tried first.
    seed : int
        Seed of the sampler.
    seconds : float
        Time for all trials, including those of earlier commands.
    told : callable
        Told how far it is.

    Raises
    ------
    MissingPartError
        When optuna is not installed.
    UsageError
        When another command works on the same study.
    """
    require_optuna()
    import optuna  # noqa: PLC0415 - optional, and it takes a second to import

    states = optuna.trial.TrialState
    with _locked(folder), _quiet():
        study = _opened(folder / FILE)
        for trial in study.get_trials(deepcopy=False, states=(states.RUNNING,)):
            # Its command died: nobody else can be at it.
            study.tell(trial.number, state=states.FAIL)
        if not _of_default(study):
            study.enqueue_trial(values_of(start), user_attrs={_DEFAULT: True})
        while not _of_default(study) or _spent(study) < seconds:
            finished = len(study.get_trials(deepcopy=False, states=(states.COMPLETE, states.PRUNED)))
            study.sampler = optuna.samplers.TPESampler(seed=seed * 1_000 + finished, n_startup_trials=RANDOM_TRIALS)
            _tried(study, valued, start, seconds=seconds, told=told)
        return _result(study, start)


def _tried(study: "optuna.Study", valued: Valued, start: Parameters, *, seconds: float, told: Told) -> None:
    """Run one trial to its end, until it falls behind, or until the time is over."""
    from optuna.trial import TrialState  # noqa: PLC0415

    trial = study.ask()
    is_default, before, begun = bool(trial.user_attrs.get(_DEFAULT)), _spent(study), time.monotonic()
    best = _best_value(study)
    finished = len(study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED)))

    def heartbeat() -> None:
        spent = before + time.monotonic() - begun
        told(spent, best, finished)
        if spent > seconds and not is_default:
            raise _OutOfTimeError

    state, values = TrialState.FAIL, []
    try:
        heartbeat()
        for number, value in enumerate(valued(suggested(trial, start), heartbeat)):  # pyright: ignore[reportArgumentType]
            values.append(value)
            trial.report(float(np.mean(values)), number)
            if not is_default and trial.should_prune():
                state = TrialState.PRUNED
                break
        else:
            state = TrialState.COMPLETE
    except _OutOfTimeError:
        state = TrialState.FAIL
    finally:
        # Also when the user interrupts: the time is spent, the trial is not counted, and the study can go on.
        trial.set_user_attr(_SPENT, time.monotonic() - begun)
        study.tell(trial, float(np.mean(values)) if state is TrialState.COMPLETE else None, state=state)


def _result(study: "optuna.Study", start: Parameters) -> Tried:
    from optuna.trial import TrialState  # noqa: PLC0415

    best, default = study.best_trial, _of_default(study)[0]
    return Tried(
        best=with_values(start, dict(best.params)),
        best_value=float(best.value or 0.0),
        default_value=float(default.value or 0.0),
        trials=len(study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))),
        broken_off=len(study.get_trials(deepcopy=False, states=(TrialState.PRUNED,))),
        seconds=_spent(study),
    )


def _of_default(study: "optuna.Study") -> list[Any]:
    from optuna.trial import TrialState  # noqa: PLC0415

    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return [trial for trial in complete if trial.user_attrs.get(_DEFAULT)]


def _spent(study: "optuna.Study") -> float:
    return sum(float(trial.user_attrs.get(_SPENT, 0.0)) for trial in study.get_trials(deepcopy=False))


def _best_value(study: "optuna.Study") -> float | None:
    from optuna.trial import TrialState  # noqa: PLC0415

    values = [trial.value for trial in study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))]
    return max((value for value in values if value is not None), default=None)


def _opened(path: Path) -> "optuna.Study":
    import optuna  # noqa: PLC0415
    from optuna.storages import JournalStorage  # noqa: PLC0415
    from optuna.storages.journal import JournalFileBackend  # noqa: PLC0415

    _mend(path)
    # The folder is locked, so a lock that a killed command left on the file guards nothing.
    path.with_name(f"{path.name}.lock").unlink(missing_ok=True)
    return optuna.create_study(
        storage=JournalStorage(JournalFileBackend(str(path))),
        study_name=NAME,
        direction="maximize",
        pruner=optuna.pruners.PercentilePruner(KEPT_PERCENT, n_startup_trials=JUDGED_AFTER),
        load_if_exists=True,
    )


def _mend(path: Path) -> None:
    """Cut off a line that a killed command left half written: the next one would be joined to it."""
    if path.exists():
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.truncate(path, whole)


@contextmanager
def _locked(folder: Path) -> Generator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    lock = lock_folder(folder)
    if lock is None:
        raise UsageError(f"{folder}: another command tunes the same model at the moment. Wait for it, or stop it.")
    try:
        yield
    finally:
        os.close(lock)


@contextmanager
def _quiet() -> Generator[None]:
    """Keep the library from writing a line per trial over the progress bar."""
    logger = logging.getLogger("optuna")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
