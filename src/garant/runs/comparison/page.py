"""The page of a comparison, and the language that can name everything on it."""

from datetime import date
from pathlib import Path
from typing import Literal

from garant.reports.sections_page import write_sections_page
from garant.runs.bundle_features import bundle_features
from garant.runs.comparison.compare import Comparison
from garant.runs.comparison.sections import comparison_sections
from garant.runs.words import words_of
from garant.wording.catalogue import Wording


def comparison_wording(found: Comparison, language: Literal["fr", "en"]) -> Wording:
    """Wording that knows the lender's own columns of both bundles."""
    features = {feature.name: feature for bundle in (found.a, found.b) for feature in bundle_features(bundle)}
    return words_of(tuple(features.values()), language, currency=found.currency)


def write_comparison(
    path: Path, found: Comparison, wording: Wording, *, names: tuple[str, str], data: str, made_on: date
) -> None:
    """Write the page to `path`; `names` are the two bundles and `data` the folder as the user named them."""
    label = found.a.content.label.text("fr" if wording.language == "fr" else "en")
    facts = [
        *(
            (
                letter,
                wording.text("compare.bundle", name=name, digest=bundle.digest[:12], costs=str(bundle.content.costs)),
            )
            for letter, name, bundle in zip("AB", names, (found.a, found.b), strict=True)
        ),
        (wording.text("compare.fact.data"), wording.text("compare.data", name=data, digest=found.data[:12])),
        (wording.text("compare.fact.made"), wording.date(made_on)),
        (wording.text("report.fact.label"), wording.text("report.fact.label_said", label=label)),
        (wording.text("report.fact.applicants"), wording.number(len(found.pairs))),
    ]
    write_sections_page(
        path,
        title=wording.text("compare.title"),
        facts=facts,
        sections=comparison_sections(found, wording),
        wording=wording,
    )
