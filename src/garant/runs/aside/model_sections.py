"""What a page shows of the model that decides: all from its bundle, measured in training, nothing computed anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from garant.metrics.fairness import GroupFairness
from garant.metrics.intervals import Interval
from garant.models.bundle.content import BundleContent, MetricEntry
from garant.models.bundle.fairness import FairnessEntry, GroupEntry
from garant.models.bundle.promotion.gates import calibration_bands, verdicts
from garant.models.evaluation import MEASURES
from garant.models.fairness import Fairness
from garant.models.pd_bands import PdBand
from garant.reports.charts import importance_chart
from garant.reports.fairness_section import fairness_section
from garant.reports.figure import Figure
from garant.reports.portfolio_charts import promise_chart
from garant.reports.section import Section, Table
from garant.reports.sections.cells import columns, percent, with_interval
from garant.reports.sections.champion_and_challenger import challenger_section
from garant.reports.sections.gates import gates_section
from garant.runs.aside.bundle_changes import changes_section
from garant.runs.aside.shown import Page
from garant.storage import Json
from garant.wording.catalogue import Wording

MOST_IMPORTANT = 20

LEVEL = ("brier", "slope", "intercept", "ece")
"""Measures that say whether a PD means what it says."""

TENTHS = 10

_NAN = float("nan")


def model_sections(question: Mapping[str, Json]) -> Json:
    """Sections about the bundle whose content is the JSON text ``content``; ``importance`` as the model's card has it.

    ``before`` is that of the champion before, or null; ``language`` the language.
    """
    content = BundleContent.model_validate_json(question["content"])
    words = Wording(str(question["language"]))
    before = question["before"]
    sections = [
        _data(content, words),
        _metrics(content, words),
        _calibration(content, words),
        *_challenger(content, words),
        *_fairness(content, words),
        _importance(question["importance"], words),
        gates_section(verdicts(content))(words),
        changes_section(content, None if before is None else BundleContent.model_validate_json(before), words),
    ]
    return Page(sections=sections, narrow=frozenset({"promise"})).as_json()


def intervals(entries: Mapping[str, MetricEntry]) -> dict[str, Interval]:
    """Measures of a bundle as intervals; NaN where the sample could not tell them."""
    return {
        name: Interval(*(_NAN if end is None else end for end in (entry.value, entry.low, entry.high)))
        for name, entry in entries.items()
    }


def _data(content: BundleContent, words: Wording) -> Section:
    split, training = content.split, content.training
    said = [
        words.text("report.split.random", n=words.number(training.folds))
        if split.start is None
        else words.text("report.split.out_of_time", boundary=split.start),
        words.text("page.model.period", until=split.observed_until)
        if split.observed_until
        else words.text("page.model.no_period"),
    ]
    rows = (
        ("page.model.applicants", words.number(training.rows)),
        (
            "page.model.positives",
            words.text(
                "page.model.of",
                n=words.number(training.positives),
                share=words.percent(training.positives / training.rows),
            ),
        ),
        ("page.model.inputs", words.number(len(content.features))),
        ("page.model.trees", words.number(training.iteration)),
        ("page.model.tables", ", ".join(content.tables)),
        ("page.model.profile", content.profile),
        ("page.model.seed", str(content.seed)),
        ("page.model.version", content.garant_version),
    )
    table = Table(
        caption=words.text("page.model.made"),
        columns=columns(words, "parameter", "value"),
        rows=tuple((words.text(key), value) for key, value in rows),
        kind="words",
    )
    return Section(name="data", heading=words.text("page.model.data"), paragraphs=tuple(said), tables=(table,))


def _metrics(content: BundleContent, words: Wording) -> Section:
    samples = {"page.model.out_of_fold": intervals(content.metrics.out_of_fold)}
    if content.metrics.out_of_time is not None:
        samples["page.model.out_of_time"] = intervals(content.metrics.out_of_time)
    none = words.text("report.none")
    table = Table(
        caption=words.text("report.metrics.caption"),
        columns=(words.text("report.column.measure"), *(words.text(key) for key in samples)),
        rows=tuple(
            (
                words.text(f"report.metric.{name}"),
                *(with_interval(name, each[name], words) if name in each else none for each in samples.values()),
            )
            for name in MEASURES
        ),
    )
    return Section(name="metrics", heading=words.text("report.heading.metrics"), tables=(table,))


def _calibration(content: BundleContent, words: Wording) -> Section:
    kept = calibration_bands(content) is None
    line = intervals(content.metrics.out_of_fold)
    measures = Table(
        caption=words.text("page.model.level"),
        columns=columns(words, "measure", "value"),
        rows=tuple(
            (words.text(f"report.metric.{name}"), with_interval(name, line[name], words))
            for name in LEVEL
            if name in line
        ),
    )
    return Section(
        name="calibration",
        heading=words.text("report.heading.calibration"),
        paragraphs=(words.text("page.model.bands_kept" if kept else "page.model.bands_broken"),),
        tables=(measures,),
        figures=(_promise(tenths(content.pd_bands), words),),
    )


@dataclass(frozen=True, slots=True)
class _Tenth:
    """Neighbouring bands of PD that together hold a tenth of the applicants."""

    low: float
    high: float
    rows: int
    positives: int

    @property
    def observed(self) -> float:
        """Share with payment difficulties."""
        return self.positives / self.rows


def tenths(bands: Sequence[PdBand]) -> list[_Tenth]:
    """Bands joined until each holds a tenth of all applicants: narrower ones show chance alone."""
    enough = sum(band.rows for band in bands) / TENTHS
    made: list[_Tenth] = []
    low, rows, positives = 0.0, 0, 0
    for band in bands:
        rows, positives = rows + band.rows, positives + band.positives
        if rows >= enough:
            made.append(_Tenth(low, band.upper, rows, positives))
            low, rows, positives = band.upper, 0, 0
    if rows:
        last = made.pop() if made else _Tenth(0.0, 0.0, 0, 0)
        made.append(_Tenth(last.low, bands[-1].upper, last.rows + rows, last.positives + positives))
    return made


def _promise(found: list[_Tenth], words: Wording) -> Figure:
    # The last one reaches to a PD of 1: drawn to there it would press all others flat.
    top = max(2 * found[-1].low, *(each.observed for each in found))
    return Figure(
        name="promise",
        heading=words.text("page.model.promise"),
        caption=words.text("page.model.promise_caption"),
        alternative=words.text(
            "page.model.promise_alt",
            n=words.number(len(found)),
            lowest=percent(found[0].observed, words),
            highest=percent(found[-1].observed, words),
        ),
        chart=promise_chart(
            [(each.low, min(each.high, top), each.observed) for each in found],
            words={"x": words.text("page.model.band"), "y": words.text("report.column.observed")},
        ),
        language=words.language,
        columns=(words.text("page.model.band"), *columns(words, "from_pd", "to_pd", "applicants", "bad", "observed")),
        rows=tuple(
            (
                words.number(position),
                percent(each.low, words),
                percent(each.high, words),
                words.number(each.rows),
                words.number(each.positives),
                percent(each.observed, words),
            )
            for position, each in enumerate(found, start=1)
        ),
    )


def _challenger(content: BundleContent, words: Wording) -> tuple[Section, ...]:
    if content.challenger is None:
        none = words.text("page.model.no_challenger")
        return (Section(name="challenger", heading=words.text("report.heading.challenger"), paragraphs=(none,)),)
    both = (intervals(each.metrics.out_of_fold) for each in (content, content.challenger))
    return (challenger_section(*both)(words),)


def _fairness(content: BundleContent, words: Wording) -> tuple[Section, ...]:
    if content.fairness is None:
        none = words.text("page.model.no_fairness")
        return (Section(name="fairness", heading=words.text("report.heading.fairness"), paragraphs=(none,)),)
    return (fairness_section(judged_groups(content.fairness), words, profile=content.profile),)


def judged_groups(entry: FairnessEntry) -> Fairness:
    """Groups as a bundle keeps them; of those with too few applicants it keeps the name alone."""
    return Fairness(
        cutoff=entry.cutoff,
        attributes={name: tuple(map(_group, groups)) for name, groups in entry.attributes.items()},
        unknown=entry.unknown,
        product_cutoffs=entry.product_cutoffs or {},
    )


def _group(entry: GroupEntry) -> GroupFairness:
    unknown = Interval(_NAN, _NAN, _NAN)
    # A bundle keeps neither the cases of a group nor the sum of its PDs, and no section shows them.
    return GroupFairness(
        group=entry.group,
        rows=entry.rows or 0,
        approved=entry.approved or 0,
        referred=entry.referred or 0,
        bad=0,
        expected=_NAN,
        approval_ratio=entry.approval_ratio or unknown,
        good_approved=entry.good_approved or unknown,
        observed_to_expected=entry.observed_to_expected or unknown,
    )


def _importance(shares: list[Mapping[str, Json]], words: Wording) -> Section:
    first = shares[:MOST_IMPORTANT]
    figure = Figure(
        name="importance",
        heading=words.text("report.heading.importance"),
        caption=words.text("report.importance.caption"),
        alternative=words.text(
            "report.importance.alt",
            n=words.number(len(first)),
            first=str(first[0]["label"]),
            share=percent(float(first[0]["share"]), words),
        ),
        chart=importance_chart(
            [str(each["label"]) for each in first],
            [float(each["share"]) for each in first],
            words={"x": words.text("report.importance.share")},
        ),
        language=words.language,
        columns=columns(words, "feature", "share"),
        rows=tuple((str(each["label"]), percent(float(each["share"]), words)) for each in first),
    )
    return Section(name="inputs", heading=words.text("page.model.counts"), figures=(figure,))
