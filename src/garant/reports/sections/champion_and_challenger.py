"""Champion and challenger on the same applicants: every measure of both in one table."""

from garant.models.evaluation import MEASURES, Evaluation
from garant.reports.section import Section, SectionMaker, Table
from garant.reports.sections.cells import SHARES, columns, measured, with_interval
from garant.wording.catalogue import Wording


def challenger_section(champion: Evaluation, challenger: Evaluation) -> SectionMaker:
    """Section that compares two models judged on the same applicants at one cut-off."""

    def make(wording: Wording) -> Section:
        table = Table(
            caption=wording.text("report.challenger.caption"),
            columns=columns(wording, "measure", "champion", "challenger", "difference"),
            rows=tuple(
                (
                    wording.text(f"report.metric.{name}"),
                    *(with_interval(name, each.measures[name], wording) for each in (champion, challenger)),
                    measured(name, challenger.measures[name].value - champion.measures[name].value, wording),
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
