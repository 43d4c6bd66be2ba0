"""Contributions of a model by compiled code: blocks of rows under threads, or one row at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Self

import numpy as np
import numpy.typing as npt

from garant.explanations.treeshap.block_kernel import ROWS, explain_block
from garant.explanations.treeshap.lanes import LANES
from garant.explanations.treeshap.model_text import read_text_model
from garant.explanations.treeshap.row_kernel import explain_row
from garant.explanations.treeshap.tables import Tables, build_tables, quadrature

Floats = npt.NDArray[np.float64]

BLOCKS_PER_TASK = 16
"""Blocks that a thread takes at once: rows enough that threads do not wait for each other."""


class Explainer:
    """Contributions of one model.

    Parameters
    ----------
    tables : Tables
        Of the model.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._odds, self._weights, self._powers = _points_of_rows(tables)

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Explainer of a LightGBM text model; raises InvariantError as `read_text_model`."""
        return cls(build_tables(read_text_model(text)))

    def contributions(self, matrix: npt.NDArray[np.float32], *, threads: int = 1) -> Floats:
        """Path-dependent TreeSHAP values, shape (n, features + 1); a row's bits hang on that row alone."""
        values = np.empty((len(matrix), self.tables.n_features + 1))
        values[:, -1] = self.tables.base
        starts = range(0, len(matrix), ROWS * BLOCKS_PER_TASK)

        def explain(start: int) -> None:
            rows = slice(start, start + ROWS * BLOCKS_PER_TASK)
            self._explain(matrix[rows], values[rows])

        if threads == 1 or len(starts) == 1:
            for start in starts:
                explain(start)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(explain, starts))
        return values

    def of_one(self, row: npt.NDArray[np.float32]) -> Floats:
        """Values of one row, shape (features + 1,); up to the last digits those of `contributions`."""
        tables, values = self.tables, np.zeros(self.tables.n_features + 1)
        if len(tables.points):
            explain_row(
                row.astype(np.float64),
                values[:-1],
                tables.row_nodes,
                tables.words,
                tables.leaves,
                tables.node_starts,
                tables.leaf_starts,
                tables.points,
                self._odds,
                self._weights,
                self._powers,
            )
        values[-1] = tables.base
        return values

    def _explain(self, rows: npt.NDArray[np.float32], values: Floats) -> None:
        tables = self.tables
        x, phi = np.empty((tables.n_features, ROWS)), np.empty((tables.n_features, ROWS))
        for start in range(0, len(rows), ROWS):
            block = rows[start : start + ROWS]
            x[:, : len(block)] = block.T
            # What fills a block up is a row like the others: what lies there might be no number.
            x[:, len(block) :] = block[:1].T
            phi[:] = 0
            if len(tables.points):
                explain_block(
                    x,
                    phi,
                    tables.nodes,
                    tables.words,
                    tables.constants,
                    tables.program,
                    tables.node_starts,
                    tables.points,
                    tables.depth,
                )
            values[start : start + ROWS, :-1] = phi[:, : len(block)].T


def _points_of_rows(tables: Tables) -> tuple[Floats, Floats, Floats]:
    """Points of the quadrature for each number of them, as `explain_row` reads them."""
    most = int(tables.points.max(initial=1))
    parts, n_powers = -(-most // LANES), 2 * most
    odds, weights = np.zeros((most + 1, parts * LANES)), np.zeros((most + 1, parts * LANES))
    powers = np.zeros((most + 1, parts, n_powers, LANES))
    for n in range(1, most + 1):
        place, weight = quadrature(n)
        odds[n, :n], weights[n, :n] = place / (1 - place), weight
        rest = np.zeros(parts * LANES)
        rest[:n] = 1 - place
        powers[n] = (rest.reshape(parts, 1, LANES)) ** np.arange(n_powers).reshape(1, -1, 1)
    return odds.reshape(-1, LANES), weights.reshape(-1, LANES), powers.reshape(-1, LANES)
