"""What the decisions cost under other costs: at the cut-off that these give, and at today's."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from garant.models.cost_ratios import CostAtRatio, costs_by_ratio
from garant.models.cutoff import Costs
from garant.models.evaluation import Evaluation
from garant.reports.figure import Figure, figure
from garant.reports.lines import Axis, Line, Mark, lines_chart
from garant.reports.section import Section, SectionMaker
from garant.reports.sections.cells import number, percent
from garant.wording.catalogue import Wording


def cost_ratio_section(label: npt.NDArray[np.int8], evaluation: Evaluation) -> SectionMaker:
    """Section on other ratios of costs.

    Parameters
    ----------
    label : array of {0, 1}, shape (n,)
        1 = payment difficulties.
    evaluation : Evaluation
        PDs of the same applicants, and today's cut-offs.
    """
    found = costs_by_ratio(label, evaluation.pd, today=evaluation.rows_cutoffs.cutoff)

    def make(wording: Wording) -> Section:
        return Section(
            name="cost_ratios",
            heading=wording.text("report.heading.cost_ratios"),
            paragraphs=(wording.text("report.cost_ratios.said"),),
            figures=(_figure(found, evaluation.costs, evaluation.cutoff, wording),),
        )

    return make


def _figure(found: Sequence[CostAtRatio], costs: Costs, today: float, wording: Wording) -> Figure:
    ratios = np.array([each.ratio for each in found], dtype=np.float64)
    own = np.array([each.at_its_cutoff for each in found])
    kept = np.array([each.at_todays_cutoff for each in found])
    top = 1.1 * float(max(own.max(), kept.max()))
    now = costs.c_fn / costs.c_fp
    mark = Mark(x=now, low=0.0, high=0.06 * top, text=wording.text("report.cost_ratios.today"))
    lines = (
        Line(
            label=wording.text("report.cost_ratios.own"),
            x=ratios,
            y=own,
            label_at=-4,
            lift=34,
            align="center",
            dots=True,
        ),
        Line(
            label=wording.text("report.cost_ratios.kept"),
            x=ratios,
            y=kept,
            label_at=-3,
            lift=-16,
            align="right",
            dots=True,
        ),
    )
    worst = max(found, key=lambda each: each.at_todays_cutoff - each.at_its_cutoff)
    return figure(
        "cost_ratio",
        wording,
        chart=lines_chart(
            lines,
            x=Axis(
                title=wording.text("report.column.cost_ratio"), low=ratios[0] - 0.5, high=ratios[-1] + 0.5, number="~f"
            ),
            y=Axis(title=wording.text("report.column.cost"), high=top, number=".2~f"),
            mark=mark if ratios[0] <= now <= ratios[-1] else None,
        ),
        alternative=wording.text(
            "report.cost_ratio.alt",
            lowest=wording.number(found[0].ratio),
            highest=wording.number(found[-1].ratio),
            ratio=wording.number(worst.ratio),
            own=number(worst.at_its_cutoff, wording),
            kept=number(worst.at_todays_cutoff, wording),
        ),
        caption_values={"cutoff": percent(today, wording)},
        columns=(
            "cost_ratio",
            "own_cutoff",
            "cost_own",
            "cost_kept",
            "cost_difference",
            "cost_everybody",
            "cost_nobody",
        ),
        rows=tuple(
            (
                wording.number(each.ratio),
                percent(each.cutoff, wording),
                *(
                    number(value, wording)
                    for value in (
                        each.at_its_cutoff,
                        each.at_todays_cutoff,
                        each.at_todays_cutoff - each.at_its_cutoff,
                        each.everybody,
                        each.nobody,
                    )
                ),
            )
            for each in found
        ),
    )
