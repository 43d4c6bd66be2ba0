"""Rows of one table of JSON: fields, cells, keys; what is accepted, and everything that is wrong."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from garant.exceptions import Problem
from garant.tables.columns import TableSchema
from garant.tables.records.cell_rules import CellRule
from garant.tables.records.client_records import SOURCE_FILE, Row
from garant.tables.records.form_problems import form_problem
from garant.tables.records.pointer import below
from garant.tables.rules import Code, row_rule

CLIENT, LABEL = "SK_ID_CURR", "TARGET"

CONTRADICTS = "client"
"""Last part of the code of a row that names another client than the application."""

ORPHAN = "orphan"
"""Last part of the code of a row whose parent was not sent."""


@dataclass(slots=True)
class Found:
    """What reading the rows of one table found.

    Parameters
    ----------
    rows : list of tuple
        Accepted rows, without copies.
    problems : list of Problem
        What is wrong with the others.
    new : set of str
        Columns with a value that is none of the declared ones.
    copies : int
        Rows that came a second time.
    """

    rows: list[Row] = field(default_factory=list[Row])
    problems: list[Problem] = field(default_factory=list[Problem])
    new: set[str] = field(default_factory=set[str])
    copies: int = 0


class TableRule:
    """Judges the rows of one table.

    Parameters
    ----------
    schema : TableSchema
        Declaration, with the lender's own columns.
    own : frozenset of str
        The lender's own columns: a request without one is as incomplete as a file.
    most : int
        Rows of a request.
    """

    def __init__(self, schema: TableSchema, own: frozenset[str] = frozenset(), *, most: int = 1) -> None:
        self.schema, self.most = schema, most
        self.is_child = schema.parent is not None
        self.columns = tuple(schema.names)
        self._rules = [CellRule.of(column) for column in schema.columns]
        self._reads = [(rule.column.name, rule.read) for rule in self._rules]
        self._place = {name: number for number, name in enumerate(self.columns)}
        self._client = self._place.get(CLIENT) if self.is_child else None
        if self._client is not None:
            read = self._rules[self._client].read
            # No id is 0: it stands for one that was left out.
            self._reads[self._client] = (CLIENT, lambda cell: 0 if cell is None else read(cell))
        self.required = frozenset(c.name for c in schema.columns if c.required) | own
        self.needed = self.required - {CLIENT} if self.is_child else self.required
        self._known = frozenset(self.columns) - {LABEL}
        self._levels = [
            (number, rule.column.name, frozenset(rule.column.levels))
            for number, rule in enumerate(self._rules)
            if rule.column.levels
        ]
        self._flags = [(rule.column.name, rule.sentinels) for rule in self._rules if rule.column.sentinel_flag]
        self._defaults = [
            (number, self._place[rule.column.default])
            for number, rule in enumerate(self._rules)
            if rule.column.default is not None
        ]
        self._key = itemgetter(*(self._place[name] for name in schema.key)) if schema.key else None
        self._n = len(self.columns) + len(self._flags)

    def client_of(self, row: object) -> int | None:
        """Client that a row of the application names; None where it names none."""
        found = self._reads[self._place[CLIENT]][1](row.get(CLIENT)) if isinstance(row, dict) else None
        return found if isinstance(found, int) else None

    def place(self, column: str) -> int:
        """Position of `column` in an accepted row."""
        return self._place[column]

    def read(self, sent: Sequence[object], client: int | None, most: int) -> Found:
        """Judge the rows `sent`, all of which are of `client`, where it is known; stop at `most` problems."""
        found = Found()
        places: list[int] = []
        for number, row in enumerate(sent):
            pointer = f"/{self.schema.name}/{number}" if self.is_child else f"/{self.schema.name}"
            if not isinstance(row, dict):
                found.problems.append(form_problem(pointer, "not_object"))
            elif (values := self._row(row, pointer, client, number + 1, found)) is not None:
                found.rows.append(values)
                places.append(number)
            if len(found.problems) >= most:
                return found
        self._drop_copies(found, places)
        return found

    def _row(self, row: Mapping[str, Any], pointer: str, client: int | None, line: int, found: Found) -> Row | None:
        keys = row.keys()
        get = row.get
        values = [read(get(name)) for name, read in self._reads]
        wrong = Code in map(type, values)
        at = self._client
        if at is not None:
            if values[at] == 0:
                values[at] = client
            elif client is not None and values[at] != client:
                wrong = True
        if wrong or not keys <= self._known or not keys >= self.needed:
            problems = [*self._fields(row, pointer), *self._cells(row, values, pointer, client)]
            found.problems += problems
            return None
        for number, name, levels in self._levels:
            value = values[number]
            if value is not None and value not in levels:
                found.new.add(name)
        for number, other in self._defaults:
            if values[number] is None:
                values[number] = str(values[other])
        flags = [1 if get(name) in sentinels else 0 for name, sentinels in self._flags]
        return (*values, *flags, SOURCE_FILE, line)

    def _fields(self, row: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
        for number, name in enumerate(row, start=1):
            if name == LABEL and LABEL in self._place:
                yield form_problem(f"{pointer}/{LABEL}", "label")
            elif name not in self._known:
                yield form_problem(below(pointer, name), "unknown_field", number=number, table=self.schema.name)
        for name in self.columns:
            if name in self.needed and name not in row:
                yield form_problem(f"{pointer}/{name}", "missing")

    def _cells(
        self, row: Mapping[str, Any], values: Sequence[Any], pointer: str, client: int | None
    ) -> Iterator[Problem]:
        for name, value in zip(self.columns, values, strict=True):
            if name not in row or name == LABEL:
                continue
            if isinstance(row[name], (dict, list)):
                yield form_problem(f"{pointer}/{name}", "not_cell")
            elif value.__class__ is Code:
                yield self.problem(f"{pointer}/{name}", name, value)
            elif name == CLIENT and self._client is not None and client is not None and value != client:
                text = "another client than that of the application: leave it out, or send the rows of one client"
                yield Problem(f"{pointer}/{name}", f"{self.schema.name}.{name}.{CONTRADICTS}", text)

    def problem(self, pointer: str, column: str, code: Code) -> Problem:
        """Problem of a cell that breaks the rule `code`."""
        rule = row_rule(self.schema.name, column, code)
        return Problem(pointer, rule.id, rule.text.en)

    def orphans(self, rows: Iterable[Row], column: str, parents: frozenset[int]) -> Iterator[Problem]:
        """Problems of rows whose value of `column` is none of `parents`."""
        at = self._place[column]
        for row in rows:
            if row[at] not in parents:
                text = f"belongs to no row of {self.schema.parent[0] if self.schema.parent else ''} that was sent"
                yield Problem(
                    f"/{self.schema.name}/{row[-1] - 1}/{column}", f"{self.schema.name}.{column}.{ORPHAN}", text
                )

    def _drop_copies(self, found: Found, places: Sequence[int]) -> None:
        """Identical rows of one key keep the first; contradicting ones are a problem."""
        key = self._key
        if key is None or len(set(map(key, found.rows))) == len(found.rows):
            return
        first: dict[Any, Row] = {}
        kept: list[Row] = []
        for row, number in zip(found.rows, places, strict=True):
            known = first.setdefault(key(row), row)
            if known is row:
                kept.append(row)
            elif known[: self._n] == row[: self._n]:
                found.copies += 1
            else:
                column = self.schema.key[0]
                found.problems.append(self.problem(f"/{self.schema.name}/{number}/{column}", column, Code.CONFLICT))
        found.rows = kept
