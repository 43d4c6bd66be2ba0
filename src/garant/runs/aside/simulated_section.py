"""The simulation of a portfolio as a section: today beside what is tried, and the cost at every cut-off."""

import numpy as np

from garant.reports.charts import cost_chart
from garant.reports.figure import Cells, Figure
from garant.reports.section import Section, Table
from garant.runs.aside.simulation import Change, Figures, Simulated
from garant.wording.catalogue import Wording

ROW_STEP = 10
"""The table beside the curve shows every tenth of its points, and the cut-off."""


def simulated_section(found: Simulated, change: Change, words: Wording) -> Section:
    """Section on what was tried, or on today alone where nothing was."""
    tables = (_beside(found, words),) if change.is_any else ()
    said = [words.text("page.portfolio.only_simulated")]
    if change.is_any:
        said.append(
            words.text(
                "page.portfolio.tried",
                cutoff=words.percent(found.cutoff, decimals=2),
                ratio=words.number(found.costs.ratio, decimals=2),
                n=words.number(found.changed),
            )
        )
    return Section(
        name="simulation",
        heading=words.text("page.portfolio.simulation"),
        paragraphs=tuple(said),
        tables=tables,
        figures=(_curve(found, words),),
    )


def _beside(found: Simulated, words: Wording) -> Table:
    today, tried = found.today, found.tried
    return Table(
        caption=words.text("page.portfolio.beside"),
        columns=tuple(
            words.text(key)
            for key in (
                "report.column.measure",
                "page.portfolio.today",
                "page.portfolio.simulated",
                "report.column.difference",
            )
        ),
        rows=(
            _counted("report.column.accept", today.accepted, tried.accepted, words),
            _counted("report.column.refer", today.referred, tried.referred, words),
            _counted("report.column.refuse", today.refused, tried.refused, words),
            _share(today, tried, words),
            _counted("page.portfolio.bad", round(today.bad), round(tried.bad), words),
            _cost(today, tried, words),
        ),
    )


def _counted(key: str, today: int, tried: int, words: Wording) -> Cells:
    return (
        words.text(key),
        words.number(today),
        words.number(tried),
        _signed(words.number(abs(tried - today)), tried - today),
    )


def _share(today: Figures, tried: Figures, words: Wording) -> Cells:
    before, after = today.accepted / today.rows, tried.accepted / tried.rows
    shown = (words.percent(each, decimals=2, fixed=True) for each in (before, after))
    gap = words.text("page.portfolio.points", value=words.number(abs(after - before) * 100, decimals=2, fixed=True))
    return words.text("page.portfolio.rate"), *shown, _signed(gap, after - before)


def _cost(today: Figures, tried: Figures, words: Wording) -> Cells:
    before, after, gap = (
        words.number(each, decimals=4, fixed=True) for each in (today.cost, tried.cost, abs(tried.cost - today.cost))
    )
    return words.text("page.portfolio.cost"), before, after, _signed(gap, tried.cost - today.cost)


def _signed(text: str, difference: float) -> str:
    """Difference with its sign; a true minus, which screen readers say."""
    return f"+{text}" if difference > 0 else f"−{text}" if difference < 0 else str(text)


def _curve(found: Simulated, words: Wording) -> Figure:
    cutoffs, costs, accepted = found.curve
    lowest = int(np.argmin(costs))
    shown = sorted({*range(0, len(cutoffs), ROW_STEP), int(np.argmin(np.abs(cutoffs - found.cutoff)))})
    mark = words.text("report.cutoff_mark", cutoff=words.percent(found.cutoff, decimals=2))
    return Figure(
        name="cost",
        heading=words.text("report.heading.cost"),
        caption=words.text("page.portfolio.curve_caption", ratio=words.number(found.costs.ratio, decimals=2)),
        alternative=words.text(
            "page.portfolio.curve_alt",
            lowest=words.number(float(costs[lowest]), decimals=4, fixed=True),
            at=words.percent(float(cutoffs[lowest]), decimals=2),
            cutoff=words.percent(found.cutoff, decimals=2),
        ),
        chart=cost_chart(
            (cutoffs, costs),
            min(found.cutoff, float(cutoffs[-1])),
            words={
                "x": words.text("report.column.cutoff"),
                "y": words.text("page.portfolio.cost"),
                "cutoff": mark,
            },
        ),
        language=words.language,
        columns=tuple(
            words.text(key) for key in ("report.column.cutoff", "page.portfolio.cost", "page.portfolio.not_refused")
        ),
        rows=tuple(
            (
                words.percent(float(cutoffs[i]), decimals=2, fixed=True),
                words.number(float(costs[i]), decimals=4, fixed=True),
                words.percent(float(accepted[i]), fixed=True),
            )
            for i in shown
        ),
    )
