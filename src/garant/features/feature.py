"""What a feature is: an expression and its complete catalogue entry."""

from dataclasses import dataclass, field
from enum import StrEnum

import ibis.expr.types as ir

from garant.features.lineage import raw_columns
from garant.features.window import ALL, Window
from garant.tables.config import Extra


class Unit(StrEnum):
    """Unit of a feature's value; decides how a sentence writes it."""

    MONEY = "money"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    COUNT = "count"
    RATING = "rating"
    SHARE = "share"
    TIMES = "times"
    SCORE = "score"
    FLAG = "flag"
    CATEGORY = "category"


class Sign(StrEnum):
    """Expected direction: what a higher value does to the risk, where that is certain."""

    RAISES = "raises"
    LOWERS = "lowers"
    NONE = "none"


class Legal(StrEnum):
    """What the law lets the feature be used for in the default profile.

    ``allowed`` and ``external`` enter models of profile ``eu``; ``proxy`` may stand for a protected attribute and
    stays out of it, as ``fairness_only`` does; ``banned`` enters no model at all.
    """

    ALLOWED = "allowed"
    EXTERNAL = "external"
    PROXY = "proxy"
    FAIRNESS_ONLY = "fairness_only"
    BANNED = "banned"


PROTECTED = frozenset({Legal.PROXY, Legal.FAIRNESS_ONLY, Legal.BANNED})
"""Flags of what equal treatment keeps out of a decision."""


class Missing(StrEnum):
    """Meaning of NULL."""

    NO_HISTORY = "no_history"
    NOT_STATED = "not_stated"
    NOT_APPLICABLE = "not_applicable"
    NO_DENOMINATOR = "no_denominator"


class Profile(StrEnum):
    """Which features a model may see."""

    EU = "eu"
    KAGGLE = "kaggle"


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A column of the lender's own, with what ``tables.toml`` declares of it."""

    name: str
    declared: Extra


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One feature with everything that the catalogue must say of it.

    Parameters
    ----------
    name : str
        Table, thing, unit, aggregate, window: ``installments_late_days_max_365d``.
    expression : ibis value
        Aggregate over a child table (grouped by ``SK_ID_CURR``) or row value of the application. Numeric features are
        float64, categories are strings; NULL means what `missing` says, 0 means zero.
    table : str
        Raw table that the feature belongs to.
    unit : Unit
        Unit of the value.
    missing : Missing
        Meaning of NULL.
    sign : Sign
        What a higher value does to the risk.
    family : str
        Reason family: features that a person would name once.
    legal : Legal
        What the law lets it be used for.
    text : str
        Stem of the text ids: ``feature.<text>.label`` and ``reason.<text>.raises`` in ``wording/``.
    window : Window
        Window that the texts state.
    own : OwnColumn or None
        The lender's own column that the feature is; None for garant's features.
    """

    name: str
    expression: ir.Value = field(compare=False)
    table: str
    unit: Unit
    missing: Missing
    sign: Sign
    family: str
    legal: Legal
    text: str
    window: Window = ALL
    own: OwnColumn | None = None

    @property
    def is_category(self) -> bool:
        """True for a string feature with levels."""
        return self.unit is Unit.CATEGORY

    @property
    def inputs(self) -> tuple[str, ...]:
        """Raw columns that the expression reads, as ``table.COLUMN``, sorted: the lineage."""
        return raw_columns(self.expression)

    def in_profile(self, profile: Profile) -> bool:
        """Whether a model of `profile` may use the feature."""
        return in_profile(self.legal, profile)


def in_profile(legal: Legal, profile: Profile) -> bool:
    """Whether a model of `profile` may use features of the flag `legal`."""
    if profile is Profile.KAGGLE:
        return legal is not Legal.BANNED
    return legal not in PROTECTED


@dataclass(frozen=True, kw_only=True)
class FeatureGroup:
    """Features that one query makes: row values of the application, or aggregates of one relation per client.

    Parameters
    ----------
    name : str
        Name of the raw table whose module made the group; the lender's own columns are a group by themselves.
    tables : tuple of str
        Raw tables that must be there; the group is left out when one of them is absent.
    relation : ibis Table
        Relation that the expressions read; it has a column ``SK_ID_CURR``.
    features : tuple of Feature
        The features.
    """

    name: str
    tables: tuple[str, ...]
    relation: ir.Table = field(compare=False)
    features: tuple[Feature, ...]

    def per_client(self) -> ir.Table:
        """One row per ``SK_ID_CURR`` with one column per feature, named as the feature."""
        columns = {feature.name: feature.expression for feature in self.features}
        if self.tables == ("application",):
            return self.relation.select(self.relation.SK_ID_CURR, **columns)
        return self.relation.group_by("SK_ID_CURR").aggregate(**columns)
