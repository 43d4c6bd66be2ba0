"""The page of `garant explain --global`."""

from datetime import date
from pathlib import Path
from typing import Literal

from garant.reports.explanation_sections import explanation_sections
from garant.reports.feature_words import FeatureWords
from garant.reports.sections_page import write_sections_page
from garant.runs.global_explanation import GlobalExplanation
from garant.runs.words import words_of


def global_words(found: GlobalExplanation, language: Literal["fr", "en"]) -> FeatureWords:
    """Words for the features of the model, those of the lender among them."""
    wording = words_of(found.features, language, currency=found.accepted.config.money.currency)
    return FeatureWords(found.features, found.bundle.columns, wording)


def write_global_page(
    path: Path, found: GlobalExplanation, words: FeatureWords, *, bundle: str, data: str, made_on: date
) -> None:
    """Write the page to `path`, whole or not at all; `bundle` and `data` are the folders as the user named them."""
    wording, content = words.wording, found.bundle.content
    text = wording.text
    report = found.accepted.report
    counts = {"quarantined": report.n_quarantined, "orphans": report.n_orphans}
    facts = [
        (text("global.fact.readers"), text("global.readers")),
        (text("global.fact.bundle"), text("compare.data", name=bundle, digest=found.bundle.digest[:12])),
        (text("compare.fact.data"), text("compare.data", name=data, digest=found.accepted.digest[:12])),
        (text("compare.fact.made"), wording.date(made_on)),
        (
            text("report.fact.label"),
            text("report.fact.label_said", label=content.label.text("fr" if wording.language == "fr" else "en")),
        ),
        (text("global.fact.profile"), content.profile),
        (text("global.fact.explained"), explained(found, words)),
    ]
    if any(counts.values()):
        said = {name: text(f"global.set_aside.{name}", n=wording.number(count)) for name, count in counts.items()}
        facts.append((text("global.fact.set_aside"), text("global.set_aside", **said)))
    sections = explanation_sections(found.views, words, notice="notice.kaggle" if content.profile == "kaggle" else None)
    write_sections_page(path, title=text("global.title"), facts=facts, sections=sections, wording=wording)


def explained(found: GlobalExplanation, words: FeatureWords) -> str:
    """How many applicants are explained, and how they were drawn where they are not all."""
    wording = words.wording
    n = wording.number(found.views.n)
    if found.views.n == found.applicants:
        return wording.text("global.explained_all", n=n)
    return wording.text("global.explained_drawn", n=n, total=wording.number(found.applicants), seed=str(found.seed))
