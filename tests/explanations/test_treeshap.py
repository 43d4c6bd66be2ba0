"""TreeSHAP by quadrature: LightGBM's own values, and exact ones where LightGBM loses digits."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from itertools import pairwise

import lightgbm
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garant.exceptions import InvariantError
from garant.explanations.treeshap.block_kernel import ROWS
from garant.explanations.treeshap.explainer import BLOCKS_PER_TASK, Explainer
from garant.explanations.treeshap.lanes import LANES

pytestmark = pytest.mark.xdist_group("compiled")

Floats = npt.NDArray[np.float64]

ODD_VALUES = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-36, -1e-34, 3e38, -1.0, -0.5, 0.5, 31.0, 32.0, 63.0, 64.0, 2.0**31]


def fitted(
    matrix: npt.NDArray[np.float32],
    *,
    categories: Sequence[int] = (),
    trees: int = 20,
    seed: int = 1,
    more: Mapping[str, object] | None = None,
) -> lightgbm.Booster:
    """A model of an outcome that hangs on the first three columns."""
    rng = np.random.default_rng(seed)
    known = np.nan_to_num(matrix[:, :3].astype(np.float64), posinf=3, neginf=-3)
    score = np.clip(known, -3, 3) @ np.array([1.0, -0.7, 0.4])[: known.shape[1]]
    label = (score + rng.normal(size=len(matrix)) > 0.3).astype(int)
    parameters = {
        "objective": "binary",
        "verbose": -1,
        "num_threads": 1,
        "seed": seed,
        "min_data_in_leaf": 3,
        **(more or {}),
    }
    data = lightgbm.Dataset(matrix, label, categorical_feature=list(categories), params=parameters)
    return lightgbm.train(parameters, data, num_boost_round=trees)


def sample(rows: int, columns: int, *, categories: Sequence[int] = (), seed: int = 1) -> npt.NDArray[np.float32]:
    """Rows with missing values; categories have up to 70 levels."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, columns))
    for column in categories:
        matrix[:, column] = rng.integers(0, 70, rows)
    matrix[rng.random(matrix.shape) < 0.2] = np.nan
    return matrix.astype(np.float32)


def reference(booster: lightgbm.Booster, matrix: npt.NDArray[np.float32]) -> Floats:
    return np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=1), dtype=np.float64)


def assert_equal(found: Floats, expected: Floats, *, relative: float = 1e-12) -> None:
    assert found.shape == expected.shape
    assert np.max(np.abs(found - expected)) <= relative * max(np.max(np.abs(expected)), 1e-3)


def assert_explained(booster: lightgbm.Booster, matrix: npt.NDArray[np.float32]) -> None:
    """Both kernels say what LightGBM says."""
    explainer, expected = Explainer.of_text(booster.model_to_string()), reference(booster, matrix)
    assert_equal(explainer.contributions(matrix), expected)
    assert_equal(np.array([explainer.of_one(row) for row in matrix]), expected)


@settings(max_examples=40)
@given(
    leaves=st.integers(2, 40),
    depth=st.sampled_from([-1, 1, 2, 4]),
    trees=st.sampled_from([1, 2, 15]),
    categories=st.sets(st.integers(0, 5), max_size=3),
    missing=st.sampled_from([{}, {"use_missing": False}, {"zero_as_missing": True}]),
    seed=st.integers(1, 50),
)
def test_both_kernels_say_what_lightgbm_says(
    leaves: int, depth: int, trees: int, categories: set[int], missing: dict[str, bool], seed: int
):
    categories_ = sorted(categories)
    matrix = sample(200, 6, categories=categories_, seed=seed)
    booster = fitted(
        matrix,
        categories=categories_,
        trees=trees,
        seed=seed,
        more={"num_leaves": leaves, "max_depth": depth, **missing},
    )
    rng = np.random.default_rng(seed)
    odd = rng.choice(np.array(ODD_VALUES, dtype=np.float32), size=(40, 6))
    assert_explained(booster, np.vstack([matrix[:30], odd]).astype(np.float32))


def test_levels_at_the_ends_of_their_words_and_beyond_go_where_the_model_sends_them():
    rng = np.random.default_rng(3)
    n_levels = (20, 60, 90, 110)
    matrix = np.column_stack([rng.integers(0, n, 6000) for n in n_levels]).astype(np.float32)
    # Levels that are bad stand among others and the first is one of them: sets begin and end anywhere in a word.
    odds = (matrix * 7 % 5 < 2).sum(axis=1) - 1.6
    label = (rng.random(6000) < 1 / (1 + np.exp(-2 * odds))).astype(int)
    more = {"num_leaves": 12, "min_data_per_group": 5, "cat_smooth": 1, "cat_l2": 1, "max_cat_threshold": 64}
    parameters = {"objective": "binary", "verbose": -1, "num_threads": 1, "seed": 1, "min_data_in_bin": 1, **more}
    data = lightgbm.Dataset(matrix, label, categorical_feature=[*range(4)], params=parameters)
    booster = lightgbm.train(parameters, data, num_boost_round=15)
    lines = booster.model_to_string().splitlines()
    bounds = [line.partition("=")[2].split() for line in lines if line.startswith("cat_boundaries=")]
    n_words = {int(end) - int(start) for ends in bounds for start, end in pairwise(ends)}
    assert n_words == {1, 2, 3, 4}
    levels = np.array([*range(140), -1, -0.5, 0.5, 31.5, 63.5, 95.5, np.nan, np.inf, -np.inf, 2.0**31])
    assert_explained(booster, rng.choice(levels, size=(400, 4)).astype(np.float32))
    for column in range(4):
        one = matrix[: len(levels)].copy()
        one[:, column] = levels
        assert_explained(booster, one)


def test_a_thousand_trees():
    matrix = sample(300, 8)
    booster = fitted(matrix, trees=1000, more={"num_leaves": 8, "learning_rate": 0.02})
    assert booster.num_trees() == 1000
    assert_explained(booster, matrix[:20])


def test_features_that_a_path_meets_again_and_again():
    """One feature alone, and three of them in a deep tree: nearly every edge repeats one above."""
    for columns in (1, 3):
        matrix = sample(2000, columns)
        assert_explained(fitted(matrix, trees=3, more={"num_leaves": 127, "min_data_in_leaf": 1}), matrix[:50])


def test_large_trees_and_a_constant_feature():
    matrix = sample(3000, 40)
    matrix[:, 5] = 7.0
    assert_explained(fitted(matrix, trees=4, more={"num_leaves": 255, "min_data_in_leaf": 1}), matrix[:30])


def test_trees_without_a_test_are_part_of_the_base_value():
    matrix = sample(60, 3)
    for least in (40, 25):
        assert_explained(fitted(matrix, trees=5, more={"min_data_in_leaf": least}), matrix)


def test_a_row_has_the_same_bits_whatever_stands_beside_it():
    matrix = sample(2 * ROWS * BLOCKS_PER_TASK + 5, 6)
    explainer = Explainer.of_text(fitted(matrix, trees=5).model_to_string())
    whole = explainer.contributions(matrix)
    assert np.array_equal(whole, explainer.contributions(matrix, threads=2))
    for rows in (slice(0, 1), slice(ROWS - 1, ROWS + 1), slice(len(matrix) - 3, None)):
        assert np.array_equal(whole[rows], explainer.contributions(matrix[rows]))
    turned = explainer.contributions(matrix[::-1])
    assert np.array_equal(whole, turned[::-1])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"objective": "multiclass", "num_class": 3}, "several classes"),
        ({"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5}, "averages its trees"),
        ({"linear_tree": True, "objective": "regression"}, "linear leaves"),
    ],
)
def test_models_that_are_no_sum_of_plain_trees_are_refused(more: dict[str, object], said: str):
    matrix = np.nan_to_num(sample(200, 4))
    with pytest.raises(InvariantError, match=said):
        Explainer.of_text(fitted(matrix, trees=3, more=more).model_to_string())


@pytest.mark.parametrize("counts", ["leaf_count", "internal_count"])
def test_a_node_that_no_trained_row_reached_is_refused(counts: str):
    text = fitted(sample(200, 3), trees=1).model_to_string()
    line = next(line for line in text.splitlines() if line.startswith(f"{counts}="))
    with pytest.raises(InvariantError, match="Tree 0 has a node without trained rows"):
        Explainer.of_text(text.replace(line, f"{counts}=0 {line.partition(' ')[2]}"))


def chain_text(features: int) -> str:
    """A tree whose deepest path tests `features` different features, each of which lets half of the rows further."""
    m = features
    counts = [2 ** (m - k) * 3 for k in range(m)]
    said = {
        "num_leaves": m + 1,
        "num_cat": 0,
        "split_feature": range(m),
        "split_gain": [1] * m,
        "threshold": [0.0] * m,
        "decision_type": [2] * m,
        "left_child": [*range(1, m), ~m],
        "right_child": [~k for k in range(m)],
        "leaf_value": [(-1) ** k * (1 + k / 7) for k in range(m)] + [2.0**10],
        "leaf_count": [count // 2 for count in counts] + [counts[-1] - counts[-1] // 2],
        "internal_value": [0.0] * m,
        "internal_count": counts,
        "is_linear": 0,
        "shrinkage": 1,
    }
    lines = [f"{name}={' '.join(map(str, v)) if not isinstance(v, int) else v}" for name, v in said.items()]
    names = " ".join(f"f{k}" for k in range(m))
    head = f"tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx={m - 1}\n"
    head += f"objective=regression\nfeature_names={names}\nfeature_infos={' '.join(['none'] * m)}\n"
    return head + "\nTree=0\n" + "\n".join(lines) + "\n\n\nend of trees\n"


def exact_values(features: int, row: npt.NDArray[np.float32]) -> list[Decimal]:
    """Contributions to the chain in decimals of 150 digits: each polynomial multiplied out and integrated."""
    m = features
    values = [(-1) ** k * Decimal(7 + k) / 7 for k in range(m)] + [Decimal(2) ** 10]
    found = [Decimal(0)] * m
    half = Decimal(1) / 2
    for leaf in range(m + 1):
        # The path to leaf k goes left at the features before k and right at k.
        path = [(j, bool(row[j] <= 0) if j < leaf else not bool(row[j] <= 0)) for j in range(min(leaf + 1, m))]
        for feature, kept in path:
            polynomial = [Decimal(1)]
            for other, other_kept in path:
                if other == feature:
                    continue
                constant, slope = half, (Decimal(1) if other_kept else Decimal(0)) - half
                raised = [Decimal(0), *(slope * c for c in polynomial)]
                polynomial = [constant * c for c in polynomial] + [Decimal(0)]
                polynomial = [a + b for a, b in zip(polynomial, raised, strict=True)]
            area = sum((c / (power + 1) for power, c in enumerate(polynomial)), Decimal(0))
            found[feature] += values[leaf] * ((Decimal(1) if kept else Decimal(0)) - half) * area
    return found


@pytest.mark.parametrize("features", [12, 30, 45])
def test_long_paths_are_exact_where_lightgbm_loses_digits(features: int):
    text = chain_text(features)
    rng = np.random.default_rng(2)
    matrix = np.where(rng.random((4, features)) < 0.8, -1.0, 1.0).astype(np.float32)
    matrix[0] = -1.0
    explainer = Explainer.of_text(text)
    assert bool(explainer.tables.points[0] > LANES) is (features > 2 * LANES)
    with localcontext() as context:
        context.prec = 150
        expected = np.array([[float(value) for value in exact_values(features, row)] for row in matrix])
    assert_equal(explainer.contributions(matrix)[:, :-1], expected, relative=1e-13)
    assert_equal(np.array([explainer.of_one(row) for row in matrix])[:, :-1], expected, relative=1e-13)
    margin = np.asarray(lightgbm.Booster(model_str=text).predict(matrix, raw_score=True))
    assert np.max(np.abs(explainer.contributions(matrix).sum(axis=1) - margin)) <= 1e-9


@pytest.mark.parametrize("threads", [1, 2])
def test_rows_that_a_thread_cannot_explain_are_an_error_and_no_numbers(threads: int) -> None:
    explainer = Explainer.of_text(fitted(sample(400, 3)).model_to_string())
    short = sample(2 * ROWS * BLOCKS_PER_TASK + 1, 2)
    with pytest.raises(ValueError, match="broadcast"):
        explainer.contributions(short, threads=threads)
