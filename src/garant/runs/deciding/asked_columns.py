"""What an applicant is asked: the columns that one bundle cannot do without, and those that its model reads.

Nothing else is asked. In profile ``eu`` that leaves out sex, family and the like, because no feature of such a model
reads them, and the values that point to religion, health or maternity.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from garant.features.feature import Feature, Profile
from garant.features.levels import category_column
from garant.models.bundle.content import BundleContent
from garant.tables.columns import Column, Kind
from garant.tables.config import Extra, TablesConfig
from garant.tables.external_score import ExternalScore
from garant.tables.schema import OPTIONAL_COLUMNS, TABLES

APPLICATION = "application"
LABEL = "TARGET"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedColumn:
    """One column of the application that somebody is asked for.

    Parameters
    ----------
    column : Column
        Its declaration.
    required : bool
        Whether an application without it is refused.
    levels : tuple of str
        Values of a category to choose from; empty where any text will do.
    own : Extra or None
        What the lender declares of a column of its own.
    score : ExternalScore or None
        Where an external score comes from.
    """

    column: Column
    required: bool
    levels: tuple[str, ...] = ()
    own: Extra | None = None
    score: ExternalScore | None = None

    @property
    def name(self) -> str:
        """Name of the column."""
        return self.column.name


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedColumns:
    """Columns of an application by one bundle.

    Parameters
    ----------
    asked : tuple of AskedColumn
        In the order of the table.
    unasked : tuple of str
        The lender's own columns that every application states and no rule reads: sent as empty.
    """

    asked: tuple[AskedColumn, ...]
    unasked: tuple[str, ...]

    @classmethod
    def of(cls, features: Sequence[Feature], content: BundleContent, config: TablesConfig) -> "AskedColumns":
        """Columns that these `features`, the rules of the tables and the policy need.

        Parameters
        ----------
        features : sequence of Feature
            Inputs of the bundle.
        content : BundleContent
            Says which columns training lacked as well, and the lender's own levels.
        config : TablesConfig
            The lender's own columns.
        """
        read = {name for feature in features for name in feature.inputs}
        never_had = (content.absent_columns or {}).get(APPLICATION, ())
        levels = _levels(features, content)
        is_eu = content.profile == Profile.EU
        asked: list[AskedColumn] = []
        unasked: list[str] = []
        for column in config.table_schema(APPLICATION).columns:
            own = column.name not in TABLES[APPLICATION].names
            is_read = f"{APPLICATION}.{column.name}" in read and column.name not in never_had
            required = column.required or column.name == config.money.charges
            if required or is_read or column.name in OPTIONAL_COLUMNS:
                asked.append(
                    AskedColumn(
                        column=column,
                        required=required,
                        levels=_offered(column, levels.get(column.name, ()), is_eu=is_eu),
                        own=config.extra.get(column.name),
                        score=config.scores.get(column.name),
                    )
                )
            elif own:
                unasked.append(column.name)
        return cls(asked=tuple(asked), unasked=tuple(unasked))

    @property
    def by_name(self) -> Mapping[str, AskedColumn]:
        """The same by name."""
        return MappingProxyType({each.name: each for each in self.asked})


def _levels(features: Sequence[Feature], content: BundleContent) -> dict[str, tuple[str, ...]]:
    """Levels that the model learned, by raw column: those of the lender are among them."""
    learned = {entry.name: entry.levels for entry in content.features if entry.levels}
    return {
        category_column(feature): learned[feature.name]
        for feature in features
        if feature.name in learned and feature.table == APPLICATION
    }


def _offered(column: Column, learned: Sequence[str], *, is_eu: bool) -> tuple[str, ...]:
    if column.kind is not Kind.CATEGORY:
        return ()
    hidden = frozenset(column.sensitive_levels) if is_eu else frozenset[str]()
    return tuple(level for level in dict.fromkeys((*column.levels, *learned)) if level not in hidden)
