"""Keys that repeat and contracts of several clients, as expressions, against plain counting."""

from collections.abc import Sequence

import ibis
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from garant.engines.sqlite import SQLiteEngine
from garant.tables.cross_rules import disputed, repeated

IDS = st.one_of(st.integers(1, 6), st.integers(2**32 - 2, 2**32 + 2), st.integers(2**63 - 3, 2**63 - 1))
PAIRS = st.lists(st.tuples(IDS, IDS), max_size=12)
SCHEMA = pa.schema([("contract", pa.int64()), ("client", pa.int64())])


def answer(expression: "ibis.Table", tables: Sequence[list[tuple[int, int]]]) -> set[tuple[int, ...]]:
    """Rows of an expression over tables t0, t1, … of pairs."""
    rows = {
        f"t{number}": pa.table([pa.array(column, pa.int64()) for column in (zip(*pairs, strict=True))], schema=SCHEMA)
        for number, pairs in enumerate(tables)
        if pairs
    }
    with SQLiteEngine({f"t{number}": SCHEMA for number in range(len(tables))}) as engine:
        return set(engine.ask([engine.query(expression)], rows)[0].rows)


def unbound(number: int) -> ibis.Table:
    return ibis.table({"contract": "int64", "client": "int64"}, name=f"t{number}")


@given(pairs=PAIRS)
def test_repeated_keys_are_those_counted_twice(pairs: list[tuple[int, int]]):
    assert answer(repeated(unbound(0), ("contract", "client")), [pairs]) == {p for p in pairs if pairs.count(p) > 1}


@given(tables=st.lists(PAIRS, min_size=1, max_size=3))
def test_disputed_are_the_contracts_of_two_clients_across_tables(tables: list[list[tuple[int, int]]]):
    clients: dict[int, set[int]] = {}
    for contract, client in (pair for pairs in tables for pair in pairs):
        clients.setdefault(contract, set()).add(client)
    expected = {(contract,) for contract, names in clients.items() if len(names) > 1}
    assert answer(disputed([unbound(n) for n in range(len(tables))], ("contract", "client")), tables) == expected
