"""Rows that broke a rule: written as Parquet with all that is needed to correct them, and counted by rule."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.storage import atomic_path
from garant.tables.csv_cells import harmless
from garant.tables.report import N_EXAMPLES, Example, RuleCount
from garant.tables.rules import rule_of

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
`SK_ID_CURR` is the client where that cell could be read; `raw` is the line, or for Parquet its values as JSON; of
rows set aside once whole tables are known (duplicate, conflict, owner) it is the values as text, as they were read."""

SUMMARY = "quarantine/summary.csv"
"""Broken rules of all tables with the rows that break them, below the folder of accepted tables."""

_SUMMARY_COLUMNS = ("table", "rule", "rows", "en", "fr", "remedy_en", "remedy_fr")


@dataclass(frozen=True, slots=True)
class BrokenRows:
    """Rows that broke a rule, written and counted.

    Parameters
    ----------
    path : Path or None
        File of schema `QUARANTINE`; None when there are none.
    n_by_rule : mapping of str to int
        How many rows break each rule.
    examples : mapping of str to tuple of Example
        First rows of each rule.
    """

    path: Path | None
    n_by_rule: Mapping[str, int]
    examples: Mapping[str, tuple[Example, ...]]


class Quarantine:
    """Collects rows that broke a rule, of one file or one table.

    Parameters
    ----------
    path : Path
        Where they are written; no file is made when there are none.
    table : str
        Our name of the table.
    """

    def __init__(self, path: Path, table: str) -> None:
        self._path, self._table = path, table
        self._stack = ExitStack()
        self._writer: pq.ParquetWriter | None = None
        self._n_by_rule: Counter[str] = Counter()
        self._examples: dict[str, list[Example]] = {}

    def add(self, file: str, broken: pa.Table) -> Counter[str]:
        """Write the `broken` rows of the source `file`, a table of schema `BROKEN`; return how many break each rule."""
        if not broken.num_rows:
            return Counter()
        rows = broken.combine_chunks()
        columns, codes, values = (rows.column(name).chunk(0) for name in ("columns", "codes", "values"))
        first = pa.array(columns.offsets.to_numpy()[:-1])
        names, cells = columns.flatten(), values.flatten()
        rules = pc.binary_join_element_wise(self._table, names, codes.flatten(), ".")
        written = [
            pa.repeat(pa.scalar(file), rows.num_rows),
            rows.column("line"),
            rows.column("client"),
            rules.take(first),
            names.take(first),
            cells.take(first),
            pa.ListArray.from_arrays(columns.offsets, rules),
            rows.column("raw"),
        ]
        self._write(pa.table(written, schema=QUARANTINE))
        lines = rows.column("line").chunk(0).take(pc.list_parent_indices(columns))
        n_by_rule = self._counted(file, rules.dictionary_encode(), lines, names, cells)
        self._n_by_rule += n_by_rule
        return n_by_rule

    def take(self, found: BrokenRows) -> None:
        """Take over the rows of one file, one row group at a time, and their counts."""
        self._n_by_rule += Counter(found.n_by_rule)
        for rule, examples in found.examples.items():
            known = self._examples.setdefault(rule, [])
            known += examples[: N_EXAMPLES - len(known)]
        if found.path is not None:
            with pq.ParquetFile(found.path) as file:
                for group in range(file.num_row_groups):
                    self._write(file.read_row_group(group))

    def rows(self) -> BrokenRows:
        """What was collected, once it is closed."""
        examples = {rule: tuple(some) for rule, some in self._examples.items()}
        return BrokenRows(self._path if self._writer else None, dict(self._n_by_rule), examples)

    def _write(self, rows: pa.Table) -> None:
        if self._writer is None:
            temporary = self._stack.enter_context(atomic_path(self._path))
            writer = pq.ParquetWriter(temporary, QUARANTINE, compression="zstd", write_page_checksum=True)
            self._writer = self._stack.enter_context(writer)
        self._writer.write_table(rows)

    def _counted(self, file: str, rules: pa.Array, lines: pa.Array, names: pa.Array, cells: pa.Array) -> Counter[str]:
        """Rows by rule; the first ones of each are kept as examples."""
        found: Counter[str] = Counter()
        which = rules.indices.to_numpy()
        for number, rule in enumerate(rules.dictionary.to_pylist()):
            places = np.flatnonzero(which == number)
            found[rule] = len(places)
            examples = self._examples.setdefault(rule, [])
            for place in places[: N_EXAMPLES - len(examples)].tolist():
                examples.append(Example(file, lines[place].as_py(), names[place].as_py(), cells[place].as_py()))
        return found

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
        self._stack.close()

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
