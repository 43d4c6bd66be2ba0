"""The application itself: one row per client, so its features are row values, not aggregates."""

from garant.features import (
    application_loan,
    application_person,
    application_protected,
    external_combinations,
    external_scores,
)
from garant.features.feature import FeatureGroup
from garant.tables.point_in_time import known


def group() -> FeatureGroup:
    """Features of the table application."""
    row = known("application")
    topics = (application_loan, external_scores, external_combinations, application_person, application_protected)
    return FeatureGroup(
        name="application",
        tables=("application",),
        relation=row,
        features=tuple(feature for topic in topics for feature in topic.features(row)),
    )
