"""`garant report dictionary`: every raw column and every feature, with what data and a model add."""

from collections.abc import Collection, Sequence
from pathlib import Path

from garant.exceptions import UsageError
from garant.features.catalogue import catalogue, groups
from garant.features.extra import feature_extras
from garant.features.feature import Profile
from garant.models.bundle.importance import gain_shares
from garant.models.bundle.reading import Bundle
from garant.models.feature_statistics import FeatureStatistics
from garant.reports.dictionary import write_dictionary
from garant.reports.dictionary_csv import COLUMNS, FEATURES, write_tables
from garant.reports.dictionary_data import DictionaryData
from garant.runs.accept import accepted_tables
from garant.runs.bundle_columns import require_columns
from garant.runs.bundle_features import bundle_features
from garant.runs.feature_list import config_of
from garant.runs.feature_statistics import feature_statistics
from garant.runs.progress import Progress, silent
from garant.runs.words import words_of
from garant.settings import Settings
from garant.storage import atomic_folder
from garant.tables.config import TablesConfig
from garant.wording.catalogue import LANGUAGES

PAGE = "dictionary.{language}.html"


def dictionary_data(
    *,
    data: Path | None = None,
    bundle: Bundle | None = None,
    without: Collection[str] = (),
    settings: Settings,
    progress: Progress = silent,
) -> DictionaryData:
    """Gather what a data dictionary shows.

    Parameters
    ----------
    data : Path or None
        Folder of raw tables: adds the lender's own columns, shares of missing values and PSI.
    bundle : Bundle or None
        A model: adds importance, and without `data` the lender's own columns that it knows.
    without : collection of str
        Child tables of `data` to go on without.
    settings : Settings
        Memory, threads, cache.
    progress : callable
        Told about long work.

    Raises
    ------
    DataError
        When the data are refused.
    BundleError
        When the bundle was made with other definitions than these, or does not fit the data.
    """
    config = _config(data, bundle)
    return DictionaryData(
        config=config,
        features=tuple(feature for group in groups(extras=feature_extras(config)) for feature in group.features),
        statistics={} if data is None else _statistics(data, bundle, without, settings=settings, progress=progress),
        data="" if data is None else data.resolve().name,
        importance={} if bundle is None else gain_shares(bundle),
        bundle="" if bundle is None else bundle.digest[:12],
    )


def write_dictionary_folder(
    out: Path, found: DictionaryData, *, languages: Sequence[str] = LANGUAGES, overwrite: bool = False
) -> tuple[str, ...]:
    """Write the data dictionary to the folder `out`: a page per language, and both CSV files.

    Returns
    -------
    tuple of str
        Names of the files.

    Raises
    ------
    StorageError
        When `out` is there and is not to be replaced.
    """
    words = {language: words_of(found.features, language) for language in LANGUAGES}
    pages = {language: PAGE.format(language=language) for language in languages}
    with atomic_folder(out, replace=overwrite) as folder:
        write_tables(folder, found, words)
        for language, name in pages.items():
            other = next(known for known in LANGUAGES if known != language)
            write_dictionary(folder / name, found, wording=words[language], other=words[other])
    return (*pages.values(), COLUMNS, FEATURES)


def _config(data: Path | None, bundle: Bundle | None) -> TablesConfig:
    """The lender's own columns and scores: those of the data, else those that the bundle knows."""
    if data is not None or bundle is None:
        return config_of(data)
    extras, scores = bundle.content.extras or {}, bundle.content.external_scores or {}
    return TablesConfig(extra=extras, external_scores={n: e for n, e in scores.items() if e.provider is not None})


def _statistics(
    data: Path, bundle: Bundle | None, without: Collection[str], *, settings: Settings, progress: Progress
) -> dict[str, FeatureStatistics]:
    accepted = accepted_tables(data, purpose="score", without=without, settings=settings, progress=progress)
    if bundle is not None:
        require_columns(bundle_features(bundle), bundle.content, accepted, allow_missing=True)
    features = catalogue(accepted.tables, Profile.KAGGLE, feature_extras(accepted.config))
    if not features:
        raise UsageError(f"{data}: has no table that a feature reads.")
    return feature_statistics(accepted, features, settings=settings, progress=progress)
