"""Measures by segment, each with its interval; small segments are said to be small."""

from collections.abc import Sequence

from garant.models.segments import FEW_POSITIVES, FEW_ROWS, Segment, SegmentName
from garant.reports.section import Section, SectionMaker, Table
from garant.reports.sections.cells import columns, percent, with_interval
from garant.wording.catalogue import Wording

RANKING = ("auc", "gini", "ks", "pr_auc")
LEVEL = ("brier", "slope", "intercept", "ece")
DECISION = ("cost", "accept", "refer", "refuse")


def segments_section(column: str, segments: Sequence[Segment]) -> SectionMaker:
    """Section on the segments of `column`."""

    def make(wording: Wording) -> Section:
        small = sum(segment.is_small for segment in segments)
        said = [wording.text("report.segments.said")]
        if small:
            said.append(wording.text("report.segments.small", n=wording.number(small), **_limits(wording)))
        return Section(
            name="segments",
            heading=wording.text("report.heading.segments", column=column),
            paragraphs=tuple(said),
            tables=(
                _counts(segments, wording),
                *(_measures(kind, names, segments, wording) for kind, names in _KINDS.items()),
            ),
        )

    return make


_KINDS = {"ranking": RANKING, "level": LEVEL, "decision": DECISION}


def segment_text(name: SegmentName, wording: Wording) -> str:
    """What a table calls a segment."""
    if name.kind == "level":
        return name.level
    if name.kind == "value" and name.lower is not None:
        return wording.number(name.lower, decimals=4)
    ends = {
        end: wording.number(value, decimals=4)
        for end, value in (("lower", name.lower), ("upper", name.upper))
        if value is not None
    }
    kind = "_".join(ends) if name.kind == "range" else name.kind
    return wording.text(f"report.segment.{kind}", **ends)


def _limits(wording: Wording) -> dict[str, str]:
    """Below which numbers a segment is too small."""
    return {"rows": wording.number(FEW_ROWS), "positives": wording.number(FEW_POSITIVES)}


def _counts(segments: Sequence[Segment], wording: Wording) -> Table:
    names = ("segment", "applicants", "bad", "observed", "mean_pd", "remark")
    rows = [
        (
            segment_text(segment.name, wording),
            wording.number(segment.rows),
            wording.number(segment.positives),
            percent(segment.observed, wording),
            percent(segment.mean_pd, wording),
            wording.text("report.segment.few", **_limits(wording)) if segment.is_small else "",
        )
        for segment in segments
    ]
    total = sum(s.rows for s in segments)
    positives = sum(s.positives for s in segments)
    rows.append(
        (
            wording.text("report.segment.total"),
            wording.number(total),
            wording.number(positives),
            percent(positives / total, wording),
            percent(sum(s.rows * s.mean_pd for s in segments) / total, wording),
            "",
        )
    )
    return Table(caption=wording.text("report.segments.caption"), columns=columns(wording, *names), rows=tuple(rows))


def _measures(kind: str, names: Sequence[str], segments: Sequence[Segment], wording: Wording) -> Table:
    return Table(
        caption=wording.text(f"report.segments.{kind}"),
        columns=(
            wording.text("report.column.segment"),
            *(wording.text(f"report.metric.{name}") for name in names),
        ),
        rows=tuple(
            (
                segment_text(segment.name, wording),
                *(with_interval(name, segment.measures[name], wording) for name in names),
            )
            for segment in segments
        ),
    )
