"""Contributions of a block of rows: every inner loop runs over the rows of the block, so that it becomes vector code.

Arrays are indexed in full inside the loops: a view of one row would be counted as a reference, once for each loop. Each
step of the walk comes in two forms, because few nodes test a feature that was tested above.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from garant.explanations.treeshap.tables import (
    ADDED_LEFT,
    ADDED_RIGHT,
    BITS,
    BOTH,
    BY_LEVEL,
    BY_VALUE_OR_ZERO,
    FACTOR_KEPT,
    FACTOR_LOST,
    GAIN_KEPT,
    GAIN_LOST,
    TOTAL_LEFT,
    TOTAL_LOST,
    TOTAL_RIGHT,
    Floats,
    Integers,
    Node,
    Records,
    Words,
)

ROWS = 128
"""Rows of a block; frozen in the compiled code, whose cache follows this file alone."""

_ZERO = 1e-35
"""LightGBM takes what is no larger as zero."""


@njit(nogil=True, cache=True)
def explain_block(  # noqa: PLR0913, PLR0917 - compiled code takes arrays, one by one
    x: Floats,
    phi: Floats,
    nodes: Records,
    words: Words,
    constants: Floats,
    program: npt.NDArray[np.int32],
    node_starts: Integers,
    points: Integers,
    depth: int,
) -> None:
    """Add to `phi` (features x ROWS) the contributions of the rows `x` (features x ROWS)."""
    most_points = points.max()
    product = np.ones((depth + 1, most_points, ROWS))
    total = np.empty((depth + 1, most_points, ROWS))
    left = np.ones((depth + 1, ROWS))
    kept = np.ones((depth + 1, ROWS))
    at = 0
    for tree in range(len(points)):
        n = points[tree]
        for _ in range(2 * (node_starts[tree + 1] - node_starts[tree])):
            number = program[at]
            at += 1
            node: Node = nodes[number if number >= 0 else ~number]
            twig = node.n_leaves == BOTH and not node.edge_above and not node.test_above
            if number < 0:
                if not twig:
                    _leave(node, n, constants, total, kept, phi)
                continue
            _follow(node, left, kept)
            _test(node, words, x, left)
            if twig:
                _twig(node, n, constants, product, total, left, kept, phi)
            else:
                _enter(node, n, constants, product, kept)
                _leaves(node, n, constants, product, total, left, kept, phi)


@njit(nogil=True)
def _follow(node: Node, left: Floats, kept: Floats) -> None:
    """Which rows keep to all edges of the feature of the edge into `node`."""
    k, a = node.depth, node.edge_above
    if node.is_left:
        for r in range(ROWS):
            kept[k, r] = left[k - 1, r] * kept[a, r]
    else:
        for r in range(ROWS):
            kept[k, r] = (1.0 - left[k - 1, r]) * kept[a, r]


@njit(nogil=True)
def _test(node: Node, words: Words, x: Floats, left: Floats) -> None:
    """Which rows go left."""
    k, f, threshold = node.depth, node.feature, node.threshold
    if node.test == BY_LEVEL:
        for r in range(ROWS):
            left[k, r] = 0.0
        for j in range(node.n_words):
            word, least = np.uint64(words[node.words_at + j]), BITS * j
            for r in range(ROWS):
                level = np.trunc(x[f, r]) - least
                inside = level >= 0.0 and level < BITS
                bit = (word >> np.uint64(level if inside else 0.0)) & np.uint64(1)
                left[k, r] += np.float64(bit) if inside else 0.0
    elif node.test == BY_VALUE_OR_ZERO:
        missing = np.float64(node.missing_left)
        for r in range(ROWS):
            value = x[f, r]
            inside = 1.0 if value <= threshold else 0.0
            left[k, r] = missing if (np.isnan(value) or abs(value) <= _ZERO) else inside
    elif node.missing_left:
        for r in range(ROWS):
            left[k, r] = 0.0 if x[f, r] > threshold else 1.0
    else:
        for r in range(ROWS):
            left[k, r] = 1.0 if x[f, r] <= threshold else 0.0


@njit(nogil=True)
def _enter(node: Node, n: int, constants: Floats, product: Floats, kept: Floats) -> None:
    """Multiply by the factor of the edge into `node`."""
    k, a = node.depth, node.edge_above
    for t in range(n):
        c = node.constants_at + t
        a1, a0 = constants[c, FACTOR_KEPT], constants[c, FACTOR_LOST]
        if a:
            for r in range(ROWS):
                factor = a1 if kept[k, r] else a0
                product[k, t, r] = product[k - 1, t, r] * (factor if kept[a, r] else 1.0)
        else:
            for r in range(ROWS):
                product[k, t, r] = product[k - 1, t, r] * (a1 if kept[k, r] else a0)


@njit(nogil=True)
def _leaves(
    node: Node, n: int, constants: Floats, product: Floats, total: Floats, left: Floats, kept: Floats, phi: Floats
) -> None:
    """Begin the totals of `node` with its leaf children."""
    k, f, a = node.depth, node.feature, node.test_above
    for t in range(n):
        c = node.constants_at + t
        e1, e0, e2, f1, f0 = (
            constants[c, TOTAL_LEFT],
            constants[c, TOTAL_RIGHT],
            constants[c, TOTAL_LOST],
            constants[c, ADDED_LEFT],
            constants[c, ADDED_RIGHT],
        )
        if not node.n_leaves:
            for r in range(ROWS):
                total[k, t, r] = 0.0
        elif a:
            for r in range(ROWS):
                p = product[k, t, r]
                e = e1 if left[k, r] else e0
                g = f1 if left[k, r] else f0
                total[k, t, r] = p * (e if kept[a, r] else e2)
                phi[f, r] += p * (g if kept[a, r] else 0.0)
        else:
            for r in range(ROWS):
                p = product[k, t, r]
                total[k, t, r] = p * (e1 if left[k, r] else e0)
                phi[f, r] += p * (f1 if left[k, r] else f0)


@njit(nogil=True)
def _leave(node: Node, n: int, constants: Floats, total: Floats, kept: Floats, phi: Floats) -> None:
    """Add what lies below the edge into `node` to its feature and to the totals above."""
    k, f, a = node.depth, node.edge_feature, node.edge_above
    for t in range(n):
        c = node.constants_at + t
        d1, d0 = constants[c, GAIN_KEPT], constants[c, GAIN_LOST]
        if a:
            for r in range(ROWS):
                d = d1 if kept[k, r] else d0
                phi[f, r] += total[k, t, r] * (d if kept[a, r] else 0.0)
                total[k - 1, t, r] += total[k, t, r]
        else:
            for r in range(ROWS):
                phi[f, r] += total[k, t, r] * (d1 if kept[k, r] else d0)
                total[k - 1, t, r] += total[k, t, r]


@njit(nogil=True)
def _twig(
    node: Node, n: int, constants: Floats, product: Floats, total: Floats, left: Floats, kept: Floats, phi: Floats
) -> None:
    """Enter and leave at once a node that has leaves alone: nothing is stored for what is below."""
    k, f, edge = node.depth, node.feature, node.edge_feature
    for t in range(n):
        c = node.constants_at + t
        a1, a0, d1, d0 = (
            constants[c, FACTOR_KEPT],
            constants[c, FACTOR_LOST],
            constants[c, GAIN_KEPT],
            constants[c, GAIN_LOST],
        )
        e1, e0, f1, f0 = (
            constants[c, TOTAL_LEFT],
            constants[c, TOTAL_RIGHT],
            constants[c, ADDED_LEFT],
            constants[c, ADDED_RIGHT],
        )
        for r in range(ROWS):
            p = product[k - 1, t, r] * (a1 if kept[k, r] else a0)
            s = p * (e1 if left[k, r] else e0)
            phi[f, r] += p * (f1 if left[k, r] else f0)
            phi[edge, r] += s * (d1 if kept[k, r] else d0)
            total[k - 1, t, r] += s
