"""Nobody whose application was set aside disappears: each is referred once, unless another row was accepted."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from garant.runs.score_rows import SCORES
from garant.runs.set_aside import set_aside_rows, why_set_aside
from garant.runs.words import words_of
from garant.tables.accepted import AcceptedTables
from garant.tables.config import TablesConfig
from garant.tables.quarantine import QUARANTINE
from garant.tables.report import AcceptanceReport


def broken(client: int | None, line: int) -> dict[str, Any]:
    what = {"rule": "application.AMT_CREDIT.type", "column": "AMT_CREDIT", "value": "a lot"}
    return {
        "source_file": "a.csv",
        "source_line": line,
        "SK_ID_CURR": client,
        **what,
        "rules": [what["rule"]],
        "raw": "",
    }


@pytest.fixture
def accepted(tmp_path: Path) -> AcceptedTables:
    """One accepted applicant; broken rows of hers, of two others and of nobody."""
    file = tmp_path / "application" / "part-00000.parquet"
    file.parent.mkdir()
    pq.write_table(pa.table({"SK_ID_CURR": [1]}), file)
    report = AcceptanceReport(purpose="score", files=())
    return AcceptedTables(tmp_path, ("application",), {"application": (file,)}, report, "digest", TablesConfig())


def set_aside(accepted: AcceptedTables, *rows: dict[str, Any]) -> None:
    (accepted.folder / "quarantine").mkdir()
    pq.write_table(pa.Table.from_pylist(list(rows), QUARANTINE), accepted.folder / "quarantine" / "application.parquet")


def test_everybody_is_referred_once_and_rows_of_nobody_each(accepted: AcceptedTables) -> None:
    rows = [broken(1, 2), broken(5, 3), broken(None, 4), broken(5, 6), broken(None, 7), broken(3, 8)]
    set_aside(accepted, *rows)
    found = set_aside_rows(accepted, words_of((), "en"))
    assert found.schema == SCORES
    told = found.select(["SK_ID_CURR", "source_line", "outcome", "reason_1_code", "pd"]).to_pylist()
    assert [tuple(row.values()) for row in told] == [
        (5, 3, "refer", "QUARANTINED", None),
        (None, 4, "refer", "NO_VALID_ID", None),
        (None, 7, "refer", "NO_VALID_ID", None),
        (3, 8, "refer", "QUARANTINED", None),
    ]


def test_a_client_is_told_where_the_application_broke_which_rule(accepted: AcceptedTables) -> None:
    set_aside(accepted, broken(5, 3), broken(3, 8))
    where = "a.csv, line 8, column AMT_CREDIT: 'a lot' breaks the rule application.AMT_CREDIT.type"
    assert (why_set_aside(accepted, 3), why_set_aside(accepted, 1)) == (where, None)


def test_without_broken_rows_nobody_is_referred(accepted: AcceptedTables) -> None:
    assert set_aside_rows(accepted, words_of((), "en")).num_rows == 0
    assert why_set_aside(accepted, 5) is None
