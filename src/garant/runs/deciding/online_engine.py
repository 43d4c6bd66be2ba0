"""Which engine computes the features of single applications: SQLite where it is proven, else DuckDB."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import pyarrow as pa

from garant.features.feature import Feature
from garant.models.bundle.content import SQL_FILE, BundleContent
from garant.models.bundle.reading import Bundle
from garant.runs.client_features import ClientFeatures
from garant.runs.duckdb_client_features import DuckDBClientFeatures
from garant.runs.feature_definitions import statements_of
from garant.runs.matrix_row import MatrixRow
from garant.settings import Settings
from garant.tables.config import TablesConfig
from garant.tables.records.client_records import ClientRecords

EngineName = Literal["sqlite", "duckdb"]


class RowFeatures(Protocol):
    """Computes the row of one client; any number of threads may ask."""

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of the row."""
        ...

    def row_of(self, records: ClientRecords) -> MatrixRow:
        """The row as plain values."""
        ...

    def of_one(self, records: ClientRecords) -> pa.RecordBatch:
        """The row as Arrow."""
        ...


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Which engine, and why in words for whoever starts a service."""

    name: EngineName
    reason: str


def chosen_engine(content: BundleContent, *, sqlite: str = sqlite3.sqlite_version) -> EngineChoice:
    """SQLite where the bundle holds a proof that fits this machine's; `sqlite` is its version."""
    proof = content.online
    if proof is None:
        return EngineChoice(
            "duckdb", "the bundle does not say whether SQLite gives its features; train again to compare them"
        )
    if not proof.is_equal:
        return EngineChoice(
            "duckdb", f"SQLite {proof.sqlite} gave other values of {proof.differing} of {proof.features} features"
        )
    if _series(proof.sqlite) != _series(sqlite):
        return EngineChoice(
            "duckdb", f"its features were compared on SQLite {proof.sqlite}, and this machine has {sqlite}"
        )
    return EngineChoice(
        "sqlite", f"all {proof.features} features of {proof.clients} applicants were equal on SQLite {proof.sqlite}"
    )


def opened_engine(
    choice: EngineChoice,
    features: Sequence[Feature],
    bundle: Bundle,
    config: TablesConfig,
    settings: Settings,
) -> ClientFeatures | DuckDBClientFeatures:
    """The engine of the choice, to be entered; SQLite asks the very statements that were proven at training."""
    tables = bundle.content.tables
    if choice.name == "sqlite":
        compiled = statements_of(bundle.files[SQL_FILE].decode(), "sqlite")
        return ClientFeatures.for_decisions(features, tables, config, compiled=compiled)
    return DuckDBClientFeatures(features, tables, config, settings)


def _series(version: str) -> tuple[str, ...]:
    """Major and minor: a patch of SQLite changes no result on purpose."""
    return tuple(version.split(".")[:2])
