"""One feature on a terminal and as JSON: its entry, what the data show of it, how much a model uses it."""

from typing import Any

from garant.explanations.external_notes import made_and_corrected
from garant.features.external_entries import profiles_of
from garant.metrics.psi import LEVEL, Change, Stability
from garant.models.bundle.importance import GainShare
from garant.models.feature_statistics import FeatureStatistics
from garant.runs.feature_description import FeatureDescription
from garant.runs.words import words_of
from garant.tables.external_score import ExternalScore
from garant.wording.catalogue import Wording

CHANGES = {
    Change.NONE: "no change shown",
    Change.SMALL: "a small change",
    Change.MODERATE: "a moderate change",
    Change.LARGE: "a large change",
}


def entry_rows(found: FeatureDescription, language: str) -> dict[str, str]:
    """Rows of the entry; what was not asked for is left out."""
    feature, words = found.feature, words_of([found.feature], language)
    window = str(feature.window)
    rows = {
        "name": feature.name,
        "table": feature.table,
        "raw columns": ", ".join(feature.inputs),
        "window": window,
        "unit": feature.unit.value,
        "NULL means": feature.missing.value,
        "a higher value": f"{feature.sign.value} the risk" if feature.sign.value != "none" else "no certain direction",
        "reason family": f"{feature.family} ({words.text(f'family.{feature.family}.label')})",
        "legal flag": feature.legal.value,
        "profiles": ", ".join(_profiles(found)),
        "English": words_of([feature], "en").label(feature.text, window=window),
        "French": words_of([feature], "fr").label(feature.text, window=window),
    }
    if found.statistics is not None:
        rows["share of NULL"] = _null(found.statistics)
        rows["PSI"] = _psi(found.statistics.stability)
    if found.null_in_training is not None:
        rows["share of NULL in training"] = f"{found.null_in_training:.1%}"
    if found.importance is not None:
        rows["importance"] = _importance(found.importance)
    elif found.is_unused:
        rows["importance"] = "none: the bundle does not use this feature"
    return rows | {f"external score {name}": _score(entry, words) for name, entry in found.scores.items()}


def entry_json(found: FeatureDescription) -> dict[str, Any]:
    """Return plain values for JSON, in one form always: what was not asked for is null."""
    feature, measured, used = found.feature, found.statistics, found.importance
    return {
        "name": feature.name,
        "table": feature.table,
        "raw_columns": list(feature.inputs),
        "window": str(feature.window),
        "unit": feature.unit.value,
        "missing": feature.missing.value,
        "sign": feature.sign.value,
        "family": feature.family,
        "legal": feature.legal.value,
        "profiles": _profiles(found),
        "text_en": words_of([feature], "en").label(feature.text, window=str(feature.window)),
        "text_fr": words_of([feature], "fr").label(feature.text, window=str(feature.window)),
        "null_share": {
            "labelled": None if measured is None else measured.null_labelled,
            "unlabelled": None if measured is None else measured.null_unlabelled,
            "training": found.null_in_training,
        },
        "psi": None if measured is None or measured.stability is None else _psi_json(measured.stability),
        "importance": None if used is None else {"share": used.share, "rank": used.rank, "of": used.of},
        "external_scores": {name: entry.model_dump(mode="json") for name, entry in found.scores.items()},
    }


def _profiles(found: FeatureDescription) -> list[str]:
    return [profile.value for profile in profiles_of(found.feature, found.scores)]


def _null(measured: FeatureStatistics) -> str:
    shares = {
        f"{measured.labelled} labelled": measured.null_labelled,
        f"{measured.unlabelled} unlabelled": measured.null_unlabelled,
    }
    said = ", ".join(f"{share:.1%} of {who}" for who, share in shares.items() if share is not None)
    return f"{said} applicants"


def _psi(found: Stability | None) -> str:
    if found is None:
        return "not known: it compares labelled with unlabelled applicants, and the data hold one kind only"
    return (
        f"{found.psi:.4f} over {found.bins} bins, unlabelled against labelled applicants: {CHANGES[found.change]} "
        f"(without any change {LEVEL:.1%} of samples of this size stay below {found.limit:.4f})"
    )


def _psi_json(found: Stability) -> dict[str, Any]:
    return {
        "value": found.psi,
        "limit": found.limit,
        "level": LEVEL,
        "bins": found.bins,
        "labelled": found.n_expected,
        "unlabelled": found.n_actual,
        "change": found.change.value,
    }


def _importance(used: GainShare) -> str:
    if not used.share:
        return f"none: no split of the model uses it (of {used.of} inputs)"
    return f"{used.share:.2%} of the gain, rank {used.rank} of {used.of}"


def _score(entry: ExternalScore, words: Wording) -> str:
    scale = "" if entry.range is None else f" [{entry.range[0]:g} to {entry.range[1]:g}]"
    return f"{entry.meaning(words.language)}{scale} {made_and_corrected(entry, words)}"
