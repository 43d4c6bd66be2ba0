"""Last slides: rights of persons, what is not kept or not tried, what comes next."""

from garant.reports.deck import theme
from garant.reports.deck.figure import Said
from garant.reports.deck.parts import BigFigure, BigFigures, Box, Grid, Missing, Points
from garant.reports.deck.slide import Slide
from garant.reports.deck.sources import BUNDLE, CODE, LAW, RESULTS
from garant.reports.deck.telling import Teller

_SERVICE, _SPARK = f"{RESULTS}service.json", f"{RESULTS}spark.json"

PROMISES = {
    "p50_ms": "p50",
    "p99_ms": "p99",
    "errors": "errors",
    "saturation_per_second": "saturation",
    "times_flask": "flask",
}
"""Promises of the service, and the end of the id of their text."""

MILLION = 1e6


def closing_slides(tell: Teller) -> tuple[Slide, ...]:
    """Rights, limits, next."""
    return _rights(tell), _limits(tell), _next(tell)


def _rights(tell: Teller) -> Slide:
    said = tell.said
    lines = (
        said("deck.gdpr.article", article=tell.figure(LAW, "automated_decisions")),
        said("deck.gdpr.notice"),
        said("deck.gdpr.erase"),
        said("deck.gdpr.logs"),
    )
    numbers = Box(theme.LEFT, theme.UPPER.y, theme.UPPER.width, 1.75)
    below = Box(theme.LEFT, 4.2, theme.LOWER.width, 2.5)
    return Slide(
        name="gdpr",
        section=said("deck.section.people"),
        title=said("deck.gdpr.title"),
        parts=(BigFigures(numbers, _treatment(tell)), Points(below, lines)),
        notes=said("deck.gdpr.notes"),
    )


def _treatment(tell: Teller) -> tuple[BigFigure, ...]:
    """How the cut-off treats groups, as the bundle says it."""
    found = tell.sources.find(BUNDLE, "fairness", "attributes")
    judged = [group for groups in (found.value or {}).values() for group in groups if group["verdict"] != "not_judged"]
    if judged:
        passed, every = (
            tell.computed(n, shown=tell.plain(), source=f"{found.source} (verdict)")
            for n in (sum(group["verdict"] == "passed" for group in judged), len(judged))
        )
        known = [group["approval_ratio"] for group in judged if group["approval_ratio"]]
        ratio = min(known, key=lambda ratio: ratio["value"])
        lowest, high = (
            tell.computed(ratio[end], shown=tell.plain(2, fixed=True), source=f"{found.source} (approval_ratio/{end})")
            for end in ("value", "high")
        )
    else:
        passed = every = lowest = high = tell.gap(found.source)
    attributes = tell.count(BUNDLE, "fairness", "attributes")
    limit = tell.figure(CODE, "metrics.fairness.LOWEST_APPROVAL_RATIO", shown=tell.plain(2, fixed=True))
    return (
        BigFigure(
            tell.said("deck.gdpr.of", passed=passed, all=every), tell.said("deck.gdpr.groups", attributes=attributes)
        ),
        BigFigure(tell.only(lowest), tell.said("deck.gdpr.lowest", limit=limit, high=high)),
        BigFigure(tell.only(tell.figure(CODE, "explanations.reasons.MAX_REASONS")), tell.said("deck.gdpr.reasons")),
    )


def _limits(tell: Teller) -> Slide:
    said = tell.said
    rows = tell.figure(_SPARK, "whole_job", "extrapolated", "rows_of_1x", shown=tell.scaled(1 / MILLION, 0))
    lines = [said("deck.limits.cloud")]
    if tell.is_synthetic:
        lines.append(said("deck.limits.data"))
    lines += [said("deck.limits.size", rows=rows), said("deck.limits.lawyer")]
    at = Box(theme.LEFT, theme.UPPER.y, theme.UPPER.width, 2.85)
    return Slide(
        name="limits",
        section=said("deck.section.end"),
        title=said("deck.limits.title"),
        parts=(_promises(tell, at), Points(Box(theme.LEFT, 5.0, at.width, 1.75), tuple(lines), size=18)),
        notes=said("deck.limits.notes"),
    )


def _promises(tell: Teller, at: Box) -> Grid | Missing:
    said = tell.said
    found = tell.sources.find(_SERVICE, "promises")
    if found.value is None:
        return Missing(at, tell.nothing_in(found.source))
    rows = list[tuple[Said, ...]]()
    broken: list[tuple[int, int]] = []
    for name, text in PROMISES.items():
        entry = tell.sources.find(_SERVICE, "promises", name).value or {}
        asked = "most" if "most" in entry else "least"
        values = (tell.figure(_SERVICE, "promises", name, key, shown=tell.plain(2)) for key in (asked, "measured"))
        kept = said("deck.limits.yes" if entry.get("kept") else "deck.limits.no")
        if not entry.get("kept"):
            broken.append((len(rows), 3))
        rows.append((said(f"deck.limits.{text}"), *(said("deck.limits.value", value=v) for v in values), kept))
    return Grid(
        at=at,
        header=tuple(said(f"deck.limits.head.{name}") for name in ("promise", "asked", "measured", "kept")),
        rows=tuple(rows),
        widths=(5, 2, 2, 1.5),
        alternative=said("deck.limits.alt"),
        numeric=frozenset({1, 2, 3}),
        marked=frozenset(broken),
    )


def _next(tell: Teller) -> Slide:
    said = tell.said
    lines = tuple(
        said(key)
        for key in (
            "deck.next.account",
            "deck.next.data",
            "deck.next.latency",
            "deck.next.watch",
            "deck.next.lawyer",
            "deck.next.question",
        )
    )
    return Slide(
        name="next",
        section=said("deck.section.end"),
        title=said("deck.next.title"),
        parts=(Points(theme.BODY, lines),),
        notes=said("deck.next.notes"),
    )
