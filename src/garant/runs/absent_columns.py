"""Optional columns that the data do not have: which features lose information."""

from collections.abc import Collection, Mapping

from garant.features.catalogue import catalogue_of
from garant.features.feature import Feature, Profile
from garant.tables.accepted import AcceptedTables

Columns = Mapping[str, tuple[str, ...]]
"""Names by table, or features by column."""

ABSENT_COLUMNS = "warning.absent_columns"
"""Rule of the warnings table by table, in whose place `absent_warning` says one sentence."""


def features_by_column(features: Collection[Feature], absent: Columns) -> dict[str, tuple[str, ...]]:
    """Names of the features that read a column of `absent`, by ``table.COLUMN``; columns that none reads have none."""
    columns = [f"{table}.{column}" for table in sorted(absent) for column in absent[table]]
    readers: dict[str, list[str]] = {column: [] for column in columns}
    for feature in features if columns else ():
        for column in feature.inputs:
            if column in readers:
                readers[column].append(feature.name)
    return {column: tuple(sorted(found)) for column, found in readers.items()}


def losing_information(accepted: AcceptedTables, profile: Profile = Profile.EU) -> dict[str, tuple[str, ...]]:
    """Features of `profile` that lose information in these data, by absent column."""
    absent = absent_of(accepted)
    return features_by_column(_features(accepted, profile), absent) if absent else {}


def features_losing_information(accepted: AcceptedTables, profile: Profile = Profile.EU) -> tuple[int, int]:
    """Features of `profile` that lose information in these data, and all of them."""
    losing = {feature for features in losing_information(accepted, profile).values() for feature in features}
    return len(losing), len(_features(accepted, profile))


def absent_warning(accepted: AcceptedTables, profile: Profile = Profile.EU) -> str | None:
    """One sentence about all absent columns, with the number of features that lose information; None without any."""
    by_column = losing_information(accepted, profile)
    if not by_column:
        return None
    losing, n_features = features_losing_information(accepted, profile)
    columns = "1 optional column is" if len(by_column) == 1 else f"{len(by_column)} optional columns are"
    features = "1 feature loses" if losing == 1 else f"{losing} features lose"
    return (
        f"{columns} absent and read as empty: {', '.join(by_column)}; {features} information, of {n_features} of "
        f"profile {profile.value}."
    )


def _features(accepted: AcceptedTables, profile: Profile) -> tuple[Feature, ...]:
    return catalogue_of(accepted.config, accepted.tables, profile)


def absent_of(accepted: AcceptedTables) -> dict[str, tuple[str, ...]]:
    """Absent columns of the tables that are used."""
    return {table: columns for table, columns in accepted.report.absent.items() if table in accepted.tables}
