"""Rows that broke a rule: written as Parquet with all that is needed to correct them, and counted by rule."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from garant.tables.csv_cells import harmless
from garant.tables.report import N_EXAMPLES, Example, RuleCount
from garant.tables.rules import Code, row_rule, rule_of

QUARANTINE = pa.schema(
    [
        pa.field("source_file", pa.string()),
        pa.field("source_line", pa.int64()),
        pa.field("SK_ID_CURR", pa.int64()),
        pa.field("rule", pa.string()),
        pa.field("column", pa.string()),
        pa.field("value", pa.string()),
        pa.field("rules", pa.list_(pa.string())),
        pa.field("raw", pa.string()),
    ]
)
"""One row per row set aside. `rule`, `column` and `value` are those of its first break, `rules` are all of them;
`SK_ID_CURR` is the client where that cell could be read; `raw` is the line, or for Parquet its values as JSON."""

SUMMARY = "quarantine/summary.csv"
"""Broken rules of all tables with the rows that break them, below the folder of accepted tables."""

_SUMMARY_COLUMNS = ("table", "rule", "rows", "en", "fr", "remedy_en", "remedy_fr")


class Break(NamedTuple):
    """One broken rule of a row: the column (``row`` for the row as a whole), the rule's code, what the cell holds."""

    column: str
    code: Code
    value: str | None


class BrokenRow(NamedTuple):
    """A row that is set aside."""

    line: int
    client: int | None
    breaks: tuple[Break, ...]
    raw: str


class Quarantine:
    """Collects the rows of one table that broke a rule.

    Parameters
    ----------
    path : Path
        Where they are written; no file is made when there are none.
    table : str
        Our name of the table.
    """

    def __init__(self, path: Path, table: str) -> None:
        self._path, self._table = path, table
        self._writer: pq.ParquetWriter | None = None
        self._n_by_rule: Counter[str] = Counter()
        self._examples: dict[str, list[Example]] = {}
        self._rules: dict[tuple[str, Code], str] = {}

    def add(self, file: str, rows: Sequence[BrokenRow]) -> Counter[str]:
        """Write `rows` of the source `file`; return how many of them break each rule."""
        n_by_rule: Counter[str] = Counter()
        broken: list[list[str]] = []
        for row in rows:
            ids = [self._rule(found) for found in row.breaks]
            broken.append(ids)
            n_by_rule.update(set(ids))
            for rule, found in zip(ids, row.breaks, strict=True):
                examples = self._examples.setdefault(rule, [])
                if len(examples) < N_EXAMPLES:
                    examples.append(Example(file, row.line, found.column, found.value))
        if rows:
            columns = [
                [file] * len(rows),
                [row.line for row in rows],
                [row.client for row in rows],
                [ids[0] for ids in broken],
                [row.breaks[0].column for row in rows],
                [row.breaks[0].value for row in rows],
                broken,
                [row.raw for row in rows],
            ]
            if self._writer is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._writer = pq.ParquetWriter(self._path, QUARANTINE, compression="zstd", write_page_checksum=True)
            self._writer.write_table(
                pa.Table.from_arrays(
                    [pa.array(cells, f.type) for cells, f in zip(columns, QUARANTINE, strict=True)], schema=QUARANTINE
                )
            )
        self._n_by_rule += n_by_rule
        return n_by_rule

    def examples(self, rule: str) -> tuple[Example, ...]:
        """First rows that broke `rule`."""
        return tuple(self._examples.get(rule, ()))

    def summary(self) -> tuple[RuleCount, ...]:
        """Rows by rule, the most broken rule first."""
        return tuple(
            self._count(rule, n) for rule, n in sorted(self._n_by_rule.items(), key=lambda item: (-item[1], item[0]))
        )

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()

    def _rule(self, found: Break) -> str:
        """Id of the broken rule, made once: a column that is broken throughout asks a million times."""
        place = found.column, found.code
        if place not in self._rules:
            self._rules[place] = row_rule(self._table, *place).id
        return self._rules[place]

    def _count(self, rule: str, n: int) -> RuleCount:
        text = rule_of(rule).text
        return RuleCount(rule, n, text.en, text.fr, text.remedy_en, text.remedy_fr, self.examples(rule))


def write_summary(path: Path, rules: Mapping[str, Sequence[RuleCount]]) -> None:
    """Write the broken rules of each table with their rows, texts and remedies as CSV; no file when there are none."""
    if not any(rules.values()):
        return
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_SUMMARY_COLUMNS)
        for table, counts in rules.items():
            for rule in counts:
                row = (table, rule.rule, rule.rows, rule.en, rule.fr, rule.remedy_en, rule.remedy_fr)
                writer.writerow([harmless(cell) for cell in row])
