"""Section of a report: how the cut-off treats groups, and which inputs give a protected attribute away."""

import math
from collections.abc import Callable, Sequence
from typing import Literal

from garant.metrics.fairness import (
    LOWEST_APPROVAL_RATIO,
    MIN_GROUP_ROWS,
    OBSERVED_TO_EXPECTED,
    Fault,
    GroupFairness,
)
from garant.metrics.intervals import Interval
from garant.models.bundle.fairness import MIN_SHOWN_ROWS
from garant.models.fairness import ATTRIBUTES, NOT_STATED, OTHER_LEVELS, Fairness
from garant.models.product_cutoffs import PRODUCT
from garant.models.proxies import Proxy
from garant.reports import charts
from garant.reports.figure import Cells, Figure, figure
from garant.reports.section import Section, Table
from garant.wording.catalogue import Wording

COLUMNS = ("approved", "referred", "approval_ratio", "good_approved", "observed_to_expected", "verdict")


def fairness_section(
    fairness: Fairness,
    wording: Wording,
    *,
    profile: Literal["eu", "kaggle"],
    unseen: bool = True,
    proxies: Sequence[Proxy] = (),
    label: Callable[[str], str] = str,
) -> Section:
    """Verdict, one table per attribute, the approval ratios as a figure, and the proxies where they were looked for.

    Parameters
    ----------
    fairness : Fairness
        What was judged.
    wording : Wording
        Language.
    profile : {"eu", "kaggle"}
        Whether the model reads none of the attributes, or may read them.
    unseen : bool
        Whether the PDs are by models of other folds; False where they are those of the bundle's model.
    proxies : sequence of Proxy
        What the inputs say of the attributes.
    label : callable
        Name of a feature → what it is, in the language of `wording`.
    """
    drawn = [(name, group) for name, group in fairness.judged if not math.isnan(group.approval_ratio.value)]
    tables = [_groups(name, groups, wording) for name, groups in fairness.attributes.items()]
    return Section(
        name="fairness",
        heading=wording.text("report.heading.fairness"),
        paragraphs=tuple(_paragraphs(fairness, wording, profile=profile, unseen=unseen, has_proxies=bool(proxies))),
        alarms=tuple(_alarms(fairness, wording)),
        tables=(*tables, *_proxy_tables(proxies, wording, label)),
        figures=(_ratios(drawn, wording),) if drawn else (),
    )


def group_words(attribute: str, group: str, wording: Wording) -> str:
    """Name of a group as it is read."""
    match group:
        case _ if group == NOT_STATED:
            return wording.text("report.fairness.not_stated")
        case _ if group == OTHER_LEVELS:
            return wording.text("report.fairness.other_levels")
        case _ if attribute == "age":
            return wording.text(f"report.fairness.age.{group}")
        case _ if attribute == "region":
            return wording.text("report.fairness.region_rating", rating=group)
        case _:
            return wording.level(ATTRIBUTES[attribute], group)


def attribute_words(attribute: str, wording: Wording) -> str:
    """Name of an attribute as it is read."""
    return wording.text(f"report.fairness.attribute.{attribute}")


def _paragraphs(
    fairness: Fairness, wording: Wording, *, profile: Literal["eu", "kaggle"], unseen: bool, has_proxies: bool
) -> list[str]:
    low, high = OBSERVED_TO_EXPECTED
    said = [
        wording.text(f"report.fairness.read_{profile}"),
        wording.text(f"report.fairness.pds_{'unseen' if unseen else 'delivered'}"),
        wording.text("report.fairness.how", cutoff=_share(fairness.cutoff, wording)),
        wording.text(
            "report.fairness.limits",
            ratio=_number(LOWEST_APPROVAL_RATIO, wording),
            low=_number(low, wording),
            high=_number(high, wording),
            few=wording.number(MIN_GROUP_ROWS),
            fewest=wording.number(MIN_SHOWN_ROWS),
        ),
    ]
    if fairness.product_cutoffs:
        products = (
            wording.text("report.fairness.product", product=_product(name, wording), cutoff=_share(cutoff, wording))
            for name, cutoff in fairness.product_cutoffs.items()
        )
        said.insert(3, wording.text("report.fairness.products", products=", ".join(products)))
    if not fairness.waived:
        said.append(wording.text("report.fairness.all_within", n=wording.number(len(fairness.judged))))
    if has_proxies:
        said.append(wording.text("report.fairness.proxies"))
    return said


def _alarms(fairness: Fairness, wording: Wording) -> list[str]:
    unknown = [attribute_words(name, wording) for name in fairness.unknown]
    said = [wording.text("report.fairness.unknown", attributes=", ".join(unknown))] if unknown else []
    if not fairness.judged:
        said.append(wording.text("report.fairness.none_judged", few=wording.number(MIN_GROUP_ROWS)))
    if fairness.waived:
        n, judged = wording.number(len(fairness.waived)), wording.number(len(fairness.judged))
        said.append(wording.text("report.fairness.waiver_needed", n=n, judged=judged))
    said += [
        wording.text(
            f"report.fairness.fault.{fault}",
            group=_full_name(name, group, wording),
            interval=_interval(_figure(group, fault), wording),
        )
        for name, group in fairness.waived
        for fault in group.faults
    ]
    return said


def _figure(group: GroupFairness, fault: Fault) -> Interval:
    return group.approval_ratio if fault == "approval_ratio" else group.observed_to_expected


def _groups(attribute: str, groups: Sequence[GroupFairness], wording: Wording) -> Table:
    columns = [wording.text(f"report.column.{name}") for name in ("group", "applicants")]
    columns += [wording.text(f"report.fairness.column.{name}") for name in COLUMNS]
    return Table(
        caption=attribute_words(attribute, wording),
        columns=tuple(columns),
        rows=tuple(_row(attribute, group, wording) for group in groups),
    )


def _row(attribute: str, group: GroupFairness, wording: Wording) -> Cells:
    name, none = group_words(attribute, group.group, wording), wording.text("report.none")
    if group.rows < MIN_SHOWN_ROWS:
        fewer = wording.text("report.fairness.fewer_than", n=wording.number(MIN_SHOWN_ROWS))
        return (name, fewer, *(none,) * (len(COLUMNS) - 1), wording.text("report.fairness.verdict.not_judged"))
    verdict = ("needs_waiver" if group.faults else "passed") if group.is_judged else "not_judged"
    return (
        name,
        wording.number(group.rows),
        wording.percent(group.approval_rate, fixed=True),
        wording.number(group.referred),
        _interval(group.approval_ratio, wording),
        _interval(group.good_approved, wording, share=True),
        _interval(group.observed_to_expected, wording),
        wording.text(f"report.fairness.verdict.{verdict}"),
    )


def _ratios(drawn: Sequence[tuple[str, GroupFairness]], wording: Wording) -> Figure:
    rows = [
        charts.Ratio(
            attribute=attribute_words(name, wording),
            group=group_words(name, group.group, wording),
            ratio=group.approval_ratio,
            is_alarming="approval_ratio" in group.faults,
        )
        for name, group in drawn
    ]
    limit = _number(LOWEST_APPROVAL_RATIO, wording)
    lowest = min(drawn, key=lambda entry: entry[1].approval_ratio.value)
    alarming = sum(row.is_alarming for row in rows)
    return figure(
        "fairness_ratio",
        wording,
        chart=charts.ratio_chart(
            rows,
            LOWEST_APPROVAL_RATIO,
            words={
                "x": wording.text("report.fairness.column.approval_ratio"),
                "limit": wording.text("report.fairness.limit_mark", limit=limit),
            },
        ),
        alternative=wording.text(
            "report.fairness_ratio.alt",
            n=wording.number(alarming),
            groups=wording.number(len(drawn)),
            limit=limit,
            lowest=_full_name(*lowest, wording),
            ratio=_number(lowest[1].approval_ratio.value, wording),
        ),
        caption_values={"limit": limit},
        columns=("group", "value", "low", "high"),
        rows=tuple(
            (
                _full_name(name, group, wording),
                *(_number(x, wording) for x in _ends(group.approval_ratio)),
            )
            for name, group in drawn
        ),
    )


def _proxy_tables(proxies: Sequence[Proxy], wording: Wording, label: Callable[[str], str]) -> tuple[Table, ...]:
    if not proxies:
        return ()
    attribute, group, feature = (
        wording.text(key)
        for key in ("report.fairness.column.attribute", "report.column.group", "report.column.feature")
    )
    told = Table(
        caption=wording.text("report.fairness.proxies_told"),
        columns=(attribute, group, wording.text("report.column.auc")),
        rows=tuple(
            (attribute_words(p.attribute, wording), group_words(p.attribute, name, wording), _number(area, wording))
            for p in proxies
            for name, area in p.auc.items()
        ),
    )
    telling = Table(
        caption=wording.text("report.fairness.proxies_telling"),
        columns=(attribute, feature, wording.text("report.fairness.column.gain")),
        rows=tuple(
            (attribute_words(p.attribute, wording), label(name), wording.percent(gain, fixed=True))
            for p in proxies
            for name, gain in p.telling
        ),
        kind="words",
    )
    return told, telling


def _full_name(attribute: str, group: GroupFairness, wording: Wording) -> str:
    words = group_words(attribute, group.group, wording)
    return wording.text("report.fairness.group", attribute=attribute_words(attribute, wording), group=words)


def _interval(interval: Interval, wording: Wording, *, share: bool = False) -> str:
    if math.isnan(interval.value):
        return wording.text("report.none")
    value, low, high = (wording.percent(x, fixed=True) if share else _number(x, wording) for x in _ends(interval))
    return wording.text("report.fairness.interval", value=value, low=low, high=high)


def _product(name: str, wording: Wording) -> str:
    return wording.level(PRODUCT, name)


def _share(pd: float, wording: Wording) -> str:
    return wording.percent(pd, decimals=2)


def _ends(interval: Interval) -> tuple[float, float, float]:
    return interval.value, interval.low, interval.high


def _number(value: float, wording: Wording) -> str:
    return wording.number(value, decimals=2, fixed=True)
