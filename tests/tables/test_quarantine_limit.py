"""How many rows may be in quarantine: what is read, and where it stops."""

from pathlib import Path

import pytest

from garant.exceptions import QuarantineLimitError, UsageError
from garant.tables.accepted import AcceptedTables
from garant.tables.config import TablesConfig
from garant.tables.quarantine_limit import DEFAULT_LIMIT, QuarantineLimit
from garant.tables.report import AcceptanceReport, FileCount, RuleCount


def accepted(**tables: tuple[int, int, int]) -> AcceptedTables:
    """Tables with so many rows, orphans and rows in quarantine, in two files each."""
    files = [
        FileCount(name, f"{name}-{part}.csv", 1, "", n, n - o - q, o, q)
        for name, (rows, orphans, quarantined) in tables.items()
        for part, (n, o, q) in enumerate([(rows - 10, orphans, 0), (10, 0, quarantined)])
    ]
    rules = [RuleCount(f"{name}.X.{code}", n, "", "", "", "", ()) for name in tables for code, n in RULES.items()]
    report = AcceptanceReport(purpose="train", files=tuple(files), rules=tuple(rules))
    return AcceptedTables(Path(), tuple(tables), {}, report, "", TablesConfig())


RULES = {"label": 1, "type": 7, "whole": 2, "range": 3}


@pytest.mark.parametrize(
    ("text", "total", "most"),
    [
        (DEFAULT_LIMIT.text, 100, 5),
        (DEFAULT_LIMIT.text, 5_999, 5),
        (DEFAULT_LIMIT.text, 6_000, 6),
        (DEFAULT_LIMIT.text, 300_000, 300),
        ("0.5%", 10_000, 50),
        ("0.005", 10_000, 50),
        ("0.29", 100, 29),
        ("100%", 10_000, 10_000),
        ("200", 10, 200),
        ("1", 10_000, 1),
        ("0", 10_000, 0),
        ("0%", 10_000, 0),
    ],
)
def test_a_limit_is_a_share_or_a_number_of_rows(text: str, total: int, most: int):
    assert QuarantineLimit.parse(text).rows_of(total) == most


@pytest.mark.parametrize("text", ["", "%", "-1", "-0.5%", "101%", "1.5", "0,5%", "many", "nan", "inf%", "²"])
def test_anything_else_is_misuse_that_shows_the_three_ways(text: str):
    with pytest.raises(UsageError, match=r"0\.5% or 0\.005.*200"):
        QuarantineLimit.parse(text)


def test_up_to_the_limit_it_goes_on():
    DEFAULT_LIMIT.require(accepted(application=(100, 0, 5), bureau=(9_000, 0, 9)), data="DATA")


def test_beyond_it_every_table_over_its_limit_is_named_with_its_most_frequent_rules_and_the_remedy():
    tables = accepted(application=(100, 0, 6), bureau=(9_000, 0, 9), bureau_balance=(9_000, 0, 10))
    with pytest.raises(QuarantineLimitError) as stopped:
        DEFAULT_LIMIT.require(tables, data="DATA")
    said = str(stopped.value)
    assert "application: 6 of 100 rows (6.00%), at most 5 are accepted (0.1%)" in said
    assert "application.X.type (7); application.X.range (3); application.X.whole (2)" in said
    assert "application.X.label" not in said
    assert "bureau_balance: 10 of 9000" in said
    assert "  bureau:" not in said
    assert "garant check DATA --out" in said
    assert "--accept-quarantine" in said
    assert stopped.value.exit_code == 3


def test_orphans_do_not_count():
    QuarantineLimit.parse("0").require(accepted(bureau=(9_000, 8_000, 0)), data="DATA")


def test_a_table_that_is_left_out_does_not_count():
    tables = accepted(application=(100, 0, 0), bureau=(9_000, 0, 5_000)).without(["bureau"])
    DEFAULT_LIMIT.require(tables, data="DATA")
