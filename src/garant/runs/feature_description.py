"""`garant feature describe`: one feature with everything that is known of it."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from garant.exceptions import UnknownNameError
from garant.features.external_entries import scores_read
from garant.features.feature import Feature
from garant.models.bundle.importance import GainShare, gain_shares
from garant.models.bundle.reading import Bundle
from garant.models.bundle.reference import REFERENCE_FILE, null_shares
from garant.models.feature_statistics import FeatureStatistics
from garant.runs.accept import accepted_tables
from garant.runs.bundle_columns import require_columns
from garant.runs.feature_list import config_of, found_feature
from garant.runs.feature_statistics import feature_statistics
from garant.runs.progress import Progress, silent
from garant.settings import Settings
from garant.tables.external_score import PUBLIC_SCORES, ExternalScore


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureDescription:
    """One feature.

    Parameters
    ----------
    feature : Feature
        Its entry in the catalogue.
    scores : dict of str to ExternalScore
        Entries of the external scores that it rests on, by column.
    statistics : FeatureStatistics or None
        What the applicants of the data show; None without data.
    null_in_training : float or None
        Share of NULL among the applicants that the bundle was trained on; None without a bundle.
    importance : GainShare or None
        How much the bundle's model uses it; None without a bundle.
    is_unused : bool
        Whether there is a bundle that does not use it.
    """

    feature: Feature
    scores: dict[str, ExternalScore]
    statistics: FeatureStatistics | None = None
    null_in_training: float | None = None
    importance: GainShare | None = None
    is_unused: bool = False


def _feature(name: str, *, data: Path | None, bundle: Bundle | None) -> tuple[Feature, bool]:
    """The feature, and whether the bundle uses it: one that it does not use may still be one of the catalogue's."""
    try:
        return found_feature(name, data=data, bundle=bundle), bundle is not None
    except UnknownNameError:
        if bundle is not None:
            with suppress(UnknownNameError):
                return found_feature(name, data=data, bundle=None), False
        raise


def describe(
    name: str,
    *,
    data: Path | None = None,
    bundle: Bundle | None = None,
    without: Collection[str] = (),
    settings: Settings,
    progress: Progress = silent,
) -> FeatureDescription:
    """Describe the feature `name`: an input of `bundle`, else one of garant's or of the columns that `data` declare.

    With `data` the raw tables are accepted as for scoring, and the feature is built for all applicants.

    Raises
    ------
    UnknownNameError
        When there is no such feature; the message suggests near names.
    DataError
        When the data are refused.
    BundleColumnsError
        When the data declare the lender's own columns otherwise than the bundle.
    """
    feature, used = _feature(name, data=data, bundle=bundle)
    is_unused = bundle is not None and not used
    bundle = bundle if used else None
    stated = config_of(data).scores if bundle is None else {**PUBLIC_SCORES, **(bundle.content.external_scores or {})}
    found = FeatureDescription(
        feature=feature,
        is_unused=is_unused,
        scores=scores_read([feature], stated),
        null_in_training=None if bundle is None else null_shares(bundle.files[REFERENCE_FILE])[name],
        importance=None if bundle is None else gain_shares(bundle)[name],
    )
    if data is None:
        return found
    accepted = accepted_tables(data, purpose="score", without=without, settings=settings, progress=progress)
    if bundle is not None:
        require_columns([feature], bundle.content, accepted, allow_missing=True)
    measured = feature_statistics(accepted, [feature], settings=settings, progress=progress)[name]
    return replace(found, statistics=measured)
