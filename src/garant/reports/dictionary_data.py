"""What a data dictionary is made of: raw columns and features, with what data and a model add to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from garant.features.feature import Feature
from garant.models.bundle.importance import GainShare
from garant.models.feature_statistics import FeatureStatistics
from garant.tables.config import TablesConfig
from garant.tables.schema import TABLES


@dataclass(frozen=True, kw_only=True)
class DictionaryData:
    """Everything that a data dictionary shows.

    Parameters
    ----------
    config : TablesConfig
        The lender's own columns and external scores.
    features : tuple of Feature
        All features, whatever their profile, in the order of the raw tables.
    statistics : mapping of str to FeatureStatistics
        What the applicants of a data folder show, by feature; empty without data.
    data : str
        What the data folder is called; empty without data.
    importance : mapping of str to GainShare
        How much a model uses its inputs; empty without a model.
    bundle : str
        What the model is called; empty without one.
    """

    config: TablesConfig
    features: tuple[Feature, ...]
    statistics: Mapping[str, FeatureStatistics] = field(default_factory=dict[str, FeatureStatistics])
    data: str = ""
    importance: Mapping[str, GainShare] = field(default_factory=dict[str, GainShare])
    bundle: str = ""

    @cached_property
    def readers(self) -> dict[str, tuple[Feature, ...]]:
        """Features that read a raw column, by ``table.COLUMN``."""
        found: dict[str, list[Feature]] = {
            f"{table}.{name}": [] for table in TABLES for name in self.config.table_schema(table).names
        }
        for feature in self.features:
            for column in feature.inputs:
                found[column].append(feature)
        return {column: tuple(features) for column, features in found.items()}

    def of_table(self, table: str) -> tuple[Feature, ...]:
        """Features that belong to `table`, by name."""
        return tuple(sorted((f for f in self.features if f.table == table), key=lambda f: f.name))
