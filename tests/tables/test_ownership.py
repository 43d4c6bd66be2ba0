"""Contracts and clients, as sets of pairs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garant.tables import ownership
from garant.tables.ownership import Owners, disputed

IDS = st.one_of(st.integers(1, 6), st.integers(2**32 - 2, 2**32 + 2), st.integers(2**63 - 3, 2**63 - 1))
ROWS = st.lists(st.lists(st.tuples(IDS, IDS), max_size=12), max_size=4)


def owners_of(blocks: list[list[tuple[int, int]]]) -> Owners:
    owners = Owners()
    for block in blocks:
        pairs = np.array(block, np.int64).reshape(-1, 2)
        owners.add(pairs[:, 0], pairs[:, 1])
    return owners


@given(tables=st.lists(ROWS, max_size=3))
def test_disputed_are_the_contracts_of_two_clients(tables: list[list[list[tuple[int, int]]]]):
    clients: dict[int, set[int]] = {}
    for contract, client in (pair for table in tables for block in table for pair in block):
        clients.setdefault(contract, set()).add(client)
    expected = sorted(contract for contract, names in clients.items() if len(names) > 1)
    assert disputed([owners_of(table) for table in tables]).tolist() == expected


def test_pairs_are_made_distinct_on_the_way(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ownership, "_PENDING_ROWS", 5)
    owners = owners_of([[(1, 1), (2, 1)], [(1, 1)] * 10, [(3, 1), (1, 2)]])
    contracts, clients = owners.pairs()
    assert list(zip(contracts.tolist(), clients.tolist(), strict=True)) == [(1, 1), (1, 2), (2, 1), (3, 1)]
