"""Features in a data dictionary: what each is, from which raw columns, and what data and a model say of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from garant.features.external_entries import profiles_of
from garant.features.feature import Feature, Profile
from garant.metrics.psi import Stability
from garant.models.bundle.importance import GainShare
from garant.models.feature_statistics import FeatureStatistics
from garant.reports.dictionary_data import DictionaryData
from garant.wording.catalogue import WINDOWS_NOT_SAID, Wording


@dataclass(frozen=True, slots=True)
class FeatureLine:
    """One feature in one language.

    Parameters
    ----------
    name : str
        Its name.
    text, other_text : str
        What it is, in the language and in the other one.
    unit, sign, missing, family : str
        Its entry in words, the window beside the unit.
    flag : str
        Legal flag.
    use : tuple of str
        The flag and the profiles in words.
    inputs : tuple of str
        Raw columns, ``table.COLUMN``.
    measured : tuple of str
        Share of missing values and PSI where data were given, importance where a model was.
    """

    name: str
    text: str
    other_text: str
    unit: tuple[str, ...]
    sign: str
    missing: str
    family: str
    flag: str
    use: tuple[str, ...]
    inputs: tuple[str, ...]
    measured: tuple[str, ...]


def feature_lines(data: DictionaryData, table: str, wording: Wording, other: Wording) -> Iterator[FeatureLine]:
    """Lines of the features of `table`, by name.

    Parameters
    ----------
    data : DictionaryData
        Everything.
    table : str
        Raw table that the features belong to.
    wording, other : Wording
        The language of the dictionary, and the other one.
    """
    for feature in data.of_table(table):
        window = str(feature.window)
        yield FeatureLine(
            name=feature.name,
            text=wording.label(feature.text, window=window),
            other_text=other.label(feature.text, window=window),
            unit=tuple(_unit(feature, wording)),
            sign=wording.text(f"dictionary.sign.{feature.sign}"),
            missing=wording.text(f"dictionary.missing.{feature.missing}"),
            family=wording.text(f"family.{feature.family}.label"),
            flag=feature.legal.value,
            use=(wording.text(f"dictionary.legal.{feature.legal}"), _profiles(feature, data, wording)),
            inputs=feature.inputs,
            measured=tuple(_measured(feature, data, wording)),
        )


def measured_heads(data: DictionaryData) -> tuple[str, ...]:
    """Ends of the text ids ``dictionary.head.<…>`` of what `_measured` tells."""
    return (*(("null", "psi") if data.data else ()), *(("importance",) if data.bundle else ()))


def _unit(feature: Feature, wording: Wording) -> Iterator[str]:
    yield wording.text(f"dictionary.unit.{feature.unit}")
    if str(feature.window) not in WINDOWS_NOT_SAID:
        yield wording.window(str(feature.window))


def _profiles(feature: Feature, data: DictionaryData, wording: Wording) -> str:
    profiles = profiles_of(feature, data.config.scores)
    which = "eu" if Profile.EU in profiles else "kaggle" if profiles else "none"
    return wording.text(f"dictionary.profile.{which}")


def _measured(feature: Feature, data: DictionaryData, wording: Wording) -> Iterator[str]:
    if data.data:
        found = data.statistics.get(feature.name)
        yield _null(found, wording)
        yield _psi(None if found is None else found.stability, wording)
    if data.bundle:
        yield _importance(data.importance.get(feature.name), wording)


def _null(found: FeatureStatistics | None, wording: Wording) -> str:
    nothing = wording.text("report.none")
    if found is None:
        return nothing
    shares = (found.null_labelled, found.null_unlabelled)
    labelled, unlabelled = (nothing if share is None else wording.percent(share) for share in shares)
    return wording.text("dictionary.null", labelled=labelled, unlabelled=unlabelled)


def _psi(found: Stability | None, wording: Wording) -> str:
    if found is None:
        return wording.text("report.none")
    return wording.text(
        "dictionary.psi",
        psi=wording.number(found.psi, decimals=3, fixed=True),
        limit=wording.number(found.limit, decimals=3, fixed=True),
        change=wording.text(f"dictionary.change.{found.change}"),
    )


def _importance(used: GainShare | None, wording: Wording) -> str:
    if used is None:
        return wording.text("dictionary.unused")
    if not used.share:
        return wording.text("dictionary.no_split")
    share, rank = wording.percent(used.share, decimals=2, fixed=True), wording.number(used.rank)
    return wording.text("dictionary.gain", share=share, rank=rank)
