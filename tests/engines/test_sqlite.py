"""One client at a time: exact, isolated, and nothing stays behind."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import ibis
import pyarrow as pa
import pytest

from garant.engines.sqlite import Answer, Query, SQLiteEngine
from garant.exceptions import DataError, InvariantError
from garant.tables.expressions import Rows

SCHEMA = pa.schema([("SK_ID_CURR", pa.int64()), ("AMOUNT", pa.int64()), ("RATE", pa.float64()), ("KIND", pa.string())])
LOANS: Rows = ibis.table({"SK_ID_CURR": "int64", "AMOUNT": "int64", "RATE": "float64", "KIND": "string"}, name="loans")
SUMS = LOANS.group_by("SK_ID_CURR").aggregate(
    total=LOANS.AMOUNT.sum(), worst=LOANS.RATE.max(), other=LOANS.count(where=LOANS.KIND != "cash")
)

N_CLIENTS, ROUNDS = 16, 40


@pytest.fixture
def engine() -> Iterator[SQLiteEngine]:
    """An engine with one table."""
    with SQLiteEngine({"loans": SCHEMA}) as opened:
        yield opened


@pytest.fixture
def sums(engine: SQLiteEngine) -> Query:
    """A compiled question."""
    return engine.query(SUMS)


def loans(*rows: tuple[int, int | None, float | None, str | None]) -> dict[str, pa.Table]:
    """Rows of the one table."""
    names = SCHEMA.names
    return {"loans": pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], schema=SCHEMA)}


def test_it_answers_for_several_variants_of_a_client_in_one_call(engine: SQLiteEngine, sums: Query) -> None:
    rows = loans((1, 5, 0.5, "cash"), (1, 7, None, "card"), (2, None, -0.0, None))
    (answer,) = engine.ask([sums], rows)
    found = {row["SK_ID_CURR"]: row for row in answer.batch.to_pylist()}
    assert found[1] == {"SK_ID_CURR": 1, "total": 12, "worst": 0.5, "other": 1}
    assert (found[2]["total"], found[2]["other"]) == (None, 0)
    assert str(found[2]["worst"]) == "-0.0"


def test_columns_are_taken_by_name_whatever_their_order_and_whatever_else_there_is(
    engine: SQLiteEngine, sums: Query
) -> None:
    rows = pa.table(
        {"KIND": ["card"], "other": ["x"], "RATE": [1], "AMOUNT": pa.array([7], pa.int32()), "SK_ID_CURR": [3]}
    )
    (answer,) = engine.ask([sums], {"loans": rows})
    assert answer.batch.to_pylist() == [{"SK_ID_CURR": 3, "total": 7, "worst": 1.0, "other": 1}]


def test_no_row_of_one_question_is_seen_by_the_next_one(engine: SQLiteEngine, sums: Query) -> None:
    engine.ask([sums], loans((1, 5, 0.5, "cash")))
    assert engine.ask([sums], {})[0].rows == []
    assert [row[0] for row in engine.ask([sums], loans((2, 1, 0.1, "cash")))[0].rows] == [2]


def test_a_question_that_fails_leaves_nothing_behind(engine: SQLiteEngine, sums: Query) -> None:
    too_much = loans((1, 2**62, None, None), (1, 2**62, None, None))
    with pytest.raises(DataError, match="overflow"):
        engine.ask([sums], too_much)
    assert engine.ask([sums], {})[0].rows == []


def test_many_clients_at_once_get_the_answers_that_they_get_one_after_the_other(
    engine: SQLiteEngine, sums: Query
) -> None:
    questions = [
        loans(*((client, client * 1000 + i, i / (client + 1), "cash" if i % 3 else "card") for i in range(30)))
        for client in range(N_CLIENTS)
    ]
    alone = [engine.ask([sums], rows)[0] for rows in questions]
    together = Barrier(N_CLIENTS)

    def ask(rows: dict[str, pa.Table]) -> list[Answer]:
        together.wait()
        return [engine.ask([sums], rows)[0] for _ in range(ROUNDS)]

    with ThreadPoolExecutor(N_CLIENTS) as pool:
        found = list(pool.map(ask, questions))
    assert all(answer == expected for answers, expected in zip(found, alone, strict=True) for answer in answers)


def test_outside_its_block_it_answers_nothing(sums: Query) -> None:
    engine = SQLiteEngine({"loans": SCHEMA})
    with pytest.raises(InvariantError, match="outside"):
        engine.ask([sums], {})


def test_rows_of_an_unknown_table_are_refused(engine: SQLiteEngine, sums: Query) -> None:
    with pytest.raises(InvariantError, match="no table cards"):
        engine.ask([sums], {"cards": loans()["loans"]})
