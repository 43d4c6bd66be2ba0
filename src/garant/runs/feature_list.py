"""Which features there are: garant's own, with those of a lender's columns, or the inputs of a bundle."""

from collections.abc import Collection
from pathlib import Path

from garant.exceptions import UnknownNameError, UsageError
from garant.features.catalogue import catalogue_of, feature
from garant.features.extra import feature_extras
from garant.features.feature import Feature, Profile
from garant.models.bundle.reading import Bundle
from garant.runs.bundle_features import bundle_features
from garant.tables.accepted import is_accepted, open_accepted
from garant.tables.config import TablesConfig
from garant.tables.config_file import CONFIG_NAME, load_config


def listed_features(
    *, profile: Profile, tables: Collection[str], data: Path | None = None, bundle: Bundle | None = None
) -> tuple[Feature, ...]:
    """Inputs of `bundle`, else the features of `profile` with those of the columns that `data` declare.

    Parameters
    ----------
    profile : Profile
        Which features a model may see; a bundle has its own.
    tables : collection of str
        Raw tables that are there; a bundle has its own.
    data : Path or None
        Folder of raw tables; nothing but its ``tables.toml`` is read.
    bundle : Bundle or None
        A model.

    Raises
    ------
    UsageError
        When both are given.
    """
    if data is not None and bundle is not None:
        raise UsageError("Give --data or --bundle, not both: a bundle knows its columns itself.")
    if bundle is not None:
        return bundle_features(bundle)
    return catalogue_of(config_of(data), tables, profile)


def narrowed(
    features: Collection[Feature], *, families: Collection[str] = (), tables: Collection[str] = ()
) -> tuple[Feature, ...]:
    """Those of `features` that are of one of `families` and belong to one of `tables`; without a name, all.

    Raises
    ------
    UnknownNameError
        When no feature is of a family, or belongs to a table, that is asked for; the message suggests near names.
    """
    known = {"family": {f.family for f in features}, "table": {f.table for f in features}}
    for kind, names in (("family", families), ("table", tables)):
        for name in names:
            if name not in known[kind]:
                hint = f"The listed features have: {', '.join(sorted(known[kind]))}."
                raise UnknownNameError(f"{kind} of features", name, known[kind], hint)
    return tuple(f for f in features if (not families or f.family in families) and (not tables or f.table in tables))


def found_feature(name: str, *, data: Path | None = None, bundle: Bundle | None = None) -> Feature:
    """Feature `name`: an input of `bundle`, else one of garant's or of the columns that `data` declare.

    Raises
    ------
    UnknownNameError
        When there is none; the message suggests near names.
    """
    if bundle is None:
        return feature(name, feature_extras(config_of(data)))
    known = {found.name: found for found in bundle_features(bundle)}
    if name not in known:
        hint = f"List the bundle's features with: garant feature list --bundle {bundle.folder}"
        raise UnknownNameError("feature", name, known, hint)
    return known[name]


def config_of(data: Path | None) -> TablesConfig:
    """What the ``tables.toml`` of `data` says; the defaults without a folder."""
    if data is None:
        return TablesConfig()
    return open_accepted(data).config if is_accepted(data) else load_config(data / CONFIG_NAME)
