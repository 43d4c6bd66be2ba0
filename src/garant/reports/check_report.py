"""The page of a check: what of the raw tables is accepted, what is set aside and why, or why all of it is refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from garant.exceptions import DataError, TableError
from garant.reports.page import render_page, write_page
from garant.tables.report import AcceptanceReport, FileCount, RuleCount, Warned
from garant.tables.rules import ROW, rule_of
from garant.tables.sources import Purpose
from garant.wording.catalogue import Wording

TEMPLATE = "check_report.html"

KINDS = ("accepted", "orphans", "quarantined")
"""What becomes of a row, in the order of the bars."""

BAR_UNITS, LEAST_UNITS = 1000, 10
"""Length of a whole bar, and of the smallest part of one that can still be seen."""

LONGEST_CELL = 200
"""Letters of a cell that are shown; the whole row is in the quarantine."""

SMALL_SHARE = 0.0001
"""Below it a share would be shown as 0.00 %, and one that lacks less to the whole as 100.00 %."""


def write_check_report(
    path: Path, report: AcceptanceReport, *, folder: str, language: str = "en", losing: tuple[int, int] = (0, 0)
) -> None:
    """Write what a check found to `path`, whole or not at all.

    Parameters
    ----------
    path : Path
        HTML file to write or replace.
    report : AcceptanceReport
        What the check found.
    folder : str
        What was checked, as the user named it.
    language : {"en", "fr"}
        Language of the page.
    losing : (int, int)
        Features that lose information because optional columns are absent, and all features.
    """
    write_page(path, render(report, Wording(language), folder=folder, losing=losing))


def write_refusal(
    path: Path, error: DataError, *, folder: str, purpose: Purpose = "train", language: str = "en"
) -> None:
    """Write to `path` why the data in `folder` are refused, whole or not at all."""
    write_page(path, render_refusal(error, Wording(language), folder=folder, purpose=purpose))


def render(report: AcceptanceReport, wording: Wording, *, folder: str, losing: tuple[int, int] = (0, 0)) -> str:
    """Return the page of a check as HTML."""
    tables = [report.table(name) for name in dict.fromkeys(file.table for file in report.files)]
    return render_page(
        TEMPLATE,
        wording,
        folder=folder,
        purpose=report.purpose,
        verdict=_verdict(report, wording),
        refusal=None,
        without=", ".join(report.without),
        share_columns=[
            {"name": wording.text("check.column.table"), "kind": ""},
            {"name": wording.text("check.column.rows"), "kind": ""},
            *({"name": wording.text(f"check.column.{kind}"), "kind": kind} for kind in KINDS),
        ],
        shares=[_share_row(count, wording) for count in tables],
        orphans=report.n_orphans > 0,
        file_columns=[wording.text(f"check.column.{name}") for name in ("file", "rows", *KINDS, "bytes", "sha256")],
        files=[_file_row(count, wording) for count in report.files],
        rules=[_rule(broken, report, wording) for broken in report.rules],
        example_columns=[wording.text(f"check.column.{name}") for name in ("file", "line", "column", "value")],
        warnings=[
            *_losing_warning(losing, wording),
            *_warnings(report.warnings, wording),
            *_orphan_warnings(tables, wording),
        ],
        ignored=[visible(name) for name in report.ignored],
    )


def render_refusal(error: DataError, wording: Wording, *, folder: str, purpose: Purpose) -> str:
    """Return the page of refused data as HTML: the reason, and nothing that could be taken for a result."""
    message, rule = str(error), ""
    if isinstance(error, TableError):
        message, rule = error.french if wording.language == "fr" else message, error.rule
    return render_page(
        TEMPLATE,
        wording,
        folder=folder,
        purpose=purpose,
        verdict=wording.text("check.verdict.refused"),
        refusal={"message": visible(message), "rule": rule},
    )


def visible(text: str) -> str:
    """`text` with its invisible letters spelled out: a reader sees the no-break space in an amount."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


@dataclass(frozen=True, slots=True)
class Bar:
    """Part of a bar: what became of these rows, where the part begins and how long it is."""

    kind: str
    start: int
    width: int


def bars(count: FileCount) -> tuple[Bar, ...]:
    """Parts of the bar of a table: as long as their shares, but never too short to be seen; none for an empty table."""
    numbers = {kind: n for kind, n in zip(KINDS, _kinds(count), strict=True) if n}
    if not numbers:
        return ()
    widths = {kind: max(round(BAR_UNITS * n / count.rows), LEAST_UNITS) for kind, n in numbers.items()}
    longest = max(widths, key=lambda kind: widths[kind])
    widths[longest] -= sum(widths.values()) - BAR_UNITS
    starts = [sum(list(widths.values())[:place]) for place in range(len(widths))]
    return tuple(Bar(kind, start, width) for start, (kind, width) in zip(starts, widths.items(), strict=True))


def _kinds(count: FileCount) -> tuple[int, int, int]:
    return count.accepted, count.orphans, count.quarantined


def _verdict(report: AcceptanceReport, wording: Wording) -> str:
    if report.n_accepted == report.n_rows:
        return wording.text("check.verdict.all", n=wording.number(report.n_rows))
    return wording.text(
        "check.verdict.aside",
        n=wording.number(report.n_rows),
        accepted=wording.number(report.n_accepted),
        orphans=wording.number(report.n_orphans),
        quarantined=wording.number(report.n_quarantined),
    )


def _share_row(count: FileCount, wording: Wording) -> dict[str, object]:
    shares = (_share(n, count.rows, wording) for n in _kinds(count))
    return {"table": count.table, "cells": [wording.number(count.rows), *shares], "bars": bars(count)}


def _share(n: int, total: int, wording: Wording) -> str:
    """Share as a percentage; a part is never shown as nothing or as the whole; a dash where there are no rows."""
    if not total:
        return wording.text("report.none")
    share = n / total
    if 0 < share < SMALL_SHARE:
        return f"< {wording.percent(SMALL_SHARE, decimals=2)}"
    if 1 - SMALL_SHARE < share < 1:
        return f"> {wording.percent(1 - SMALL_SHARE, decimals=2)}"
    return wording.percent(share, decimals=2, fixed=True)


def _file_row(count: FileCount, wording: Wording) -> dict[str, object]:
    cells = [wording.number(number) for number in (count.rows, *_kinds(count), count.bytes)]
    return {"file": visible(count.file), "cells": cells, "sha256": count.sha256}


def _rule(broken: RuleCount, report: AcceptanceReport, wording: Wording) -> dict[str, object]:
    is_french = wording.language == "fr"
    table = broken.rule.partition(".")[0]
    return {
        "id": broken.rule,
        "said": _sentence(broken.fr if is_french else broken.en),
        "remedy": broken.remedy_fr if is_french else broken.remedy_en,
        "found": wording.text(
            "check.found",
            n=wording.number(broken.rows),
            table=table,
            share=_share(broken.rows, report.table(table).rows, wording),
        ),
        "examples": [
            {
                "file": visible(example.file),
                "line": str(example.line),
                "column": wording.text("check.whole_row") if example.column == ROW else visible(example.column),
                "value": None if example.value is None else visible(_shortened(example.value)),
                "nothing": wording.text("report.none" if example.column == ROW else "check.empty"),
            }
            for example in broken.examples
        ],
    }


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _shortened(cell: str) -> str:
    return cell if len(cell) <= LONGEST_CELL else cell[:LONGEST_CELL] + "…"


def _warnings(warnings: tuple[Warned, ...], wording: Wording) -> Iterator[dict[str, str]]:
    for warning in warnings:
        text = rule_of(warning.rule).text
        said, remedy = (warning.fr, text.remedy_fr) if wording.language == "fr" else (warning.en, text.remedy_en)
        where = f"{warning.table}{' ' if wording.language == 'fr' else ''}: " if warning.table else ""
        yield {"said": visible(where + said), "remedy": remedy}


def _losing_warning(losing: tuple[int, int], wording: Wording) -> Iterator[dict[str, str]]:
    n, total = losing
    if n:
        yield {"said": wording.text("check.losing", n=wording.number(n), total=wording.number(total)), "remedy": ""}


def _orphan_warnings(tables: list[FileCount], wording: Wording) -> Iterator[dict[str, str]]:
    for count in tables:
        if count.has_many_orphans:
            share = _share(count.orphans, count.rows, wording)
            yield {"said": wording.text("check.many_orphans", share=share, table=count.table), "remedy": ""}
