"""Real samples, where they are at hand: counts against an independent reading."""

from collections.abc import Callable, Collection
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from garant.tables.acceptance import accept_tables
from garant.tables.accepted import AcceptedTables
from garant.tables.schema import TABLES
from garant.tables.sources import DataFolder, find_sources

Accepting = Callable[..., AcceptedTables]


@pytest.fixture
def accepting(shared_data: Path, tmp_path: Path) -> Accepting:
    """Accept one of the samples."""

    def accepted(sample: str, *, without: Collection[str] = (), config: str = "") -> AcceptedTables:
        (tmp_path / "tables.toml").write_text(config)
        found = find_sources(shared_data / sample, without=without, config=tmp_path / "tables.toml")
        assert isinstance(found, DataFolder)
        return accept_tables(found, tmp_path / "accepted")

    return accepted


def counted(sql: str) -> int:
    with duckdb.connect() as connection:
        ((number,),) = connection.execute(sql).fetchall()
    return int(number)


def orphans_of(folder: Path) -> dict[str, int]:
    """Child rows without parent, by anti-joins over text columns."""

    def source(table: str) -> str:
        name = "pos_cash_balance" if table == "POS_CASH_balance" else table
        return f"read_csv('{folder / name}.csv.gz', all_varchar=true)"

    bureau = f"(SELECT * FROM {source('bureau')} SEMI JOIN {source('application')} a USING (SK_ID_CURR))"
    found: dict[str, int] = {}
    for table, schema in TABLES.items():
        if schema.parent:
            parents = bureau if schema.parent[0] == "bureau" else source("application")
            found[table] = counted(
                f"SELECT count(*) FROM {source(table)} c ANTI JOIN {parents} p USING ({schema.parent[1]})"
            )
    return found


def test_the_small_linked_sample_with_a_renamed_label(accepting: Accepting, shared_data: Path):
    accepted = accepting("home_credit_linked_1000", config='[columns.application]\nTARGET = "DEFAULTED"\n')
    report = accepted.report
    rows = {table: report.table(table).rows for table in TABLES}
    assert rows == {
        "application": 805,
        "bureau": 2814,
        "bureau_balance": 3460,
        "previous_application": 2870,
        "POS_CASH_balance": 506,
        "installments_payments": 5886,
        "credit_card_balance": 51,
    }
    assert report.n_quarantined == 0
    expected = orphans_of(shared_data / "home_credit_linked_1000")
    assert {table: report.table(table).orphans for table in expected} == expected
    assert min(expected.values()) > 0
    assert {warning.rule for warning in report.warnings} == {"warning.absent_columns", "warning.label_text"}
    assert [name for name in report.ignored if name != "README.md"] == []


def test_the_linked_sample_without_installments_is_accepted_whole(accepting: Accepting, shared_data: Path):
    accepted = accepting("home_credit_linked_10k", without={"installments_payments"})
    rows = {table: accepted.report.table(table).accepted for table in accepted.tables}
    assert rows == {
        "application": 9025,
        "bureau": 44_729,
        "bureau_balance": 1_162_189,
        "previous_application": 44_755,
        "POS_CASH_balance": 262_074,
        "credit_card_balance": 103_326,
    }
    assert (accepted.report.n_orphans, accepted.report.n_quarantined) == (0, 0)
    raw = shared_data / "home_credit_linked_10k" / "credit_card_balance.csv.gz"
    exact = counted(f"SELECT sum(AMT_BALANCE::DECIMAL(18, 3) * 1000)::BIGINT FROM read_csv('{raw}', all_varchar=true)")
    (part,) = accepted.files["credit_card_balance"]
    assert counted(f"SELECT sum(AMT_BALANCE)::BIGINT FROM '{part}'") == exact


def test_the_training_sample_alone_keeps_every_digit(accepting: Accepting, shared_data: Path):
    children = {table for table, schema in TABLES.items() if schema.parent}
    accepted = accepting("home_credit_train_sample", without=children)
    assert accepted.report.table("application").accepted == 39_316
    raw = shared_data / "home_credit_train_sample" / "application_train.csv.gz"
    part = accepted.files["application"][0]
    lines = pq.read_table(part, columns=["source_line"])["source_line"].to_pylist()
    assert lines == list(range(2, 39_318))
    differing = counted(
        f"""
        SELECT count(*) FROM '{part}' a
        JOIN read_csv('{raw}', all_varchar=true) r ON a.SK_ID_CURR = r.SK_ID_CURR::BIGINT
        WHERE a.EXT_SOURCE_2 IS DISTINCT FROM r.EXT_SOURCE_2::DOUBLE
           OR a.AMT_ANNUITY IS DISTINCT FROM (r.AMT_ANNUITY::DECIMAL(18, 3) * 1000)::BIGINT
           OR a.TARGET::VARCHAR <> r.TARGET
           OR a.DAYS_REGISTRATION IS DISTINCT FROM r.DAYS_REGISTRATION::DOUBLE::BIGINT
           OR (a.DAYS_EMPLOYED IS NULL) <> (r.DAYS_EMPLOYED = '365243')
           OR (a.FLAG_NO_EMPLOYMENT = 1) <> (r.DAYS_EMPLOYED = '365243')
        """
    )
    assert differing == 0
