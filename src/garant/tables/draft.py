"""Drafts a ``tables.toml``: which file is which table, which column is which, and what a person must check."""

import difflib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from garant.exceptions import UsageError
from garant.tables.config import ReadOptions
from garant.tables.probe import Probe, probe
from garant.tables.schema import OPTIONAL_COLUMNS, TABLES
from garant.tables.source_file import SourceFile, format_of, stem_of
from garant.tables.sources import visible
from garant.tables.table_columns import LABEL

_LABEL_WORDS = ("target", "default", "label", "bad", "defaut", "défaut", "impay", "difficult")

_SCORE_WORD = re.compile(r"(?<![a-z])(?:score|scoring|fico|rating)(?![a-z])")

_SAME_TABLE = 0.5
"""Share of a table's columns that a file must have to be taken for it."""

_NEAR_NAME = 0.8
"""Similarity from which two column names are taken for one."""

_TEMPLATE = """
# What a PD means here; shown wherever a PD is shown. Without this section: the Home Credit definition.
# [label]
# name = ""
# days_past_due = 90
# window_months = 12
# text_fr = "PD (…)"
# text_en = "PD (…)"

# What amounts mean. Until the period is declared, no sentence states a share of income.
# [money]
# period = "month"
# currency = "EUR"
# charges = ""          # column with all known charges, the instalment asked for included

# Where an external score comes from, for whoever is refused because of it. Without the section, EXT_SOURCE_1 to 3 say
# that nobody names their provider, and a column of yours with the legal flag "external" stays out of profile eu.
# [external_scores.EXT_SOURCE_1]
# provider = ""
# meaning_fr = ""
# meaning_en = ""
# range = [0.0, 1.0]
# correction_fr = ""    # how the person obtains and corrects the score
# correction_en = ""

# A column of yours that should become a feature.
# [extra.MY_COLUMN]
# type = "count"        # money, days, months, years, count, rating, flag, rate, category, date
# sign = "none"         # raises, lowers: what a higher value does to the risk
# legal = "allowed"     # external, proxy, fairness_only, banned
# text_fr = ""
# text_en = ""
"""


def draft_config(folder: Path) -> str:
    """Text of a ``tables.toml`` for `folder`.

    Nothing is guessed in silence: each guess carries the word "guess" and its reason.

    Raises
    ------
    UsageError
        When `folder` is no folder.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder. Give the folder that holds the raw tables.")
    sources = _assigned(folder)
    lines = ["# Drafted by `garant init`. Check every line marked 'guess'.", "", "[tables]"]
    lines += list(_table_lines(sources))
    for table in TABLES:
        probes = [look for name, _, look in sources if name == table and look is not None]
        lines += _column_lines(table, probes)
        lines += _read_lines(table, probes)
    return "\n".join(lines) + "\n" + _TEMPLATE


def _assigned(folder: Path) -> list[tuple[str | None, Path, Probe | None]]:
    """Table, path and first look of each source in `folder`; no table where nothing fits."""
    by_stem = {stem: name for name, schema in TABLES.items() for stem in schema.files}
    found: list[tuple[str | None, Path, Probe | None]] = []
    for path in visible(folder):
        look = _look(path)
        if look is not None:
            found.append((by_stem.get(stem_of(path)), path, look))
    named = {name for name, _, _ in found}
    free = [name for name in TABLES if name not in named]
    return [(name or _most_similar(look, free), path, look) for name, path, look in found]


def _look(path: Path) -> Probe | None:
    """First look at a file, or at the first part of a folder."""
    file = next((part for part in visible(path) if format_of(part)), None) if path.is_dir() else path
    kind = format_of(file) if file is not None else None
    return probe(SourceFile("", file, file.name, kind)) if file is not None and kind is not None else None


def _most_similar(look: Probe | None, tables: Sequence[str]) -> str | None:
    """The one of `tables` with the largest share of its columns in the file, if that is at least one half."""
    if look is None or not tables:
        return None
    best = max(tables, key=lambda name: _share(name, look))
    return best if _share(best, look) >= _SAME_TABLE else None


def _share(table: str, look: Probe) -> float:
    names = {name.strip().casefold() for name in look.names}
    known = TABLES[table].names
    return sum(name.casefold() in names for name in known) / len(known)


def _table_lines(sources: Sequence[tuple[str | None, Path, Probe | None]]) -> Iterator[str]:
    for table in TABLES:
        mine = [(path, look) for name, path, look in sources if name == table]
        if not mine:
            hint = f", or work with --without {table}" if TABLES[table].parent else ""
            yield f'# {table} = ""          # not found: name it{hint}'
            continue
        names = [path.name for path, _ in mine]
        certain = all(stem_of(path) in TABLES[table].files for path, _ in mine)
        line = f"{table} = {_quoted(names if len(names) > 1 else names[0])}"
        look = mine[0][1]
        share = "" if look is None else f"{_share(table, look):.0%} of the columns of {table}"
        yield line if certain else f"{line}          # guess: it has {share}"
    for name, path, _ in sources:
        if name is None:
            yield f"# {_quoted(path.name)}: no table of ours"


def _column_lines(table: str, probes: Sequence[Probe]) -> list[str]:
    """Section [columns.TABLE] with near names of columns that no file has."""
    schema = TABLES[table]
    theirs = list(dict.fromkeys(name for look in probes for name in look.names))
    known = {name.casefold() for name in schema.names}
    there = {name.strip().casefold() for name in theirs}
    extra = [name for name in theirs if name.strip().casefold() not in known]
    lines: list[str] = []
    for name in schema.names:
        if not probes or name.casefold() in there or name in OPTIONAL_COLUMNS:
            continue
        near = _label_guess(extra, probes) if name == LABEL else _near(name, extra)
        if near is not None:
            extra.remove(near[0])
            lines.append(f"{name} = {_quoted(near[0])}          # guess: {near[1]}")
        elif schema[name].required:
            lines.append(f'# {name} = ""          # required, not found')
    if extra:
        lines.append(f"# not used: {', '.join(map(_quoted, extra))}")
    scores = [name for name in extra if table == "application" and _SCORE_WORD.search(name.casefold())]
    hint = "may be an external score: see [extra] (legal = external) and [external_scores]"
    lines += [f"# {_quoted(name)} {hint}" for name in scores]
    return ["", f"[columns.{table}]          # our name = the file's name", *lines] if lines else []


def _near(name: str, extra: Sequence[str]) -> tuple[str, str] | None:
    by_fold = {theirs.strip().casefold(): theirs for theirs in extra}
    found = difflib.get_close_matches(name.casefold(), by_fold, n=1, cutoff=_NEAR_NAME)
    return (by_fold[found[0]], "near name") if found else None


def _label_guess(extra: Sequence[str], probes: Sequence[Probe]) -> tuple[str, str] | None:
    """A column that is called like a label and holds only 0 and 1."""
    for name in extra:
        cells = {cell for look in probes for cell in look.cells.get(name, ())}
        if any(word in name.casefold() for word in _LABEL_WORDS) and cells <= {"0", "1", "0.0", "1.0"}:
            what = "its first rows hold only 0 and 1" if cells else "by its name only"
            return name, f"{what}; check that 1 means default, and fill in [label]"
    return None


def _read_lines(table: str, probes: Sequence[Probe]) -> list[str]:
    """Section [read.TABLE] where the defaults do not fit."""
    if not probes:
        return []
    usual, found = ReadOptions(), probes[0].options
    lines = [
        f"{key} = {_quoted(getattr(found, key))}          # guess: from the first rows"
        for key in ReadOptions.model_fields
        if getattr(found, key) != getattr(usual, key)
    ]
    return ["", f"[read.{table}]", *lines] if lines else []


def _quoted(value: str | Sequence[str]) -> str:
    """A TOML string or list of strings; names of files and columns may hold anything."""
    return json.dumps(value, ensure_ascii=False)
