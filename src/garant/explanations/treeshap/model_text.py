"""Trees of a LightGBM text model, as arrays; what cannot be explained is refused here."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garant.exceptions import InvariantError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

CATEGORICAL = 1
DEFAULT_LEFT = 2
MISSING_SHIFT = 2
"""Bits of ``decision_type``: category, default side, then two bits of `Missing`. LightGBM, include/LightGBM/tree.h."""

MISSING_NONE, MISSING_ZERO, MISSING_NAN = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tree:
    """One tree with m inner nodes and m + 1 leaves; a child below 0 is the leaf ``~child``.

    Parameters
    ----------
    feature, decision, left, right : arrays of int64, shape (m,)
        Feature, ``decision_type`` and children of each inner node.
    threshold : array of float64, shape (m,)
        Largest value that goes left; of a category the number of its set of levels.
    cover : array of float64, shape (m,)
        Trained rows of each inner node.
    leaf_value, leaf_cover : arrays of float64, shape (m + 1,)
        Log-odds and trained rows of each leaf.
    level_bounds : array of int64
        Start of each set of levels in `level_words`, and the end.
    level_words : array of uint32
        Bits of the levels that go left, 32 in a word.
    """

    feature: Integers
    decision: Integers
    left: Integers
    right: Integers
    threshold: Floats
    cover: Floats
    leaf_value: Floats
    leaf_cover: Floats
    level_bounds: Integers
    level_words: npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextModel:
    """What a text model says.

    Parameters
    ----------
    n_features : int
        Columns of its input.
    trees : tuple of Tree
        Trees with a test.
    constant : float
        Sum of the trees without one, in log-odds.
    """

    n_features: int
    trees: tuple[Tree, ...]
    constant: float


def read_text_model(text: str) -> TextModel:
    """Read a model as ``Booster.model_to_string`` writes it.

    Raises
    ------
    InvariantError
        When its contributions are not those of a sum of plain trees (several classes, averaged output, linear leaves),
        or a node has no trained row, so that shares of the rows below it are unknown.
    """
    head, *parts = text.split("\nTree=")
    said = _entries(head)
    if int(said.get("num_class", "1")) != 1 or int(said.get("num_tree_per_iteration", "1")) != 1:
        raise InvariantError("A model of several classes has contributions for each of them: it is not explained here.")
    if "\naverage_output" in head:
        raise InvariantError("A model that averages its trees (boosting rf) is not explained here: train with gbdt.")
    if parts:
        parts[-1] = parts[-1].partition("\nend of trees")[0]
    trees: list[Tree] = []
    constant = 0.0
    for number, part in enumerate(parts):
        entries = _entries(part)
        if entries.get("is_linear", "0") != "0":
            raise InvariantError("A model with linear leaves is not explained here: train without linear_tree.")
        if int(entries["num_leaves"]) == 1:
            constant += float(entries["leaf_value"])
        else:
            trees.append(_tree(number, entries))
    return TextModel(n_features=int(said["max_feature_idx"]) + 1, trees=tuple(trees), constant=constant)


def _entries(text: str) -> dict[str, str]:
    return {name: value for name, mark, value in (line.partition("=") for line in text.splitlines()) if mark}


def _tree(number: int, entries: dict[str, str]) -> Tree:
    def integers(name: str) -> Integers:
        return np.array(entries[name].split(), dtype=np.int64)

    def floats(name: str) -> Floats:
        return np.array(entries[name].split(), dtype=np.float64)

    has_levels = int(entries.get("num_cat", "0")) > 0
    tree = Tree(
        feature=integers("split_feature"),
        decision=integers("decision_type"),
        left=integers("left_child"),
        right=integers("right_child"),
        threshold=floats("threshold"),
        cover=floats("internal_count"),
        leaf_value=floats("leaf_value"),
        leaf_cover=floats("leaf_count"),
        level_bounds=integers("cat_boundaries") if has_levels else np.zeros(1, dtype=np.int64),
        level_words=np.array(entries["cat_threshold"].split() if has_levels else (), dtype=np.uint32),
    )
    if not (np.all(tree.cover > 0) and np.all(tree.leaf_cover > 0)):
        raise InvariantError(f"Tree {number} has a node without trained rows: its contributions are not defined.")
    return tree
