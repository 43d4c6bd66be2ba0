"""Features of variants of one applicant: what moves can change is computed again, all else is known already.

A feature says which raw columns it reads (`Feature.inputs`). One that reads none of those that change has the value
that the public path gave it; computing it for each variant would triple the time of a search.
"""

import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa

from garant.features.catalogue import groups
from garant.features.extra import extras_of
from garant.features.feature import Feature
from garant.features.matrix import KEY, only
from garant.runs.client_features import ClientFeatures
from garant.runs.matrix import policy_facts
from garant.tables.accepted import AcceptedTables
from garant.tables.variants import ClientRows

Touches = Mapping[str, frozenset[str]]
"""Columns that may change, by table."""

_OF_FACTS = ("application", "bureau")
"""Tables that the facts of a policy are made of."""


@dataclass(frozen=True, slots=True, eq=False)
class _Compiled:
    """Queries of the features that some columns move, and the tables that they read."""

    features: ClientFeatures
    tables: tuple[str, ...]


class MovingFeatures:
    """Computes them on SQLite, from any number of threads; queries are compiled when they are first needed.

    Parameters
    ----------
    features : sequence of Feature
        Inputs of a bundle.
    accepted : AcceptedTables
        Tables that are there, and what ``tables.toml`` says of them; their rows are not read.
    """

    def __init__(self, features: Sequence[Feature], accepted: AcceptedTables) -> None:
        self._features, self._accepted = tuple(features), accepted
        self._compiled: dict[frozenset[tuple[str, frozenset[str]]], _Compiled] = {}
        self._lock = threading.Lock()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Allow questions."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close SQLite."""
        self._compiled.clear()
        self._open.close()

    def of_variants(self, variants: Sequence[ClientRows], known: pa.RecordBatch, touches: Touches) -> pa.RecordBatch:
        """One row per variant, in their order, with the columns of `known`; all in one question.

        Parameters
        ----------
        variants : sequence of mapping of str to Table
            Rows of the applicant, changed in no other column than `touches` says.
        known : RecordBatch of one row
            The unchanged applicant in the matrix of the public path.
        touches : mapping of str to frozenset of str
            What may differ.
        """
        compiled = self._for(touches)
        moving = compiled.features.of_variants(
            [{name: rows[name] for name in compiled.tables if name in rows} for rows in variants]
        )
        still = known.take(pa.array(np.zeros(len(variants), np.int64)))
        computed = set(moving.schema.names) - {KEY}
        columns = [moving.column(n) if n in computed else still.column(n) for n in known.schema.names]
        return pa.RecordBatch.from_arrays(columns, names=known.schema.names)

    def _for(self, touches: Touches) -> _Compiled:
        key = frozenset(touches.items())
        with self._lock:
            if key not in self._compiled:
                self._compiled[key] = self._compile(touches)
            return self._compiled[key]

    def _compile(self, touches: Touches) -> _Compiled:
        changing = {f"{table}.{column}" for table, columns in touches.items() for column in columns}
        moving = [feature for feature in self._features if changing & set(feature.inputs)]
        of_them = only(groups(self._accepted.tables, extras_of(self._features)), [feature.name for feature in moving])
        read = {table for group in of_them for table in group.tables} | set(_OF_FACTS)
        tables = tuple(name for name in self._accepted.tables if name in read)
        schemas = {name: self._accepted.config.table_schema(name).arrow for name in tables}
        features = ClientFeatures(moving, schemas, [policy_facts(self._accepted)])
        return _Compiled(self._open.enter_context(features), tables)
