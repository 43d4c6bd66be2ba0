"""Contributions of a single row: the points of the quadrature lie beside each other, so nothing waits for other rows.

The walk is factored: down, the product of the factors above each node; up, the sum of the leaves below it, each with
its factors below. A node's feature gets what both make together, so an edge keeps the inverse of a share, no more.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from garant.explanations.treeshap.lanes import LANES, Lanes, add, div, fused, load, mul, spread, store, sub
from garant.explanations.treeshap.tables import (
    BITS,
    BY_LEVEL,
    BY_VALUE_OR_ZERO,
    Floats,
    Integers,
    Node,
    Records,
    Words,
)

Flags = npt.NDArray[np.bool_]

_ZERO = 1e-35
"""LightGBM takes what is no larger as zero."""


@njit(nogil=True, cache=True)
def explain_row(  # noqa: PLR0913, PLR0917 - compiled code takes arrays, one by one
    x: Floats,
    phi: Floats,
    nodes: Records,
    words: Words,
    leaves: Floats,
    node_starts: Integers,
    leaf_starts: Integers,
    points: Integers,
    odds: Floats,
    weights: Floats,
    powers: Floats,
) -> None:
    """Add to `phi` the contributions of the row `x`, both of shape (features,).

    `odds` and `weights` have LANES points in a row, `powers` those of 1 - t for exponents from 0: as many rows of them
    for each row of `odds` as the ratio of their lengths says. Of n points there are ``odds_rows`` rows, from row
    n * odds_rows on.
    """
    per_points = len(odds) // (points.max() + 1)
    n_powers = len(powers) // len(odds)
    most = 0
    for tree in range(len(points)):
        most = max(most, node_starts[tree + 1] - node_starts[tree])
    up, down = np.empty((2 * most + 1, LANES)), np.empty((2 * most + 1, LANES))
    kept, left = np.empty(2 * most + 1, dtype=np.bool_), np.empty(most, dtype=np.bool_)
    sums = np.zeros((len(phi), LANES))
    for tree in range(len(points)):
        first, last = node_starts[tree], node_starts[tree + 1]
        own = nodes[first:last]
        _test(own, words, x, left)
        for part in range((points[tree] + LANES - 1) // LANES):
            at = points[tree] * per_points + part
            for leaf in range(leaf_starts[tree], leaf_starts[tree + 1]):
                power = at * n_powers + np.int64(leaves[leaf, 1]) - 1
                place = last - first + leaf - leaf_starts[tree]
                store(up, place, mul(spread(leaves[leaf, 0]), load(powers, power)))
            u = load(odds, at)
            store(down, 0, load(weights, at))
            _down(own, u, left, kept, down)
            _up(own, u, left, kept, down, up, sums)
    for feature in range(len(phi)):
        for lane in range(LANES):
            phi[feature] += sums[feature, lane]


@njit(nogil=True)
def _test(nodes: Records, words: Words, x: Floats, left: Flags) -> None:
    for i in range(len(nodes)):
        node: Node = nodes[i]
        value = x[node.feature]
        goes_left = False
        if node.test == BY_LEVEL:
            if value > -1.0 and value < BITS * node.n_words:
                level = np.int64(value)
                goes_left = (words[node.words_at + (level >> 5)] >> np.uint32(level & 31)) & np.uint32(1) != 0
        elif np.isnan(value) or (node.test == BY_VALUE_OR_ZERO and abs(value) <= _ZERO):
            goes_left = node.missing_left != 0
        else:
            goes_left = value <= node.threshold
        left[i] = goes_left


@njit(nogil=True)
def _down(nodes: Records, u: Lanes, left: Flags, kept: Flags, down: Floats) -> None:
    """Product of the factors above each place; whether the row keeps to the edges of its feature."""
    one = spread(1.0)
    for i in range(len(nodes)):
        node: Node = nodes[i]
        before = node.above < 0 or kept[node.above]
        near, far, inverse = node.left, node.right, node.inverse_left
        if not left[i]:
            near, far, inverse = node.right, node.left, node.inverse_right
        kept[near], kept[far] = before, False
        product = load(down, i)
        if before:
            if node.above >= 0:
                product = div(product, fused(u, spread(node.inverse_above), one))
            store(down, near, fused(mul(product, u), spread(inverse), product))
        else:
            store(down, near, product)
        store(down, far, product)


@njit(nogil=True)
def _up(nodes: Records, u: Lanes, left: Flags, kept: Flags, down: Floats, up: Floats, sums: Floats) -> None:
    """Sum of the leaves below each node; what they add to its feature, before the sum over the points."""
    one = spread(1.0)
    for back in range(len(nodes)):
        i = len(nodes) - 1 - back
        node: Node = nodes[i]
        total = add(load(up, node.left), load(up, node.right))
        if node.above >= 0 and not kept[node.above]:
            store(up, i, total)
            continue
        near, inverse = node.left, node.inverse_left
        if not left[i]:
            near, inverse = node.right, node.inverse_right
        grown = mul(spread(inverse), load(up, near))
        gain = sub(grown, total)
        total = fused(u, grown, total)
        product = load(down, i)
        if node.above >= 0:
            factor = fused(u, spread(node.inverse_above), one)
            total, product = div(total, factor), div(product, factor)
            gain = sub(gain, mul(spread(node.inverse_above - 1.0), total))
        store(up, i, total)
        store(sums, node.feature, fused(product, gain, load(sums, node.feature)))
