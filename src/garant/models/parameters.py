"""Parameters of the champion and how they follow the size of the sample."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from garant.exceptions import UsageError
from garant.features.encode import InputColumn

SMALL_ROWS = 5_000
"""Up to this many rows the sample is small: tiny trees, few features each, and five inner folds for early stopping."""

MEDIUM_ROWS = 100_000
"""Up to this many rows trees of 8 leaves are enough, and each fold's model is refitted (docs/models.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Parameters of one training, the same for every fold and for the final model.

    Parameters
    ----------
    learning_rate : float
        Shrinkage of each tree.
    num_leaves : int
        Most leaves of a tree.
    min_data_in_leaf : int
        Fewest rows of a leaf.
    bagging_fraction : float
        Share of rows drawn for each tree.
    feature_fraction : float
        Share of features drawn for each tree.
    lambda_l2 : float
        Ridge penalty of a leaf's value.
    extra_trees : bool
        Whether each feature is tried at one threshold drawn at random instead of all: noise wins fewer splits.
    min_data_per_group : int
        Fewest rows of a level that is split on its own.
    cat_smooth : float
        Rows of the average rate that are added to a level before levels are put in order.
    cat_l2 : float
        Ridge penalty of splits on categories, beside `lambda_l2`.
    max_rounds : int
        Most trees.
    patience : int
        Trees without a better log loss on the inner split after which training stops.
    inner_parts : int
        Parts of the training rows, of which early stopping watches one.
    inner_folds : int
        How many of the parts are watched, one after the other; early stopping averages over them.
    refit : bool
        Whether a fold's model is refitted on all its training rows once the number of trees is known. Without, it is
        the model that was watched, made without one of the parts: half the time, which a large sample can pay.
    monotone : mapping of str to int
        Direction of the PD in a numeric feature: 1 rises with it, -1 falls. Features not named are free.
    """

    learning_rate: float = 0.035
    num_leaves: int = 31
    min_data_in_leaf: int = 100
    bagging_fraction: float = 0.85
    feature_fraction: float = 0.35
    lambda_l2: float = 5.0
    extra_trees: bool = False
    min_data_per_group: int = 100
    cat_smooth: float = 10.0
    cat_l2: float = 10.0
    max_rounds: int = 3000
    patience: int = 100
    inner_parts: int = 7
    inner_folds: int = 1
    refit: bool = True
    monotone: Mapping[str, Literal[-1, 1]] = field(default_factory=dict)

    def among(self, columns: Sequence[InputColumn]) -> "Parameters":
        """The same for a model of `columns` alone: directions of features that it does not have are left out."""
        names = {column.name for column in columns}
        return replace(self, monotone={name: sign for name, sign in self.monotone.items() if name in names})


def default_parameters(rows: int) -> Parameters:
    """Regularised defaults for a sample of `rows` rows.

    More than 100,000 rows: 15 leaves of at least 100 rows, fewer features and rows for each tree and no refit, so that
    five folds take minutes. Down to 5,000: 8 leaves and a stronger ridge. Fewer: 6 leaves of at least 60 rows, a
    smaller rate, few features and half the rows for each tree, thresholds drawn at random, and the number of trees
    from five inner folds, because one inner split of a few hundred rows holds too few bad cases to tell when to stop.
    """
    if rows > MEDIUM_ROWS:
        return Parameters(
            learning_rate=0.03,
            num_leaves=15,
            bagging_fraction=0.6,
            feature_fraction=0.25,
            inner_parts=15,
            refit=False,
        )
    medium = Parameters(num_leaves=8, lambda_l2=20.0)
    if rows > SMALL_ROWS:
        return medium
    return replace(
        medium,
        num_leaves=6,
        min_data_in_leaf=60,
        feature_fraction=0.15,
        min_data_per_group=50,
        learning_rate=0.02,
        bagging_fraction=0.5,
        extra_trees=True,
        cat_smooth=50.0,
        cat_l2=50.0,
        inner_folds=5,
    )


FAST_ROUNDS = 120
"""Most trees of a quick look: in steps of 0.12 they add up to what 410 to 720 trees of the usual steps do."""


def fast_parameters(rows: int) -> Parameters:
    """Few trees in large steps for a quick look: seconds instead of minutes, at a price in AUC.

    The trees are as large as the usual ones; the steps are three to six times as large, early stopping waits for 15
    trees and looks at one inner split.
    """
    return replace(default_parameters(rows), learning_rate=0.12, max_rounds=FAST_ROUNDS, patience=15, inner_folds=1)


def lightgbm_parameters(
    parameters: Parameters, columns: Sequence[InputColumn], *, seed: int, num_threads: int
) -> dict[str, Any]:
    """LightGBM's own names and values.

    No class weight: it would lift the mean PD from 8 % to 38 % without a gain in AUC.

    Raises
    ------
    UsageError
        When a monotone direction names a category, or no feature of the model.
    """
    numeric = {column.name for column in columns if column.levels is None}
    wrong = sorted(set(parameters.monotone) - numeric)
    if wrong:
        raise UsageError(
            f"A direction is set for {', '.join(wrong)}, which is no numeric feature of this model. Remove it."
        )
    found: dict[str, Any] = {
        "objective": "binary",
        "metric": "binary_logloss",
        "learning_rate": parameters.learning_rate,
        "num_leaves": parameters.num_leaves,
        "min_data_in_leaf": parameters.min_data_in_leaf,
        "bagging_fraction": parameters.bagging_fraction,
        "bagging_freq": 1,
        "feature_fraction": parameters.feature_fraction,
        "lambda_l2": parameters.lambda_l2,
        "extra_trees": parameters.extra_trees,
        "min_data_per_group": parameters.min_data_per_group,
        "cat_smooth": parameters.cat_smooth,
        "cat_l2": parameters.cat_l2,
        "seed": seed,
        "deterministic": True,
        "force_col_wise": True,
        "num_threads": num_threads,
        "verbosity": -1,
    }
    if parameters.monotone:
        found["monotone_constraints"] = [parameters.monotone.get(column.name, 0) for column in columns]
    return found
