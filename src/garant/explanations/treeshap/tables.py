"""Trees of a model as the kernels walk them.

A path to a leaf of value v has d distinct features. Feature i has the share z_i of trained rows that keep to its edges
(the product of child rows / node rows) and the state o_i of a row: 1 where it satisfies every test of i on the path,
else 0. Its contribution is the integral over t from 0 to 1 of

    v (o_i - z_i) prod over j != i of (z_j (1 - t) + o_j t),

a polynomial of degree d - 1, so ceil(d / 2) Gauss-Legendre points are exact (Wettenstein, Mitchell & Yu, 2026,
"Quadrature-TreeSHAP"). With u = t / (1 - t) a factor is z (1 - t) (1 + o u / z), so all but 1 + o u / z belongs to the
leaf, whatever the row.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from garant.explanations.treeshap.model_text import (
    CATEGORICAL,
    DEFAULT_LEFT,
    MISSING_NONE,
    MISSING_SHIFT,
    MISSING_ZERO,
    TextModel,
    Tree,
)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Records = npt.NDArray[np.void]
Words = npt.NDArray[np.uint32]

Node = Any
"""A record, as compiled code sees it: its fields are attributes."""

BITS = 32
"""Levels in a word."""

BOTH = 2
"""Leaf children of a node that has no others."""

FACTOR_KEPT, FACTOR_LOST, GAIN_KEPT, GAIN_LOST = range(4)
"""Constants of the edge into a node, per point: factor of a row that keeps to the edges of its feature, of one that
does not; what every leaf below adds to that feature in both cases, as a multiple of its product. Where the feature was
tested above, they are relative to the edge above, and a row that was lost there has factor 1 and adds nothing."""

TOTAL_LEFT, TOTAL_RIGHT, TOTAL_LOST, ADDED_LEFT, ADDED_RIGHT = range(4, 9)
"""Constants of the leaf children of a node, summed: their products for a row that goes left or right, or was lost at an
earlier test of the feature; and what they add to the node's feature."""

CONSTANTS = 9

BY_VALUE, BY_VALUE_OR_ZERO, BY_LEVEL = range(3)
"""Tests: a value; a value, where zero counts as missing; the level of a category."""

NODE = np.dtype(
    {
        "names": [
            *("threshold", "constants_at", "feature", "edge_feature", "depth", "edge_above", "test_above"),
            *("words_at", "n_words", "test", "missing_left", "is_left", "n_leaves"),
        ],
        "formats": ["f8", "i8", *["i4"] * 7, *["i1"] * 4],
    },
    align=True,
)
"""An inner node as a block of rows meets it. Depths begin at 1; `edge_above` and `test_above` are those of the nodes
that the last edge above of the same feature leads to, seen from the edge into the node and from its test; 0 without
one."""

ROW_NODE = np.dtype(
    {
        "names": [
            *("threshold", "inverse_left", "inverse_right", "inverse_above", "feature", "words_at"),
            *("left", "right", "above", "n_words", "test", "missing_left"),
        ],
        "formats": [*["f8"] * 4, *["i4"] * 6, *["i1"] * 2],
    },
    align=True,
)
"""An inner node as a single row meets it. `left`, `right`: places of the children in their tree, inner nodes in
preorder, then leaves; `above`: place that the last edge of its feature above leads to, or -1; `inverse_`: 1 / share of
the trained rows that keep to all edges of the feature, down to each child and above."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tables:
    """What the kernels read.

    Parameters
    ----------
    n_features : int
        Columns of the input.
    base : float
        Mean margin of the trained rows, in log-odds.
    nodes, row_nodes : array of `NODE` and of `ROW_NODE`, shape (nodes,)
        Inner nodes, tree after tree, in preorder.
    words : array of uint32
        Bits of the levels that go left.
    constants : array of float64, shape (sum over nodes of points, CONSTANTS)
        Constants of each node and point.
    leaves : array of float64, shape (leaves, 2)
        Value times share of the trained rows; number of distinct features on the path.
    node_starts, leaf_starts : arrays of int64, shape (trees + 1,)
        Where the nodes and leaves of each tree begin.
    points : array of int64, shape (trees,)
        Points of each tree.
    program : array of int32
        Nodes of all trees in the order of a walk: k where node k is entered, ~k where it is left.
    depth : int
        Of the deepest inner node.
    """

    n_features: int
    base: float
    nodes: Records
    row_nodes: Records
    words: npt.NDArray[np.uint32]
    constants: Floats
    leaves: Floats
    node_starts: Integers
    leaf_starts: Integers
    points: Integers
    program: npt.NDArray[np.int32]
    depth: int


@cache
def quadrature(n: int) -> tuple[Floats, Floats]:
    """Places and weights of n Gauss-Legendre points on 0 to 1."""
    place, weight = np.polynomial.legendre.leggauss(n)
    return (place + 1) / 2, weight / 2


def build_tables(model: TextModel) -> Tables:
    """Tables of every tree of `model`."""
    trees = model.trees
    node_starts = np.cumsum([0, *(len(tree.feature) for tree in trees)])
    word_starts = np.cumsum([0, *(len(tree.level_words) for tree in trees)])
    points = np.array([(_most_distinct(tree) + 1) // 2 for tree in trees], dtype=np.int64)
    constant_starts = np.cumsum([0, *np.diff(node_starts) * points])
    nodes, row_nodes = (np.zeros(node_starts[-1], dtype=kind) for kind in (NODE, ROW_NODE))
    constants = np.zeros((constant_starts[-1], CONSTANTS))
    leaves: list[Floats] = []
    program: list[int] = []
    for number, tree in enumerate(trees):
        own = slice(*node_starts[number : number + 2])
        writer = _Writer(
            tree,
            int(points[number]),
            nodes=nodes[own],
            row_nodes=row_nodes[own],
            constants=constants[slice(*constant_starts[number : number + 2])],
        )
        program += [n + own.start if n >= 0 else n - own.start for n in writer.write()]
        leaves.append(writer.leaves)
        nodes["constants_at"][own] += constant_starts[number]
        for table in (nodes, row_nodes):
            table["words_at"][own] += word_starts[number]
    base = sum(float(tree.leaf_value @ tree.leaf_cover) / float(tree.cover[0]) for tree in trees)
    return Tables(
        n_features=model.n_features,
        base=base + model.constant,
        nodes=nodes,
        row_nodes=row_nodes,
        words=np.concatenate([np.zeros(0, dtype=np.uint32), *(tree.level_words for tree in trees)]),
        constants=constants,
        leaves=np.concatenate([np.zeros((0, 2)), *leaves]),
        node_starts=node_starts,
        leaf_starts=np.cumsum([0, *(len(each) for each in leaves)]),
        points=points,
        program=np.array(program, dtype=np.int32),
        depth=int(nodes["depth"].max(initial=0)),
    )


def _most_distinct(tree: Tree) -> int:
    """Most distinct features on a path of `tree`."""
    most, stack = 0, [(0, frozenset[int]())]
    while stack:
        node, above = stack.pop()
        features = above | {int(tree.feature[node])}
        most = max(most, len(features))
        stack += [(int(child), features) for child in (tree.left[node], tree.right[node]) if child >= 0]
    return most


@dataclass(frozen=True, slots=True)
class _Edge:
    """The last edge of a feature on a path: what all edges of the feature make together."""

    share: float
    factor: Floats
    gain: Floats
    place: int
    depth: int


@dataclass(frozen=True, slots=True)
class _Visit:
    """A node to enter: the last edges of the features above, and the edge into it."""

    node: int
    depth: int
    above: dict[int, _Edge]
    parent: int = -1
    is_left: bool = False


class _Writer:
    """Writes the nodes of one tree, with numbers and starts that count from its own."""

    def __init__(self, tree: Tree, n: int, *, nodes: Records, row_nodes: Records, constants: Floats) -> None:
        self.tree, self.n, self._tables = tree, n, (nodes, row_nodes)
        self.nodes: list[dict[str, float]] = []
        self.row_nodes: list[dict[str, float]] = []
        self.constants = constants.reshape(len(tree.feature), n, CONSTANTS)
        self.leaves = np.zeros((len(tree.leaf_value), 2))
        place, self.weight = quadrature(n)
        self.place, self.rest = place, 1 - place
        self.odds, self.lost = place / self.rest, -1 / self.rest

    def write(self) -> list[int]:
        """Write all nodes; the program of the tree."""
        program: list[int] = []
        stack: list[_Visit | int] = [_Visit(0, 1, {})]
        while stack:
            visit = stack.pop()
            if isinstance(visit, int):
                program.append(visit)
                continue
            number = len(self.nodes)
            edges = self._enter(visit, number)
            program.append(number)
            stack.append(~number)
            children = ((int(self.tree.right[visit.node]), False), (int(self.tree.left[visit.node]), True))
            stack += [_Visit(child, visit.depth + 1, edges, number, left) for child, left in children if child >= 0]
        for table, rows in zip(self._tables, (self.nodes, self.row_nodes), strict=True):
            # Whole rows: numpy takes a hundred times longer to set a field.
            table[:] = [tuple(row.get(name, 0) for name in table.dtype.names or ()) for row in rows]
        return program

    def _enter(self, visit: _Visit, number: int) -> dict[int, _Edge]:
        node: dict[str, float] = {"depth": visit.depth, "is_left": visit.is_left, "constants_at": number * self.n}
        constants, edges = self.constants[number], visit.above
        self.nodes.append(node)
        self.row_nodes.append({})
        constants[:, [FACTOR_KEPT, FACTOR_LOST]] = 1
        if visit.parent >= 0:
            feature = int(self.nodes[visit.parent]["feature"])
            row_parent = self.row_nodes[visit.parent]
            row_parent["left" if visit.is_left else "right"] = number
            earlier = edges.get(feature)
            inverse = row_parent["inverse_left" if visit.is_left else "inverse_right"]
            edge = self._edge(1 / inverse, number, visit.depth)
            constants[:, : GAIN_LOST + 1] = self._relative(edge, earlier)
            edges = {**edges, feature: edge}
            node["edge_feature"], node["edge_above"] = feature, 0 if earlier is None else earlier.depth
        self._children(visit.node, number, edges)
        self._test(visit.node, number)
        return edges

    def _children(self, at: int, number: int, edges: dict[int, _Edge]) -> None:
        """Shares below both sides of the test; the leaves among the children, folded into the node."""
        tree, node, row_node = self.tree, self.nodes[number], self.row_nodes[number]
        feature = int(tree.feature[at])
        earlier = edges.get(feature)
        node["feature"], row_node["feature"] = feature, feature
        node["test_above"], row_node["above"] = (0, -1) if earlier is None else (earlier.depth, earlier.place)
        share = 1.0 if earlier is None else earlier.share
        row_node["inverse_above"] = 1 / share
        node["n_leaves"] = 0
        for side, child in (("left", int(tree.left[at])), ("right", int(tree.right[at]))):
            rows = tree.leaf_cover[~child] if child < 0 else tree.cover[child]
            below = share * float(rows) / float(tree.cover[at])
            row_node[f"inverse_{side}"] = 1 / below
            if child < 0:
                row_node[side] = len(tree.feature) + ~child
                node["n_leaves"] += 1
                distinct = len(edges) + (earlier is None)
                self._leaf(~child, self._relative(self._edge(below, 0, 0), earlier), number, distinct, side=side)

    def _edge(self, share: float, place: int, depth: int) -> _Edge:
        gain = (1 - share) / (share * self.rest + self.place)
        return _Edge(share, 1 + self.odds / share, gain, place, depth)

    def _relative(self, edge: _Edge, earlier: _Edge | None) -> Floats:
        """Constants of an edge, relative to the earlier one of its feature, shape (points, 4)."""
        if earlier is None:
            return np.column_stack([edge.factor, np.ones(self.n), edge.gain, self.lost])
        once = 1 / earlier.factor
        return np.column_stack([edge.factor * once, once, edge.gain - earlier.gain, self.lost - earlier.gain])

    def _leaf(self, leaf: int, edge: Floats, number: int, distinct: int, *, side: str) -> None:
        tree, constants = self.tree, self.constants[number]
        weighted = float(tree.leaf_value[leaf]) * float(tree.leaf_cover[leaf]) / float(tree.cover[0])
        self.leaves[leaf] = weighted, distinct
        product = weighted * self.rest**distinct * self.weight
        kept, lost = product * edge[:, FACTOR_KEPT], product * edge[:, FACTOR_LOST]
        near, far = (TOTAL_LEFT, TOTAL_RIGHT) if side == "left" else (TOTAL_RIGHT, TOTAL_LEFT)
        constants[:, near] += kept
        constants[:, far] += lost
        constants[:, TOTAL_LOST] += product
        near, far = (ADDED_LEFT, ADDED_RIGHT) if side == "left" else (ADDED_RIGHT, ADDED_LEFT)
        constants[:, near] += kept * edge[:, GAIN_KEPT]
        constants[:, far] += lost * edge[:, GAIN_LOST]

    def _test(self, at: int, number: int) -> None:
        decision, threshold = int(self.tree.decision[at]), float(self.tree.threshold[at])
        said: dict[str, float] = {}
        if decision & CATEGORICAL:
            start, end = (int(bound) for bound in self.tree.level_bounds[int(threshold) : int(threshold) + 2])
            said |= {"test": BY_LEVEL, "words_at": start, "n_words": end - start}
        else:
            missing, default_left = decision >> MISSING_SHIFT & 3, bool(decision & DEFAULT_LEFT)
            # To a node that met no missing value in training one is 0.
            left = threshold >= 0 if missing == MISSING_NONE else default_left
            test = BY_VALUE_OR_ZERO if missing == MISSING_ZERO else BY_VALUE
            said |= {"test": test, "threshold": threshold, "missing_left": left}
        for name, value in said.items():
            self.nodes[number][name] = self.row_nodes[number][name] = value
