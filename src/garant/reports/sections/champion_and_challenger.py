"""Champion and challenger on the same applicants: every measure of both in one table."""

from collections.abc import Mapping

from garant.metrics.intervals import Interval
from garant.models.evaluation import MEASURES
from garant.reports.section import Section, SectionMaker, Table
from garant.reports.sections.cells import SHARES, columns, measured, with_interval
from garant.wording.catalogue import Wording


def challenger_section(champion: Mapping[str, Interval], challenger: Mapping[str, Interval]) -> SectionMaker:
    """Section that compares the measures of two models judged on the same applicants at one cut-off."""

    def make(wording: Wording) -> Section:
        table = Table(
            caption=wording.text("report.challenger.caption"),
            columns=columns(wording, "measure", "champion", "challenger", "difference"),
            rows=tuple(
                (
                    wording.text(f"report.metric.{name}"),
                    *(with_interval(name, each[name], wording) for each in (champion, challenger)),
                    measured(name, challenger[name].value - champion[name].value, wording),
                )
                # The challenger has no refer band, so that shares of outcomes would compare two rules.
                for name in MEASURES
                if name not in SHARES
            ),
        )
        return Section(
            name="challenger",
            heading=wording.text("report.heading.challenger"),
            paragraphs=(wording.text("report.challenger.said"),),
            tables=(table,),
        )

    return make
