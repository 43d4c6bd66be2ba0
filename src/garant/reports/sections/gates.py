"""What the gates of promotion say: whether a bundle could be used as it stands."""

from collections.abc import Sequence

from garant.models.bundle.promotion.gates import Verdict
from garant.reports.section import Section, SectionMaker, Table
from garant.reports.sections.cells import columns
from garant.wording.catalogue import Wording


def gates_section(verdicts: Sequence[Verdict], *, later: bool = False) -> SectionMaker:
    """Section on the gates; one that has no words of its own is shown by its name.

    Parameters
    ----------
    verdicts : sequence of Verdict
        What each gate says.
    later : bool
        Whether the rules were applied to other applicants than those that the bundle's own measures are from, which
        alone decide a promotion.
    """
    said, wrong = ("said_later", "failed_later") if later else ("said", "failed")

    def make(wording: Wording) -> Section:
        failed = [_named(verdict, wording) for verdict in verdicts if not verdict.passed]
        alarm = wording.text(f"report.gates.{wrong}", n=wording.number(len(failed)), gates=", ".join(failed))
        table = Table(
            caption=wording.text("report.gates.caption"),
            columns=columns(wording, "gate", "verdict"),
            rows=tuple(
                (
                    _named(verdict, wording),
                    wording.text("report.gate.passed" if verdict.passed else "report.gate.failed"),
                )
                for verdict in verdicts
            ),
            kind="words",
        )
        return Section(
            name="gates",
            heading=wording.text("report.heading.gates"),
            alarms=(alarm,) if failed else (),
            paragraphs=(wording.text(f"report.gates.{said}"),),
            tables=(table,),
        )

    return make


def _named(verdict: Verdict, wording: Wording) -> str:
    key = f"report.gates.name.{verdict.gate}"
    return wording.text(key) if wording.has(key) else verdict.gate
