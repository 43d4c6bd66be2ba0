"""Raw records of one client in: accepted rows out, or everything that is wrong with them."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pyarrow as pa

from garant.exceptions import InvariantError, Problem, RecordsError
from garant.tables.columns import TableSchema
from garant.tables.config import TablesConfig
from garant.tables.records.accepted_json import as_json
from garant.tables.records.client_records import ClientRecords, Row
from garant.tables.records.form_problems import MOST_PROBLEMS, form_problem
from garant.tables.records.json_form import records_form
from garant.tables.records.pointer import below
from garant.tables.records.strict_json import read_json
from garant.tables.records.table_rule import LABEL, Found, TableRule
from garant.tables.schema import OPTIONAL_COLUMNS, TABLES

APPLICATION = "application"

MAX_ROWS = 1_000
"""Rows of a table that hangs on the application: four times what the largest histories of the public data have."""

MAX_MONTHS = 10_000
"""Rows of one that hangs on another: of 200 people with months at a bureau, one has more than 1,000 of them."""


class RecordReader:
    """Judges raw records by the rules of the tables; built once, used from any number of threads.

    Parameters
    ----------
    tables : collection of str
        Tables that the bundle was trained on, the application among them.
    config : TablesConfig
        The lender's own columns.
    """

    def __init__(self, tables: Collection[str], config: TablesConfig) -> None:
        self.names = tuple(name for name in TABLES if name in tables or name == APPLICATION)
        self._rules = {name: _rule(config.table_schema(name), config) for name in self.names}
        self.schemas: Mapping[str, pa.Schema] = {name: rule.schema.arrow for name, rule in self._rules.items()}
        application = self._rules[APPLICATION]
        self._optional = tuple(
            column
            for column in application.columns
            if column not in application.required and column not in {LABEL, *OPTIONAL_COLUMNS}
        )
        self._subject = application.place("subject_ref")

    def read(self, body: bytes) -> ClientRecords:
        """Records of the JSON text `body`: ``{"application": {…}, "bureau": [{…}, …], …}``.

        Raises
        ------
        RecordsError
            Everything that is wrong, with JSON pointers.
        """
        return self.of_value(read_json(body))

    def of_value(self, value: object, raw: bytes | None = None, *, limited: bool = True) -> ClientRecords:
        """Records of JSON that `read_json` read.

        Parameters
        ----------
        value : object
            One client.
        raw : bytes or None
            Canonical text of `value`, if it is there already.
        limited : bool
            Whether tables of more rows than `MAX_ROWS` or `MAX_MONTHS` are refused.

        Raises
        ------
        RecordsError
            Everything that is wrong, with JSON pointers relative to `value`.
        """
        if not isinstance(value, dict):
            raise RecordsError([form_problem("", "not_object")])
        sent: dict[str, Any] = value
        problems = [*self._tables(sent, limited=limited)]
        applied = self._application(sent)
        problems += applied.problems
        client = self._rules[APPLICATION].client_of(sent.get(APPLICATION))
        found = {APPLICATION: applied}
        for name in self.names[1:]:
            rows = sent.get(name)
            if isinstance(rows, list) and len(problems) < MOST_PROBLEMS:
                found[name] = self._rules[name].read(rows, client, MOST_PROBLEMS - len(problems))
                problems += found[name].problems
                problems += self._orphans(name, found[name].rows, sent)
        if problems or client is None:
            raise RecordsError(problems[:MOST_PROBLEMS])
        application = sent[APPLICATION]
        return ClientRecords(
            client=client,
            subject=applied.rows[0][self._subject],
            rows={name: tuple(found[name].rows) if name in found else () for name in self.names},
            unknown=tuple(name for name in self.names if name not in found),
            absent=tuple(f"{APPLICATION}.{name}" for name in self._optional if name not in application),
            new_levels=tuple(f"{name}.{column}" for name, each in found.items() for column in sorted(each.new)),
            copies={name: each.copies for name, each in found.items() if each.copies},
            raw=canonical(sent) if raw is None else raw,
            schemas=self.schemas,
        )

    def of_accepted(self, rows: Mapping[str, pa.Table]) -> ClientRecords:
        """Records of a client of accepted tables: the same as if they had been sent, outcome left out.

        Parameters
        ----------
        rows : mapping of str to Table
            Accepted rows by table; one that is not there is unknown, one without rows is known to be empty.

        Raises
        ------
        RecordsError
            A text of the client is none that JSON may send, such as one with a control character.
        InvariantError
            Not exactly one application.
        """
        if (n := rows[APPLICATION].num_rows) != 1:
            raise InvariantError(f"Accepted rows of one client hold {n} applications.")
        tables = {name: rows[name] for name in self.names if name in rows}
        sent = as_json({name: (self._rules[name].schema, table) for name, table in tables.items()})
        # Through the text: what a string may hold is decided in one place.
        body = canonical(sent)
        return self.of_value(read_json(body, max_items=10**9), body, limited=False)

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema of what `read` accepts, for OpenAPI."""
        return records_form({name: (rule.schema, rule.needed, rule.most) for name, rule in self._rules.items()})

    def _tables(self, sent: Mapping[str, Any], *, limited: bool) -> list[Problem]:
        problems: list[Problem] = []
        for number, (name, rows) in enumerate(sent.items(), start=1):
            if name == APPLICATION:
                continue
            if name not in self._rules:
                code = "unused_table" if name in TABLES else "unknown_table"
                problems.append(form_problem(below("", name), code, number=number))
            elif not isinstance(rows, list):
                problems.append(form_problem(f"/{name}", "not_list"))
            elif limited and len(rows) > self._rules[name].most:
                problems.append(form_problem(f"/{name}", "items", most=self._rules[name].most))
        return problems

    def _application(self, sent: Mapping[str, Any]) -> Found:
        if APPLICATION not in sent:
            return Found(problems=[form_problem(f"/{APPLICATION}", "missing")])
        return self._rules[APPLICATION].read([sent[APPLICATION]], None, MOST_PROBLEMS)

    def _orphans(self, name: str, rows: Sequence[Row], sent: Mapping[str, Any]) -> list[Problem]:
        parent = self._rules[name].schema.parent
        if parent is None or parent[0] == APPLICATION:
            return []
        table, column = parent
        above = sent.get(table)
        parents = frozenset(
            row[column]
            for row in (above if isinstance(above, list) else ())
            if isinstance(row, dict) and isinstance(row.get(column), int)
        )
        return list(self._rules[name].orphans(rows, column, parents))


def _rule(schema: TableSchema, config: TablesConfig) -> TableRule:
    if schema.parent is None:
        return TableRule(schema, config.own_columns)
    return TableRule(schema, most=MAX_ROWS if schema.parent[0] == APPLICATION else MAX_MONTHS)


def canonical(value: object) -> bytes:
    """One text per value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
