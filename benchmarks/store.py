"""Durable decisions at 16 writers: commits that are shared against one commit for each, on SQLite and on PostgreSQL.

Run: python benchmarks/store.py
Both sides write the same rows through the same code into one database, in turns, with every guarantee on. On SQLite the
peer's writer takes one request into a commit instead of all that wait; on PostgreSQL, where sessions share a flush by
themselves, the peer's sessions commit one after the other. "Rows" are sealed beforehand: what is measured is the
writing. "Requests" are whole: claim, sealing, writing, answer. Results go to benchmarks/results/store.json.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from garant.decisions.claim import Recording
from garant.decisions.ids import new_id
from garant.decisions.migrating import migrate
from garant.decisions.sqlite import SqliteDatabase
from garant.decisions.store import RecordStore
from garant.keys import MasterKey
from measure.process import circumstances, write_result
from postgres_server import started_postgres
from store_records import new_decision

RESULT = Path(__file__).parent / "results" / "store.json"
WRITERS, EACH, ROUNDS = 16, 10, 3

Rates = dict[str, list[float]]


def main() -> None:
    """Measure both databases and write what was found."""
    with tempfile.TemporaryDirectory() as name:
        master = MasterKey.new(Path(name) / "master.key")
        with RecordStore.open(f"sqlite:///{name}/records.db", master, serving=True) as store:
            sqlite = measured(store)
        with started_postgres() as server:
            url = server.new_database()
            migrate(url)
            with RecordStore.open(url, master, serving=True, workers=2) as store:
                postgresql = measured(store)
    report = {
        "what": f"durable decisions per second, {WRITERS} writers, {ROUNDS} alternated rounds, medians",
        "decisions_in_a_round": WRITERS * EACH,
        "sqlite": sqlite,
        "postgresql": postgresql,
        **circumstances(("sqlalchemy", "psycopg")),
    }
    write_result(RESULT, report)


def measured(store: RecordStore) -> dict[str, Any]:
    """Rates of rows and of requests, with shared commits and with one for each."""
    alone = threading.Lock()
    found: dict[str, Any] = {}
    for what, prepare in (("rows", prepared_rows), ("requests", prepared_requests)):
        rates: Rates = {"shared_commits": [], "one_commit_each": []}
        for _ in range(ROUNDS):
            for side in rates:
                is_shared = side == "shared_commits"
                with one_in_a_commit(store, is_on=not is_shared):
                    rates[side].append(rate(prepare(store), None if is_shared else alone))
        medians = {side: round(median(values), 1) for side, values in rates.items()}
        ratio = round(medians["shared_commits"] / medians["one_commit_each"], 2)
        found[what] = {
            **medians,
            "ratio": ratio,
            "every_round": {k: [round(v, 1) for v in r] for k, r in rates.items()},
        }
    return found


def prepared_rows(store: RecordStore) -> list[Callable[[], None]]:
    """Rows of a request each, sealed already, to be written and no more."""

    def writing(recording: Recording, request: bytes) -> Callable[[], None]:
        def write() -> None:
            with store.database.held(request) as held:
                held.write(recording)

        return write

    made = (
        Recording.of(store.keyring, ("key-1", "rows", new_id()), b"body", [new_decision(new_id())], b"answer")
        for _ in range(WRITERS * EACH)
    )
    return [writing(recording, recording.row["request"]) for recording in made]


def prepared_requests(store: RecordStore) -> list[Callable[[], None]]:
    """Requests that are answered from the beginning."""

    def answer() -> None:
        with store.claim("key-1", "requests", new_id(), b"body") as claim:
            claim.commit([new_decision(new_id())], b"answer")

    return [answer] * (WRITERS * EACH)


def rate(work: list[Callable[[], None]], alone: "threading.Lock | None") -> float:
    """Pieces of work per second by all writers."""

    def do(one: Callable[[], None]) -> None:
        with alone or nullcontext():
            one()

    with ThreadPoolExecutor(WRITERS) as pool:
        began = time.perf_counter()
        for _ in pool.map(do, work):
            pass
        return len(work) / (time.perf_counter() - began)


@contextmanager
def one_in_a_commit(store: RecordStore, *, is_on: bool) -> Generator[None]:
    """Let the writer of SQLite take one request into a commit."""
    if not is_on or not isinstance(store.database, SqliteDatabase):
        yield
        return
    writer = store.database.writer
    usual, writer.most = writer.most, 1
    try:
        yield
    finally:
        writer.most = usual


if __name__ == "__main__":
    main()
