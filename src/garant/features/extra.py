"""The lender's own columns of the application as features: what ``[extra.NAME]`` in ``tables.toml`` declares."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from types import MappingProxyType

import ibis

from garant.exceptions import UsageError
from garant.features.feature import PROTECTED, Feature, FeatureGroup, Legal, Missing, OwnColumn, Sign, Unit
from garant.features.ratio import money, number
from garant.tables.columns import Kind
from garant.tables.config import Extra, TablesConfig
from garant.tables.expressions import Rows, Value
from garant.tables.schema import TABLES

Extras = Mapping[str, Extra]
"""Declarations by column of the application."""

NO_EXTRAS: Extras = MappingProxyType({})
"""A lender without columns of its own."""

PREFIX = "application_extra"
"""First words of the names; no feature of garant's own begins with them."""

GROUP = "application_extra"
"""Name of the group: a part of the matrix of its own, so that garant's features are the same with and without it."""

_UNITS = {
    "money": Unit.MONEY,
    "days": Unit.DAYS,
    "months": Unit.MONTHS,
    "years": Unit.YEARS,
    "count": Unit.COUNT,
    "rating": Unit.RATING,
    "flag": Unit.FLAG,
    "rate": Unit.SCORE,
    "category": Unit.CATEGORY,
}
"""Unit of each type; a date has none, because a day of the calendar is no property of a client."""

_TYPES = {"int64": "int64", "double": "float64", "string": "string"}

_FAMILY = re.compile(r"[a-z][a-z0-9_]*")


def feature_extras(config: TablesConfig) -> dict[str, Extra]:
    """Columns that become features: all that are declared but dates and the charges, which the policy alone reads."""
    return {
        name: extra for name, extra in config.extra.items() if extra.type in _UNITS and name != config.money.charges
    }


def extras_of(features: Collection[Feature]) -> dict[str, Extra]:
    """Declarations behind those of `features` that are the lender's own."""
    return {feature.own.name: feature.own.declared for feature in features if feature.own is not None}


def extra_name(column: str) -> str:
    """Name of the feature of a column: ``application_extra_months_as_customer``; empty when no letter is left."""
    plain = unicodedata.normalize("NFKD", column).encode("ascii", "ignore").decode()
    words = re.findall("[a-z0-9]+", plain.casefold())
    return "_".join([PREFIX, *words]) if words else ""


def extra_group(extras: Extras, built_in: Collection[Feature]) -> FeatureGroup:
    """One feature per column of `extras`, as the lender declared it.

    Parameters
    ----------
    extras : mapping of str to Extra
        Columns that become features, at least one.
    built_in : collection of Feature
        Features of garant's own, whose names are taken.

    Raises
    ------
    UsageError
        All that is wrong with the declarations, one line each.
    """
    wrong = [f"  {fault}" for fault in _faults(extras, built_in)]
    if wrong:
        raise UsageError("tables.toml: columns cannot become features:\n" + "\n".join(wrong))
    names = sorted(extras)
    types = {name: _TYPES[str(Kind(extras[name].type).arrow)] for name in names}
    row: Rows = ibis.table({"SK_ID_CURR": "int64", **types}, name="application")
    return FeatureGroup(
        name=GROUP,
        tables=("application",),
        relation=row,
        features=tuple(_feature(row, name, extras[name]) for name in names),
    )


def _feature(row: Rows, column: str, extra: Extra) -> Feature:
    name = extra_name(column)
    return Feature(
        name=name,
        expression=_value(row[column], extra),
        table="application",
        unit=_UNITS[extra.type],
        missing=Missing.NOT_STATED,
        sign=Sign(extra.sign),
        family=extra.family,
        legal=Legal(extra.legal),
        text=name,
        own=OwnColumn(column, extra),
    )


def _value(cell: Value, extra: Extra) -> Value:
    """Value as the file says it: amounts in currency units, days and months with the sign that the lender gave."""
    match extra.type:
        case "money":
            return money(cell)
        case "category" | "rate":
            return cell
        case _:
            return number(cell)


def _faults(extras: Extras, built_in: Collection[Feature]) -> list[str]:
    official = {name.casefold(): name for name in TABLES["application"].arrow.names}
    taken = {feature.name: "a feature of garant" for feature in built_in}
    protected = {feature.family for feature in built_in if feature.legal in PROTECTED}
    faults: list[str] = []
    for column, extra in sorted(extras.items()):
        where, name = f"[extra.{column}]", extra_name(column)
        if column.casefold() in official:
            faults.append(f"{where}: application has the column {official[column.casefold()]} already; rename yours")
        if not name:
            mapping = 'write [extra.NAME] with a name in Latin letters and [columns.application] NAME = "your column"'
            faults.append(f"{where}: the name holds no Latin letter or digit; {mapping}")
        elif name in taken:
            faults.append(f"{where}: its feature would be {name}, as that of {taken[name]}; rename one of them")
        taken[name] = where
        if extra.sign != "none" and extra.type == "category":
            faults.append(f'{where} sign: a category has no higher value; write sign = "none"')
        if not _FAMILY.fullmatch(extra.family):
            faults.append(f"{where} family: '{extra.family}' must be small Latin letters, digits and _")
        elif extra.family in protected and Legal(extra.legal) not in PROTECTED:
            faults.append(f"{where} family: '{extra.family}' is never a reason; choose another, or legal = \"proxy\"")
    return faults
