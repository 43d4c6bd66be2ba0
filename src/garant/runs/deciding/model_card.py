"""The model that decides, in short: what it tells, how well, from what, and how much each input counts."""

from typing import Any

from garant.decisions.record import Language
from garant.models.bundle.content import BundleContent, MetricEntry
from garant.models.bundle.importance import gain_shares
from garant.models.bundle.reading import Bundle
from garant.models.product_cutoffs import CutoffTerms
from garant.runs.bundle_features import bundle_features
from garant.runs.words import words_of

_LIMITS = ("fast", "kaggle", "label", "no_out_of_time", "no_refer_band", "importance")


def model_card(bundle: Bundle, language: Language, *, engine: str) -> dict[str, Any]:
    """Card of `bundle` as JSON.

    Parameters
    ----------
    bundle : Bundle
        What decides.
    language : {"fr", "en"}
        Of labels and limits.
    engine : str
        What computes the features of one client.

    Returns
    -------
    dict
        ``bundle`` (digest), ``label``, ``metrics`` with 95 % intervals, ``tables``, ``training``, ``split``, ``costs``,
        ``cutoff``, ``refer_band``, ``products``, ``importance`` (share of the gain of all splits, the largest first),
        ``limits``: everything from the bundle, nothing invented.
    """
    content = bundle.content
    words = words_of(bundle_features(bundle), language)
    shares = gain_shares(bundle)
    importance = [
        {
            "feature": entry.name,
            "label": words.label(entry.text, window=entry.window),
            "family": words.text(f"family.{entry.family}.label"),
            "share": shares[entry.name].share,
            "rank": shares[entry.name].rank,
        }
        for entry in content.features
    ]
    return {
        "bundle": bundle.digest,
        "features": content.feature_fingerprint,
        "garant_version": content.garant_version,
        "profile": content.profile,
        "language": language,
        "engine": engine,
        "label": {"name": content.label.name, "text": content.label.text(language)},
        "metrics": {
            "out_of_fold": _metrics(content.metrics.out_of_fold),
            "out_of_time": None if content.metrics.out_of_time is None else _metrics(content.metrics.out_of_time),
        },
        "tables": list(content.tables),
        "training": {
            "rows": content.training.rows,
            "positives": content.training.positives,
            "folds": content.training.folds,
            "trees": content.training.iteration,
            "fast": content.training.fast,
        },
        "split": content.split.model_dump(mode="json"),
        **_terms(content.cutoffs.single),
        "products": {name: _terms(terms) for name, terms in content.cutoffs.products.items()},
        "importance": sorted(importance, key=lambda each: (each["rank"], each["feature"])),
        "limits": [words.text(f"model.limit.{limit}") for limit in _LIMITS if _holds(limit, content)],
    }


def _metrics(entries: dict[str, MetricEntry]) -> dict[str, Any]:
    return {name: {"value": m.value, "low": m.low, "high": m.high} for name, m in entries.items()}


def _terms(terms: CutoffTerms) -> dict[str, Any]:
    band = terms.refer_band
    return {"costs": str(terms.costs), "cutoff": terms.cutoff, "refer_band": [band.lower, band.upper]}


def _holds(limit: str, content: BundleContent) -> bool:
    """Whether a limit must be said of this model."""
    match limit:
        case "fast":
            return content.training.fast
        case "kaggle":
            return content.profile == "kaggle"
        case "label":
            return not content.label.is_default
        case "no_out_of_time":
            return content.metrics.out_of_time is None
        case "no_refer_band":
            return content.refer_band.lower == content.refer_band.upper
        case _:
            return True
