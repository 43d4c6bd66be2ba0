"""Figures of a portfolio from a committed run: volumes, groups, map, simulation; and the groups as CSV."""

import csv
import io
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from garant.exceptions import AsideError
from garant.models.cutoff import Costs
from garant.policy.outcome import OUTCOMES, PolicyCode
from garant.reports.figure import Figure
from garant.reports.portfolio_charts import Slice, volume_chart
from garant.reports.section import Section, Table
from garant.runs.aside.dimensions import BANDS, DIMENSIONS, Dimension
from garant.runs.aside.groups import Group, Mask, chosen, groups, known_dimensions, values_of
from garant.runs.aside.map import map_section
from garant.runs.aside.scored import Scored, current_stamp, scored
from garant.runs.aside.shown import Page
from garant.runs.aside.simulated_section import simulated_section
from garant.runs.aside.simulation import Change, simulate
from garant.storage import Json, manifest_digest
from garant.tables.csv_cells import harmless
from garant.wording.catalogue import Wording

SLICE, HIGHEST = 0.01, 0.4
"""Width of a bar of PDs, and where the last one ends that is drawn: the rest joins it."""

CSV_COLUMNS = ("group", "applicants", "accepted", "referred", "refused", "approval_rate", "mean_pd", "expected_cost")


class Portfolios:
    """Keeps the run that was read last, and answers about it as long as it is what it was."""

    def __init__(self) -> None:
        self._known: dict[str, Scored] = {}

    def answer(self, question: Mapping[str, Json]) -> Json:
        """Figures of the run ``run`` for those whom ``filters`` choose, grouped by ``by``, in ``language``.

        ``cutoff`` and ``costs`` say what is simulated; with null neither is.
        """
        started = time.perf_counter()
        found = self._scored(str(question["run"]))
        read = time.perf_counter()
        words, by = Wording(str(question["language"])), _dimension(found, str(question["by"]))
        kept = chosen(found, question["filters"])
        made = groups(found, kept, by) if kept.any() else []
        costs = question["costs"]
        change = Change(question["cutoff"], Costs.parse(costs) if costs else None)
        tried = simulate(found, kept, change) if np.any(kept & ~np.isnan(found.pd)) else None
        simulated = time.perf_counter()
        sections = [
            _volumes(found, kept, made, by, words),
            *([] if tried is None else [_distribution(found, kept, words), simulated_section(tried, change, words)]),
            map_section(found, kept, Path(str(question["run"])), words),
        ]
        return {
            "run": _run(found, words),
            "rows": len(kept),
            "chosen": int(kept.sum()),
            "choices": _choices(found, words),
            "sections": Page(sections=sections, narrow=frozenset({"volume", "cost"})).as_json(),
            "csv": _csv(made, by),
            "seconds": {
                "read": read - started,
                "computed": simulated - read,
                "shown": time.perf_counter() - simulated,
            },
        }

    def _scored(self, place: str) -> Scored:
        known = self._known.get(place)
        if known is not None and known.stamp == current_stamp(Path(place)):
            return known
        self._known.clear()
        self._known[place] = scored(Path(place))
        return self._known[place]


def _dimension(found: Scored, name: str) -> Dimension:
    known = known_dimensions(found)
    for each in DIMENSIONS:
        if each == name and each in known:
            return each
    raise AsideError("by", f"the run cannot be grouped by {name}")


def _run(found: Scored, words: Wording) -> Json:
    manifest = found.run.manifest
    return {
        "id": found.run.run_id,
        "digest": manifest_digest(manifest),
        "bundle": str(manifest["bundle"]),
        "policy": str(manifest.get("policy_version", "")),
        "label": str(manifest["label"][f"text_{words.language}"]),
    }


def _choices(found: Scored, words: Wording) -> Json:
    known = known_dimensions(found)
    named = {
        by: [[value, said_value(by, value, words)] for value in values_of(found, by).unique().drop_null().to_pylist()]
        for by in known
        if by in ("product", "reason", "income")
    }
    return {
        **{by: sorted(values, key=lambda each: str(each[1])) for by, values in named.items()},
        "outcome": [[str(each), said_value("outcome", str(each), words)] for each in OUTCOMES],
        "band": [[str(n), said_value("band", str(n), words)] for n in range(len(BANDS) - 1)],
        "by": [[by, words.text(f"page.portfolio.by.{by}")] for by in known],
    }


def said_value(by: Dimension, value: str | None, words: Wording) -> str:
    """A value of a dimension in words."""
    return words.text("page.portfolio.unknown") if value is None else _SAID[by](value, words)


def _said_band(value: str, words: Wording) -> str:
    low, high = BANDS[int(value)], BANDS[int(value) + 1]
    return words.text("page.portfolio.band", low=words.percent(low), high=words.percent(high))


def _said_reason(code: str, words: Wording) -> str:
    if code in {each.name for each in PolicyCode}:
        return words.text(f"page.portfolio.rule.{code.lower()}")
    key = f"family.{code.lower()}.label"
    return words.text(key) if words.has(key) else code


_SAID: Mapping[Dimension, Callable[[str, Wording], str]] = {
    "product": lambda value, words: words.level("NAME_CONTRACT_TYPE", value),
    "income": lambda value, words: words.level("NAME_INCOME_TYPE", value),
    "outcome": lambda value, words: words.text(f"outcome.{value}.name"),
    "band": _said_band,
    "reason": _said_reason,
    "month": lambda value, words: value,  # noqa: ARG005 - a month is written alike in both languages
}


def _volumes(found: Scored, kept: Mask, made: Sequence[Group], by: Dimension, words: Wording) -> Section:
    number, percent = words.number, words.percent
    everybody = int(kept.sum())
    counts = np.bincount(found.outcome[kept], minlength=3)
    has_loss = any(each.loss is not None for each in made)
    names = ["applicants", "accept", "refer", "refuse", "mean_pd"]
    heads = [words.text(f"report.column.{name}") for name in names]
    heads.insert(4, words.text("page.portfolio.rate"))
    heads.append(words.text("page.portfolio.cost"))
    if has_loss:
        heads.append(words.text("report.column.expected_loss"))
    none = words.text("report.none")
    rows = [
        (
            said_value(by, each.key, words),
            *(number(n) for n in (each.rows, each.accepted, each.referred, each.refused)),
            percent(each.approval_rate, fixed=True),
            none if each.mean_pd is None else percent(each.mean_pd, fixed=True),
            none if each.cost is None else number(each.cost, decimals=3, fixed=True),
            *([none if each.loss is None else words.money(each.loss)] if has_loss else []),
        )
        for each in made
    ]
    if not everybody:
        return Section(
            name="volumes",
            heading=words.text("page.portfolio.volumes"),
            paragraphs=(words.text("page.portfolio.nobody"),),
        )
    said = words.text(
        "page.portfolio.chosen",
        n=number(everybody),
        all=number(len(kept)),
        accepted=percent(counts[0] / everybody),
        referred=percent(counts[1] / everybody),
        refused=percent(counts[2] / everybody),
    )
    table = Table(
        caption=words.text("page.portfolio.groups"),
        columns=(words.text(f"page.portfolio.by.{by}"), *heads),
        rows=tuple(rows),
    )
    return Section(
        name="volumes",
        heading=words.text("page.portfolio.volumes"),
        paragraphs=(said, words.text("page.portfolio.cost_said")),
        tables=(table,),
    )


def _distribution(found: Scored, kept: Mask, words: Wording) -> Section:
    known = kept & ~np.isnan(found.pd)
    edges = np.arange(0.0, HIGHEST + SLICE / 2, SLICE)
    at = np.clip(np.searchsorted(edges, found.pd[known], side="right") - 1, 0, len(edges) - 2)
    outcome = found.outcome[known]
    by = [np.bincount(at[outcome == code], minlength=len(edges) - 1) for code in range(len(OUTCOMES))]
    slices = [
        Slice(float(edges[i]), float(edges[i + 1]), {str(o): int(by[code][i]) for code, o in enumerate(OUTCOMES)})
        for i in range(len(edges) - 1)
    ]
    cutoffs = np.unique(found.today.cutoff[known])
    cutoff = float(cutoffs[0]) if len(cutoffs) == 1 else None
    said = {str(o): words.text(f"outcome.{o}.name") for o in OUTCOMES}
    chart = volume_chart(
        slices,
        cutoff,
        words={
            "x": words.text("report.column.pd"),
            "y": words.text("report.column.applicants"),
            "outcome": words.text("page.portfolio.by.outcome"),
            "cutoff": "" if cutoff is None else words.text("report.cutoff_mark", cutoff=words.percent(cutoff)),
            **said,
        },
    )
    figure = Figure(
        name="volume",
        heading=words.text("page.portfolio.distribution"),
        caption=words.text("page.portfolio.distribution_caption", highest=words.percent(HIGHEST)),
        alternative=words.text(
            "page.portfolio.distribution_alt",
            n=words.number(int(known.sum())),
            median=words.percent(float(np.median(found.pd[known]))),
            accepted=words.percent(float(np.mean(outcome == 0))),
        ),
        chart=chart,
        language=words.language,
        columns=(
            words.text("report.column.from_pd"),
            words.text("report.column.to_pd"),
            *(words.text(f"report.column.{o}") for o in OUTCOMES),
        ),
        rows=tuple(
            (
                words.percent(each.low),
                words.percent(1.0 if each is slices[-1] else each.high),
                *(words.number(each.counts[str(o)]) for o in OUTCOMES),
            )
            for each in slices
        ),
    )
    return Section(name="distribution", heading=words.text("page.portfolio.by_pd"), figures=(figure,))


def _key(key: str | None, by: Dimension) -> str:
    """A value as programs read it: a band by its ends."""
    if key is None:
        return ""
    return f"{BANDS[int(key)]:g}-{BANDS[int(key) + 1]:g}" if by == "band" else key


def _csv(made: Sequence[Group], by: Dimension) -> str:
    has_loss = any(each.loss is not None for each in made)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*CSV_COLUMNS, *(["expected_loss"] if has_loss else [])])
    for each in made:
        counts = (each.rows, each.accepted, each.referred, each.refused)
        cells = (
            _key(each.key, by),
            *counts,
            each.approval_rate,
            each.mean_pd,
            each.cost,
            *([each.loss] if has_loss else []),
        )
        writer.writerow(["" if cell is None else harmless(cell) for cell in cells])
    return text.getvalue()
