"""The data dictionary: one page per language, searchable without a network, and two tables as CSV."""

from pathlib import Path

from garant.features.external_entries import profiles_of
from garant.features.feature import Profile
from garant.reports.dictionary_columns import column_lines
from garant.reports.dictionary_data import DictionaryData
from garant.reports.dictionary_features import feature_lines, measured_heads
from garant.reports.page import render_page, write_page
from garant.tables.schema import TABLES
from garant.wording.catalogue import Wording

TEMPLATE = "dictionary.html"

COLUMN_HEADS = ("column", "meaning", "type", "allowed", "use", "readers")
FEATURE_HEADS = ("feature", "meaning", "unit", "sign", "missing", "family", "profiles", "inputs")
SCORE_HEADS = ("score", "provider", "meaning", "range", "correction")

SHORT = 8
"""Readers, inputs or words that are shown at once; more of them are folded, and unfolded for the printer."""


def write_dictionary(path: Path, data: DictionaryData, *, wording: Wording, other: Wording) -> None:
    """Write the page of the dictionary in the language of `wording` to `path`, whole or not at all.

    Parameters
    ----------
    path : Path
        HTML file to write or replace.
    data : DictionaryData
        What is shown.
    wording, other : Wording
        The language of the page, and the other one; both must know the lender's own columns.
    """
    write_page(path, render(data, wording, other))


def render(data: DictionaryData, wording: Wording, other: Wording) -> str:
    """Return the page as HTML."""
    return render_page(
        TEMPLATE,
        wording,
        other_language=other.language,
        facts=_facts(data, wording),
        short=SHORT,
        tables=[
            {
                "name": table,
                "text": wording.text(f"dictionary.table.{table}"),
                "columns": list(column_lines(data, table, wording)),
                "features": list(feature_lines(data, table, wording, other)),
            }
            for table in TABLES
        ],
        column_heads=_heads(wording, COLUMN_HEADS),
        feature_heads=_heads(wording, (*FEATURE_HEADS, *measured_heads(data))),
        score_heads=_heads(wording, SCORE_HEADS),
        scores=_scores(data, wording),
        number=wording.number,
    )


def _heads(wording: Wording, names: tuple[str, ...]) -> list[str]:
    return [wording.text(f"dictionary.head.{name}") for name in names]


def _facts(data: DictionaryData, wording: Wording) -> list[str]:
    eu = sum(Profile.EU in profiles_of(feature, data.config.scores) for feature in data.features)
    said = [
        wording.text(
            "dictionary.counts",
            columns=wording.number(len(data.readers)),
            features=wording.number(len(data.features)),
            eu=wording.number(eu),
        )
    ]
    if data.data:
        measured = next(iter(data.statistics.values()), None)
        counts = (0, 0) if measured is None else (measured.labelled, measured.unlabelled)
        labelled, unlabelled = map(wording.number, counts)
        said.append(wording.text("dictionary.of_data", labelled=labelled, unlabelled=unlabelled, data=data.data))
        said.append(wording.text("dictionary.psi_read"))
    if data.bundle:
        said.append(wording.text("dictionary.of_bundle", bundle=data.bundle))
    return said


def _scores(data: DictionaryData, wording: Wording) -> list[tuple[str, ...]]:
    return [
        (
            name,
            entry.provider or wording.text("dictionary.provider_unnamed"),
            entry.meaning(wording.language),
            wording.text("report.none")
            if entry.range is None
            else wording.text(
                "dictionary.range.between",
                least=wording.number(entry.range[0], decimals=6),
                greatest=wording.number(entry.range[1], decimals=6),
            ),
            entry.correction(wording.language),
        )
        for name, entry in sorted(data.config.scores.items())
    ]
