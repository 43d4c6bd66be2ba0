"""No rule without a case: each rule of a cell is broken by one row, each other rule by a case of the corpus.

Where the promises of the project's list are kept:

==================================================================  =========================================
promise                                                             module
==================================================================  =========================================
not a table at all, gzip and Parquet under other names, truncated   ``test_no_table``
missing, duplicate, ambiguous columns; header, delimiter, encoding  ``test_header``
two sources, parts, links, missing tables                           ``test_folder``
more than 5 % of a column, cells of every kind, Parquet types       ``test_cells``
number of fields, quotes, NUL, cut files, long lines                ``test_rows``
ids, copies, contradictions, contracts of two clients, above 2^53   ``test_keys``
orphans, outcomes, both classes                                     ``test_orphans_and_labels``
what is legal                                                       ``test_legal``
manifest, files that change                                         ``test_manifest``
==================================================================  =========================================
"""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from garant.tables.acceptance import accept_tables
from garant.tables.columns import Column, Kind
from garant.tables.file_texts import FILE_TEXTS
from garant.tables.rule_texts import WARNING_TEXTS, Code
from garant.tables.rules import row_rules
from garant.tables.schema import TABLES
from garant.tables.sources import DataFolder, find_sources

BROKEN = {
    Code.TYPE: "many",
    Code.WHOLE: "-7000.5",
    Code.RANGE: "1e400",
    Code.PRECISION: "0.0001",
    Code.EMPTY: "",
    Code.ID: "0",
    Code.LABEL: "2",
    Code.FUTURE: "1",
    Code.NEGATIVE: "-1",
    Code.LEVEL: "?",
    Code.AGE: "-100",
}
"""A cell that breaks each rule; rules of rows, of keys and of owners have cases of their own."""

SOUND = {
    Kind.LABEL: "0",
    Kind.MONEY: "12.5",
    Kind.DAYS: "-7000",
    Kind.MONTHS: "-1",
    Kind.RATE: "0.5",
    Kind.DATE: "2026-01-31",
    Kind.CATEGORY: "C",
}

NEVER_HERE = {"warning.label_text"}
"""Tested with the configuration that it is about, in ``test_acceptance``."""


def cell(column: Column, client: int) -> str:
    """Sound cell of a column."""
    return str(1_000_000 + client) if column.kind is Kind.ID else SOUND.get(column.kind, "1")


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet"])
@pytest.mark.parametrize("table", TABLES)
def test_every_rule_of_a_cell_is_broken_by_the_row_that_breaks_it_and_by_no_other(
    table: str, suffix: str, lender: Callable[[str], Any], tmp_path: Path
):
    schema = TABLES[table]
    rules = [rule.id for rule in row_rules(schema) if Code(rule.id.rpartition(".")[2]) in BROKEN]
    made = lender(suffix)
    applicants = [{**made.files["application"][n % 200], "SK_ID_CURR": str(1_000_000 + n)} for n in range(len(rules))]
    made.files["application"] = applicants
    made.files[table] = [{c.name: cell(c, n) for c in schema.columns} for n in range(len(rules))]
    for client, rule in enumerate(rules):
        _, column, code = rule.split(".")
        made.cell(table, client, column, BROKEN[Code(code)])
    if table == "application":
        # Training needs both outcomes among the rows that stay.
        made.files[table] += [
            {c.name: cell(c, 9_000 + n) for c in schema.columns} | {"TARGET": str(n)} for n in range(2)
        ]
    made.write(tmp_path / "data")
    found = find_sources(tmp_path / "data")
    assert isinstance(found, DataFolder)
    accepted = accept_tables(found, tmp_path / "out", threads=1)
    path = accepted.quarantine(table)
    assert path is not None
    rows = {row["source_line"]: row["rules"] for row in pq.read_table(path).to_pylist()}
    assert rows == {client + 2: [rule] for client, rule in enumerate(rules)}


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """All cases of the modules beside this one."""
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        spec = importlib.util.spec_from_file_location(f"corpus_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        if path != Path(__file__):
            spec.loader.exec_module(module)
            yield from module.CASES.items()
            yield from ((rule, {"refused": rule}) for rule in getattr(module, "ELSEWHERE", ()))


def test_there_are_more_conditions_than_were_promised():
    sentences = [sentence for sentence, _ in cases()]
    assert len(sentences) >= 80
    assert len(set(sentences)) == len(sentences)


def test_every_rule_about_files_rows_keys_and_warnings_has_a_case():
    exercised: set[str] = set()
    for _, case in cases():
        exercised |= {case.get("refused", "")} | set(case.get("aside", ())) | set(case.get("warns", ()))
    declared = {f"file.{name}" for name in FILE_TEXTS} | {f"warning.{name}" for name in WARNING_TEXTS}
    for schema in TABLES.values():
        declared |= {
            rule.id
            for rule in row_rules(schema)
            if Code(rule.id.rpartition(".")[2]) in {Code.DUPLICATE, Code.CONFLICT, Code.OWNER}
        }
    assert declared - exercised - NEVER_HERE == {"warning.absent_columns"}


def test_every_code_of_a_row_is_broken_somewhere():
    exercised = {rule.rpartition(".")[2] for _, case in cases() for rule in case.get("aside", ())}
    assert {str(code) for code in Code} <= exercised
