"""Records that hang on an application: from a file, from the lender's store, or a word that there are none.

A file is read by the rules of every request. It travels from page to page inside the form, packed, because a browser
does not choose a file a second time; nothing of it is kept on the server.
"""

import base64
import binascii
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from garant.exceptions import Problem, RecordsError
from garant.runs.deciding.asked_columns import APPLICATION
from garant.runs.deciding.request import OWN_FIELDS
from garant.tables.records.form_problems import form_problem
from garant.tables.records.pointer import below
from garant.tables.records.reader import canonical
from garant.tables.records.strict_json import read_json

MOST_BYTES = 256 * 1024
"""Of a file: what the API takes of one application."""

FILE = "file"
"""Field of the file, and pointer of a problem with it as a whole."""

_CLIENT = "SK_ID_CURR"


class Source(StrEnum):
    """Where records come from."""

    TICKED = "ticked"
    STORE = "store"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRecords:
    """Tables beside the application.

    Parameters
    ----------
    tables : mapping of str to object
        Rows by table; one that is not there is unknown.
    problems : sequence of Problem
        What is wrong; a file's are about ``/file`` or a table.
    """

    tables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    problems: Sequence[Problem] = ()


def read_file(content: bytes, client: int | None) -> ChildRecords:
    """Tables of a file in the form of `docs/records.md`, whose application is that of the form.

    Parameters
    ----------
    content : bytes
        JSON. An ``application`` in it must be that of the form and is not taken: the form states it.
    client : int or None
        Number of the application in the form, where it is known.
    """
    if len(content) > MOST_BYTES:
        return ChildRecords(problems=[_problem("file_too_large", f"more than {MOST_BYTES} bytes")])
    if not content.strip():
        return ChildRecords(problems=[_problem("file_missing", "no file was chosen, or it is empty")])
    try:
        sent = read_json(content)
    except RecordsError as error:
        return ChildRecords(problems=[Problem(f"/{FILE}{p.pointer}", p.code, p.text) for p in error.problems])
    if not isinstance(sent, dict):
        return ChildRecords(problems=[form_problem(f"/{FILE}", "not_object")])
    problems: list[Problem] = []
    tables: dict[str, Any] = {}
    for number, (name, rows) in enumerate(sent.items(), start=1):
        if name == APPLICATION:
            problems += _of_another(rows, client)
        elif name in OWN_FIELDS or name == "moves":
            problems.append(form_problem(f"/{FILE}{below('', name)}", "unknown_table", number=number))
        else:
            # What is no table is told by the reader of the records.
            tables[name] = rows
    return ChildRecords(tables=tables, problems=problems)


def with_ticks(found: ChildRecords, ticked: Collection[str]) -> ChildRecords:
    """Add the tables of which somebody said that there are no rows; one that has rows contradicts."""
    problems = [
        Problem(f"/{NO_ROWS}/{name}", "form.ticked_rows", "no such records, and the file or the store has some")
        for name in ticked
        if found.tables.get(name)
    ]
    added = {name: [] for name in ticked if name not in found.tables}
    return ChildRecords(tables={**found.tables, **added}, problems=[*found.problems, *problems])


NO_ROWS = "no_rows"
"""First part of the names of the ticks: ``no_rows.bureau``."""


def packed(tables: Mapping[str, Any]) -> str:
    """The tables as a text for a hidden field: an eighth of their JSON, and no mark that HTML must escape."""
    return base64.b64encode(zlib.compress(canonical(tables))).decode("ascii")


def unpacked(text: str) -> bytes:
    """JSON of `packed` tables, empty where the text is none; it may come from anybody, so it ends at the limit."""
    try:
        expander = zlib.decompressobj()
        return expander.decompress(base64.b64decode(text, validate=True), MOST_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error):
        return b""


def _of_another(application: object, client: int | None) -> list[Problem]:
    """Problem of a file whose application is another one; the application itself is not read."""
    stated = application.get(_CLIENT) if isinstance(application, dict) else None
    if stated is None or client is None or stated == client:
        return []
    return [_problem("file_of_another", "the file is about another application than the form")]


def _problem(code: str, text: str) -> Problem:
    return Problem(f"/{FILE}", f"form.{code}", text)
