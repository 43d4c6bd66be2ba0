"""Proxies: how well the inputs of a model tell a protected attribute that the model itself does not read.

A model without the attribute can still treat groups apart when its inputs give the attribute away. For each attribute a
small LightGBM model is trained to tell the groups from the same inputs, cross-validated, and asked for its gains.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold

from garant.metrics.discrimination import auc
from garant.metrics.fairness import MIN_GROUP_ROWS, Grouping
from garant.models.training_data import TrainingData

MAX_ROWS = 20_000
"""Applicants that are looked at, drawn at random: an AUC of 0.60 is then known to about 0.01 for either sex."""

FOLDS, ROUNDS = 3, 40

MOST_TELLING = 5
"""Inputs that are named."""

_PARAMETERS: dict[str, Any] = {
    "learning_rate": 0.15,
    "num_leaves": 15,
    "min_data_in_leaf": 30,
    "feature_fraction": 0.5,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_col_wise": True,
    "verbosity": -1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """How much the inputs say about one attribute.

    Parameters
    ----------
    attribute : str
        Its name.
    auc : mapping of str to float
        Cross-validated AUC of each group against all others, by group: 0.5 = nothing, 1 = everything.
    telling : tuple of (str, float)
        The inputs that say most and their share of the gain, at most `MOST_TELLING`, most first.
    """

    attribute: str
    auc: Mapping[str, float]
    telling: tuple[tuple[str, float], ...]


def proxies(
    groupings: Mapping[str, Grouping | None],
    data: TrainingData,
    *,
    seed: int,
    num_threads: int = 0,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Proxy, ...]:
    """How much the columns of `data` say about each attribute.

    Parameters
    ----------
    groupings : mapping of str to Grouping or None
        Groups of the applicants of `data`, in the same order. Attributes with fewer than two groups of
        `MIN_GROUP_ROWS` drawn applicants are left out, as are their smaller groups.
    data : TrainingData
        Inputs of the model; its label is not read.
    seed : int
        Seed of draw, folds and trees. Same seed and same applicants, in any order: same answer.
    num_threads : int
        Threads of LightGBM; 0 takes all.
    progress : callable, optional
        Called with ("proxies", attributes done, attributes).
    """
    by_id = np.argsort(data.ids, kind="stable")
    drawn = by_id[np.sort(np.random.default_rng(seed).permutation(len(by_id))[:MAX_ROWS])]
    known = {name: grouping for name, grouping in groupings.items() if grouping is not None}
    found: list[Proxy] = []
    for done, (name, grouping) in enumerate(known.items()):
        if progress is not None:
            progress("proxies", done, len(known))
        code = grouping.code[drawn]
        counts = np.bincount(code, minlength=len(grouping.groups))
        groups = np.flatnonzero(counts >= MIN_GROUP_ROWS)
        if len(groups) > 1:
            rows = np.isin(code, groups)
            target = np.searchsorted(groups, code[rows])
            names = tuple(grouping.groups[number] for number in groups)
            sample = _Sample(data, drawn[rows], target, len(groups), seed=seed, num_threads=num_threads)
            found.append(sample.proxy(name, names))
    if progress is not None:
        progress("proxies", len(known), len(known))
    return tuple(found)


class _Sample:
    """Drawn applicants with the number of their group."""

    def __init__(
        self,
        data: TrainingData,
        rows: npt.NDArray[np.intp],
        target: npt.NDArray[np.intp],
        n_groups: int,
        *,
        seed: int,
        num_threads: int,
    ) -> None:
        self._matrix, self._target, self._n_groups = data.matrix[rows], target, n_groups
        self._names = [column.name for column in data.columns]
        self._categories = [i for i, column in enumerate(data.columns) if column.levels is not None]
        several = {"objective": "multiclass", "num_class": n_groups}
        aim = {"objective": "binary"} if n_groups == 2 else several  # noqa: PLR2004 - two groups are one question
        self._parameters = {**_PARAMETERS, **aim, "seed": seed, "num_threads": num_threads}

    def proxy(self, attribute: str, groups: tuple[str, ...]) -> Proxy:
        """Cross-validate, then rank the inputs by their gain over all folds."""
        splitter = StratifiedKFold(n_splits=FOLDS, shuffle=True, random_state=self._parameters["seed"])
        whole = lgb.Dataset(
            self._matrix,
            self._target,
            categorical_feature=self._categories,
            params=self._parameters,
            free_raw_data=False,
        ).construct()
        score = np.empty((len(self._target), self._n_groups))
        gain = np.zeros(self._matrix.shape[1])
        for trained, scored in splitter.split(self._matrix, self._target):
            booster = lgb.train(self._parameters, whole.subset(np.sort(trained).tolist()), num_boost_round=ROUNDS)
            said = np.asarray(booster.predict(self._matrix[scored]), dtype=np.float64)
            score[scored] = np.column_stack([1 - said, said]) if said.ndim == 1 else said
            gain += booster.feature_importance("gain")
        shares = gain / (float(np.sum(gain)) or 1.0)
        most = sorted(zip(self._names, shares.tolist(), strict=True), key=lambda entry: (-entry[1], entry[0]))
        return Proxy(
            attribute=attribute,
            auc={name: auc(self._target == number, score[:, number]) for number, name in enumerate(groups)},
            telling=tuple((name, told) for name, told in most[:MOST_TELLING] if told > 0),
        )
