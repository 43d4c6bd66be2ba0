"""Which external scores a feature rests on, and what is known of each of them."""

from collections.abc import Collection, Mapping

from garant.features.feature import Feature, Legal, Profile
from garant.tables.external_score import ExternalScore

Scores = Mapping[str, ExternalScore]
"""Where external scores come from, by column of the application."""


def score_columns(feature: Feature) -> tuple[str, ...]:
    """Columns of the application that `feature` reads and that are external scores; none for other features."""
    if feature.legal is not Legal.EXTERNAL:
        return ()
    return tuple(name.partition(".")[2] for name in feature.inputs)


def scores_read(features: Collection[Feature], known: Scores) -> dict[str, ExternalScore]:
    """Entries of `known` behind `features`, by column; a score without an entry has none."""
    columns = sorted({column for feature in features for column in score_columns(feature)})
    return {column: known[column] for column in columns if column in known}


def profiles_of(feature: Feature, known: Scores) -> tuple[Profile, ...]:
    """Profiles whose models may use `feature`: ``eu`` asks of the lender's own external score an entry in `known`."""
    own = feature.own
    unexplained = own is not None and feature.legal is Legal.EXTERNAL and own.name not in known
    return tuple(p for p in Profile if feature.in_profile(p) and not (unexplained and p is Profile.EU))
