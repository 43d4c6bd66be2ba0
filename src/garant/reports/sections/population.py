"""Whether the applicants are still those that the model learned from: PSI of the score, CSI of the features."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from garant.metrics.psi import LARGE, MODERATE, Change, Stability
from garant.models.population import FALSE_ALARM, MIN_EXPECTED, FeatureStability, PopulationStability
from garant.reports.figure import Cells, Figure, figure
from garant.reports.lines import Axis, Line, lines_chart
from garant.reports.section import Section, SectionMaker, Table
from garant.reports.sections.cells import columns, number, percent
from garant.wording.catalogue import Wording

SHOWN = 30
"""Features in the table: those that moved most, and every one that moved by more than chance."""

FAR = (Change.MODERATE, Change.LARGE)
"""Changes that a reader must not miss."""

Compared = Literal["labelled", "unlabelled", "later"]
"""Who is compared: applicants with an outcome, those without, or those after an out-of-time split."""


def population_section(
    found: PopulationStability, labels: Mapping[str, Mapping[str, str]], *, compared: Compared
) -> SectionMaker:
    """Section on the stability of a population.

    Parameters
    ----------
    found : PopulationStability
        What was compared.
    labels : mapping of str to mapping of str to str
        By language: what each feature is called.
    compared : {"labelled", "unlabelled", "later"}
        Whose applicants these are.
    """

    def make(wording: Wording) -> Section:
        named = labels[wording.language]
        known = sum(f.found.bins > 1 for f in found.features)
        paragraphs = (
            wording.text(
                "report.population.said",
                before=wording.number(found.rows_before),
                now=wording.number(found.rows_now),
            ),
            wording.text(
                "report.population.limits",
                false_alarm=wording.percent(FALSE_ALARM),
                moved=wording.number(MODERATE, decimals=2),
                far=wording.number(LARGE, decimals=2),
                rows=wording.number(MIN_EXPECTED),
            ),
            wording.text(
                "report.population.features", n=wording.number(len(found.alarms)), known=wording.number(known)
            ),
        )
        return Section(
            name=f"population_{compared}",
            heading=wording.text(f"report.heading.population_{compared}"),
            alarms=_alarms(found, named, wording),
            paragraphs=paragraphs,
            tables=(_features(found, named, wording),),
            figures=(_score_figure(found, wording, compared=compared),),
        )

    return make


def _alarms(found: PopulationStability, named: Mapping[str, str], wording: Wording) -> tuple[str, ...]:
    """Score and features that moved by more than chance and by 0.1 or more."""
    said: list[str] = []
    if found.score.change in FAR:
        said.append(wording.text("report.population.score_moved", psi=_index(found.score.psi, wording)))
    moved = [f for f in found.alarms if f.found.change in FAR]
    if moved:
        names = ", ".join(f"{named[f.name]} ({_index(f.found.psi, wording)})" for f in moved[:5])
        said.append(wording.text("report.population.features_moved", n=wording.number(len(moved)), features=names))
    return tuple(said)


def _features(found: PopulationStability, named: Mapping[str, str], wording: Wording) -> Table:
    ordered = sorted(found.features, key=lambda f: -f.found.psi)
    shown = [f for i, f in enumerate(ordered) if i < SHOWN or f.moved]
    return Table(
        caption=wording.text("report.population.caption"),
        columns=columns(wording, "feature", "csi", "psi_limit", "bins", "null_before", "null_now", "change"),
        rows=tuple(_feature(f, named, wording) for f in shown),
    )


def _feature(feature: FeatureStability, named: Mapping[str, str], wording: Wording) -> Cells:
    found = feature.found
    return (
        named[feature.name],
        _index(found.psi, wording),
        _index(found.limit, wording),
        wording.number(found.bins),
        percent(feature.null_before, wording),
        percent(feature.null_now, wording),
        change_text(found, wording),
    )


def change_text(found: Stability, wording: Wording) -> str:
    """What a table says of a PSI."""
    return wording.text(f"report.change.{found.change.value if found.bins > 1 else 'unknown'}")


def _score_figure(found: PopulationStability, wording: Wording, *, compared: Compared) -> Figure:
    before = found.score_before / found.score_before.sum()
    now = found.score_now / found.score_now.sum()
    position = np.arange(1, len(before) + 1, dtype=np.float64)
    top = 1.25 * float(max(before.max(), now.max()))
    apart = int(np.argmax(np.abs(now - before)[1:-1])) + 1 if len(position) > 2 else 0  # noqa: PLR2004
    above = bool(now[apart] >= before[apart])
    lines = (
        Line(
            label=wording.text("report.column.share_before"),
            x=position,
            y=before,
            label_at=apart,
            align="center",
            lift=16 if above else -14,
            dots=True,
        ),
        Line(
            label=wording.text("report.column.share_now"),
            x=position,
            y=now,
            label_at=apart,
            align="center",
            lift=-14 if above else 16,
            dots=True,
        ),
    )
    drawn = figure(
        "score_shift",
        wording,
        chart=lines_chart(
            lines,
            x=Axis(title=wording.text("report.score_shift.axis"), low=0.5, high=len(position) + 0.5, number="d"),
            y=Axis(title=wording.text("report.distribution.share"), high=top),
        ),
        alternative=wording.text(
            "report.score_shift.alt",
            psi=_index(found.score.psi, wording),
            limit=_index(found.score.limit, wording),
            change=change_text(found.score, wording),
        ),
        caption_values={
            "psi": _index(found.score.psi, wording),
            "limit": _index(found.score.limit, wording),
            "change": change_text(found.score, wording),
        },
        columns=("lowest_first", "from_pd", "to_pd", "share_before", "share_now"),
        rows=tuple(
            (wording.number(i), *(percent(float(cell), wording) for cell in cells))
            for i, cells in enumerate(zip((0.0, *found.edges), (*found.edges, 1.0), before, now, strict=True), start=1)
        ),
    )
    # Two populations may stand on one page: each anchor once.
    return replace(drawn, name=f"score_shift_{compared}")


def _index(value: float, wording: Wording) -> str:
    return number(value, wording, decimals=4)
