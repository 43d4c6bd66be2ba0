"""Whose contract is it? One contract of two clients is trusted in no table."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from garant.tables.leaving import Leaving, Positions, rows_with
from garant.tables.orphans import IdSet, rising
from garant.tables.rules import Code

_PENDING_ROWS = 4_000_000
"""Pairs that wait before the repeated ones among them are dropped: 64 MB."""

_HALF = 1 << 32
"""Below it two ids fit into one unsigned number of 64 bits, which sorts many times faster."""

Pairs = tuple[Positions, Positions]


class Owners:
    """Distinct pairs of a contract and its client, collected over all sound rows of one table."""

    def __init__(self) -> None:
        self._pending: list[Pairs] = []
        self._n_pending = 0

    def add(self, contracts: Positions, clients: Positions) -> None:
        """Add the pairs of some rows."""
        self._pending.append((contracts, clients))
        self._n_pending += len(contracts)
        if self._n_pending > _PENDING_ROWS:
            self._pending = [self.pairs()]
            self._n_pending = 0

    def pairs(self) -> Pairs:
        """Distinct pairs, by contract."""
        return distinct(self._pending)


def distinct(pairs: Sequence[Pairs]) -> Pairs:
    """Distinct pairs of positive ids, by the first id."""
    contracts = np.concatenate([np.zeros(0, np.int64), *(first for first, _ in pairs)])
    clients = np.concatenate([np.zeros(0, np.int64), *(second for _, second in pairs)])
    if not len(contracts) or max(contracts.max(), clients.max()) < _HALF:
        both = rising((contracts.astype(np.uint64) << np.uint64(32)) | clients.astype(np.uint64))
        return (both >> np.uint64(32)).astype(np.int64), (both & np.uint64(_HALF - 1)).astype(np.int64)
    order = np.lexsort((clients, contracts))
    contracts, clients = contracts[order], clients[order]
    is_new = np.ones(len(order), bool)
    is_new[1:] = (contracts[1:] != contracts[:-1]) | (clients[1:] != clients[:-1])
    return contracts[is_new], clients[is_new]


def disputed(owners: Sequence[Owners]) -> Positions:
    """Contracts with more than one client, within a table or across tables."""
    contracts, _ = distinct([table.pairs() for table in owners])
    return rising(contracts[1:][contracts[1:] == contracts[:-1]])


def find_disputed(parts: Sequence[Path], owned: tuple[str, str], contracts: Positions) -> Leaving:
    """Rows of the Parquet `parts` that belong to one of the disputed `contracts`."""
    rows = rows_with(parts, owned[:1], IdSet(contracts))
    return Leaving(rows, np.array([Code.OWNER], object).repeat(rows.num_rows), owned)
