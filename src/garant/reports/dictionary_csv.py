"""The data dictionary as two CSV files: raw columns and features, both languages side by side."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from garant.features.external_entries import profiles_of
from garant.features.feature import Feature, Profile
from garant.reports.dictionary_columns import column_lines
from garant.reports.dictionary_data import DictionaryData
from garant.tables.csv_cells import harmless
from garant.tables.schema import TABLES
from garant.wording.catalogue import Wording

COLUMNS, FEATURES = "columns.csv", "features.csv"

Row = dict[str, object]
Both = Mapping[str, Wording]
"""The languages, each knowing the lender's own columns."""


def write_tables(folder: Path, data: DictionaryData, words: Both) -> None:
    """Write `COLUMNS` and `FEATURES` to `folder`: UTF-8, comma, one header; several values of a cell by `` | ``.

    Parameters
    ----------
    folder : Path
        Folder that is there.
    data : DictionaryData
        What is written.
    words : mapping of str to Wording
        ``fr`` and ``en``.
    """
    _write(folder / COLUMNS, list(_columns(data, words)))
    _write(folder / FEATURES, list(_features(data, words)))


def _columns(data: DictionaryData, words: Both) -> Iterator[Row]:
    for table in TABLES:
        schema = data.config.table_schema(table)
        for fr, en in zip(*(column_lines(data, table, words[name]) for name in ("fr", "en")), strict=True):
            column = schema[fr.name]
            yield {
                "table": table,
                "column": fr.name,
                "text_fr": fr.text,
                "text_en": en.text,
                "kind": column.kind.value,
                "type_fr": fr.kind,
                "type_en": en.kind,
                "allowed_fr": _several(fr.allowed),
                "allowed_en": _several(en.allowed),
                "levels": _several(column.levels),
                "legal": fr.flag,
                "legal_fr": _several(fr.use),
                "legal_en": _several(en.use),
                "sensitive": column.sensitive,
                "features": _several(fr.readers),
            }


def _features(data: DictionaryData, words: Both) -> Iterator[Row]:
    for table in TABLES:
        for feature in data.of_table(table):
            yield {**_entry(feature, data, words), **_measured(feature, data)}


def _entry(feature: Feature, data: DictionaryData, words: Both) -> Row:
    window, profiles = str(feature.window), profiles_of(feature, data.config.scores)
    return {
        "feature": feature.name,
        "table": feature.table,
        **{f"text_{name}": words[name].label(feature.text, window=window) for name in ("fr", "en")},
        "unit": feature.unit.value,
        "window": window,
        "sign": feature.sign.value,
        "missing": feature.missing.value,
        "family": feature.family,
        **{f"family_{name}": words[name].text(f"family.{feature.family}.label") for name in ("fr", "en")},
        "legal": feature.legal.value,
        **{f"profile_{profile}": "yes" if profile in profiles else "no" for profile in Profile},
        "columns": _several(feature.inputs),
    }


def _measured(feature: Feature, data: DictionaryData) -> Row:
    """Values of the data and of the model; empty where they say nothing of the feature, left out without them."""
    row: Row = {}
    if data.data:
        found = data.statistics.get(feature.name)
        stability = None if found is None else found.stability
        row["null_labelled"] = None if found is None else found.null_labelled
        row["null_unlabelled"] = None if found is None else found.null_unlabelled
        row["psi"] = None if stability is None else stability.psi
        row["psi_limit"] = None if stability is None else stability.limit
        row["psi_change"] = None if stability is None else stability.change.value
    if data.bundle:
        used = data.importance.get(feature.name)
        row["gain_share"] = None if used is None else used.share
        row["gain_rank"] = None if used is None else used.rank
    return row


def _several(values: Sequence[str]) -> str:
    return " | ".join(values)


def _write(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: harmless(cell) for name, cell in row.items()} for row in rows)
