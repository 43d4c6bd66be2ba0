"""The catalogue: every feature with its entry, checked once, looked up by name."""

from collections import Counter
from collections.abc import Callable, Collection
from functools import cache

from garant.exceptions import InvariantError, UnknownNameError
from garant.features import (
    application,
    bureau,
    bureau_balance,
    credit_card_balance,
    installments_payments,
    installments_streaks,
    pos_cash_balance,
    previous_application,
)
from garant.features.extra import NO_EXTRAS, Extras, extra_group, feature_extras
from garant.features.feature import Feature, FeatureGroup, Legal, Profile, in_profile
from garant.tables.config import TablesConfig
from garant.tables.schema import TABLES

ALL_TABLES = tuple(TABLES)
"""The seven raw tables."""

_GROUPS: tuple[Callable[[], FeatureGroup], ...] = (
    application.group,
    bureau.group,
    bureau_balance.group,
    previous_application.group,
    pos_cash_balance.group,
    installments_payments.group,
    installments_streaks.group,
    credit_card_balance.group,
)


def groups(tables: Collection[str] = ALL_TABLES, extras: Extras = NO_EXTRAS) -> tuple[FeatureGroup, ...]:
    """Groups whose raw tables are all among `tables`, the application first, the lender's own columns last.

    Parameters
    ----------
    tables : collection of str
        Raw tables that are there.
    extras : mapping of str to Extra
        The lender's own columns that become features, see `garant.features.extra.feature_extras`.

    Raises
    ------
    UnknownNameError
        When a table is none of the seven.
    UsageError
        When the lender's columns cannot become features as they are declared.
    """
    for table in tables:
        if table not in TABLES:
            raise UnknownNameError("table", table, TABLES)
    found = tuple(group for group in _all_groups() if set(group.tables) <= set(tables))
    if not extras or "application" not in tables:
        return found
    own = extra_group(extras, [feature for group in _all_groups() for feature in group.features])
    check([own])
    return (*found, own)


def catalogue(
    tables: Collection[str] = ALL_TABLES, profile: Profile = Profile.EU, extras: Extras = NO_EXTRAS
) -> tuple[Feature, ...]:
    """Features that a model of `profile` may use when `tables` are there, sorted as the columns of the matrix."""
    # Columns that the profile may not use are left out before their group is made, so that they change no definition.
    usable = {name: extra for name, extra in extras.items() if in_profile(Legal(extra.legal), profile)}
    found = (feature for group in groups(tables, usable) for feature in group.features)
    return tuple(sorted((f for f in found if f.in_profile(profile)), key=lambda f: f.name))


def catalogue_of(config: TablesConfig, tables: Collection[str], profile: Profile) -> tuple[Feature, ...]:
    """Features that a model of `profile` may use of data with this ``tables.toml``, when `tables` are there.

    An external score that nobody says where it comes from enters no model of profile ``eu``: whoever is refused because
    of it could not be told whom to ask.
    """
    left_out = config.undocumented_scores if profile is Profile.EU else ()
    extras = {name: extra for name, extra in feature_extras(config).items() if name not in left_out}
    return catalogue(tables, profile, extras)


def feature(name: str, extras: Extras = NO_EXTRAS) -> Feature:
    """Feature of that name, of any profile.

    Raises
    ------
    UnknownNameError
        When there is none; the message suggests near names.
    """
    known = {found.name: found for group in groups(extras=extras) for found in group.features}
    if name not in known:
        raise UnknownNameError("feature", name, known, "List them all with: garant feature list")
    return known[name]


@cache
def _all_groups() -> tuple[FeatureGroup, ...]:
    made = tuple(make() for make in _GROUPS)
    check(made)
    return made


def check(made: Collection[FeatureGroup]) -> None:
    """Refuse a catalogue with two features of one name, or with an entry that does not fit its expression.

    Raises
    ------
    InvariantError
        With every fault found.
    """
    entries = [entry for group in made for entry in group.features]
    faults = [
        f"{name}: {count} features have this name"
        for name, count in Counter(e.name for e in entries).items()
        if count > 1
    ]
    faults += [f"{entry.name}: {fault}" for entry in entries for fault in _faults(entry)]
    if faults:
        raise InvariantError("The feature catalogue is incomplete:\n" + "\n".join(faults))


def _faults(entry: Feature) -> list[str]:
    kind = entry.expression.type()
    expected = kind.is_string() if entry.is_category else kind.is_float64()
    faults = [] if expected else [f"its values are {kind}; numbers must be float64, categories string"]
    faults += [f"{part} is empty" for part in ("name", "family", "text") if not getattr(entry, part)]
    if entry.table not in TABLES:
        faults.append(f"there is no raw table '{entry.table}'")
    if not entry.inputs:
        faults.append("it reads no raw column")
    return faults
