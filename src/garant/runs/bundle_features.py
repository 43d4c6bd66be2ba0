"""The definitions behind a bundle's inputs, checked to be those it was trained with."""

from garant.exceptions import BundleFormatError
from garant.features.catalogue import catalogue
from garant.features.feature import Feature, Profile
from garant.models.bundle.fingerprint import feature_fingerprint
from garant.models.bundle.reading import Bundle
from garant.runs.feature_definitions import definitions


def bundle_features(bundle: Bundle) -> tuple[Feature, ...]:
    """Features of the catalogue in the order of the bundle's inputs.

    Raises
    ------
    BundleFormatError
        When the bundle was trained with other definitions than those of this version: the same name could then mean
        another number.
    """
    own = bundle.content.extras or {}
    known = {feature.name: feature for feature in catalogue(bundle.content.tables, Profile.KAGGLE, own)}
    missing = [column.name for column in bundle.columns if column.name not in known]
    if missing:
        message = (
            f"The bundle uses {', '.join(missing[:5])}, which this version of garant does not define. Train again."
        )
        raise BundleFormatError(message)
    features = tuple(known[column.name] for column in bundle.columns)
    if feature_fingerprint(definitions(features, bundle.columns)) != bundle.content.feature_fingerprint:
        message = (
            f"The bundle was trained by garant {bundle.content.garant_version} with other definitions of its features. "
            "Use that version, or train again."
        )
        raise BundleFormatError(message)
    return features
