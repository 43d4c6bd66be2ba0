"""The refer band: how wide it is, why, and how many applicants flip between two trainings with it and with others."""

from functools import partial

from garant.models.bundle.retrains import FlipEntry, RetrainsEntry, member_file
from garant.models.refer_band import FLIP_LEVEL, LARGEST_SHARE, Flips
from garant.reports import charts
from garant.reports.figure import Cells, Figure, figure
from garant.reports.section import Section
from garant.runs.findings.finding import Finding, Inquiry
from garant.runs.retrained import Retrained
from garant.wording.catalogue import Wording


def refer_band_finding(inquiry: Inquiry) -> Finding:
    """Section, members and table of flips; only a sentence where there are no members."""
    found = inquiry.model.retrained
    if not isinstance(found, Retrained):
        none = "No refer band (--members 0): nobody is referred for being near the cut-off."
        return Finding(sections=(_no_band,), said=(found or none,))
    files = {member_file(number): text.encode() for number, text in enumerate(found.members.texts, start=1)}
    return Finding(
        bundle={"retrains": _entry(found)},
        files=files,
        sections=(partial(_section, found),),
        said=_said(found),
    )


def _entry(found: Retrained) -> RetrainsEntry:
    choice = found.choice
    return RetrainsEntry(
        members=len(found.members.texts),
        compared_rows=choice.compared_rows,
        cutoff=found.cutoff,
        largest_share=LARGEST_SHARE,
        flip_level=FLIP_LEVEL,
        chosen=_flips(choice.chosen),
        flips=tuple(_flips(row) for row in choice.table),
    )


def _flips(row: Flips) -> FlipEntry:
    return FlipEntry(half_width=row.half_width, referred=row.referred, seeds=row.seeds, samples=row.samples)


def _said(found: Retrained) -> tuple[str, ...]:
    chosen, none, band = found.choice.chosen, found.choice.table[0], found.band
    limit = f"{LARGEST_SHARE:.0%} are referred at most" if found.choice.is_capped else f"{FLIP_LEVEL:.0%} at most"
    width = (
        f"Refer band: PD {band.lower:.4f} to {band.upper:.4f} (cut-off ± {chosen.half_width:.3f} in log-odds) refers "
        f"{chosen.referred:.1%}."
    )
    flipped = (
        f"  Between two retrains {chosen.samples.value:.1%} change sides ({limit}), {none.samples.value:.1%} without a "
        f"band; between two seeds {chosen.seeds.value:.1%} and {none.seeds.value:.1%}."
    )
    return width, flipped


def _no_band(wording: Wording) -> Section:
    return Section(
        name="refer_band",
        heading=wording.text("report.heading.refer_band"),
        paragraphs=(wording.text("report.refer_band.none"),),
    )


def _section(found: Retrained, wording: Wording) -> Section:
    choice, band = found.choice, found.band
    said = wording.text(
        "report.refer_band.said",
        lower=wording.percent(band.lower, decimals=2),
        upper=wording.percent(band.upper, decimals=2),
        half_width=_log_odds(choice.chosen.half_width, wording),
        referred=wording.percent(choice.chosen.referred),
        samples=wording.percent(choice.chosen.samples.value),
        seeds=wording.percent(choice.chosen.seeds.value),
    )
    rule = wording.text(
        "report.refer_band.rule",
        level=wording.percent(FLIP_LEVEL),
        largest=wording.percent(LARGEST_SHARE),
    )
    capped = wording.text("report.refer_band.capped", level=wording.percent(FLIP_LEVEL))
    compared = wording.text(
        "report.refer_band.compared",
        members=wording.number(len(found.members.texts)),
        rows=wording.number(choice.compared_rows),
    )
    return Section(
        name="refer_band",
        heading=wording.text("report.heading.refer_band"),
        paragraphs=(said, f"{rule} {capped}" if choice.is_capped else rule, compared),
        figures=(_figure(found, wording),),
    )


def _figure(found: Retrained, wording: Wording) -> Figure:
    table, chosen = found.choice.table, found.choice.chosen
    words = {
        "x": wording.text("report.column.referred"),
        "y": wording.text("report.flips.flipped"),
        "samples": wording.text("report.column.flips_samples"),
        "seeds": wording.text("report.column.flips_seeds"),
        "chosen": wording.text("report.flips.chosen"),
    }
    shares = {"samples": [row.samples.value for row in table], "seeds": [row.seeds.value for row in table]}
    alternative = wording.text(
        "report.flips.alt",
        without=wording.percent(table[0].samples.value),
        chosen=wording.percent(chosen.samples.value),
        referred=wording.percent(chosen.referred),
    )
    rows = sorted({*table, chosen}, key=lambda row: row.half_width)
    return figure(
        "flips",
        wording,
        chart=charts.flips_chart([row.referred for row in table], shares, chosen.referred, words=words),
        alternative=alternative,
        columns=("referred", "half_width", "flips_samples", "flips_seeds"),
        rows=tuple(_row(row, wording) for row in rows),
    )


def _row(row: Flips, wording: Wording) -> Cells:
    shown = (
        wording.text(
            "report.with_interval",
            value=wording.percent(share.value, decimals=2, fixed=True),
            low=wording.percent(share.low, decimals=2, fixed=True),
            high=wording.percent(share.high, decimals=2, fixed=True),
        )
        for share in (row.samples, row.seeds)
    )
    return (wording.percent(row.referred, fixed=True), _log_odds(row.half_width, wording), *shown)


def _log_odds(value: float, wording: Wording) -> str:
    return wording.number(value, decimals=3, fixed=True)
