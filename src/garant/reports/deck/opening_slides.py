"""First slides: what the deck is of, the need, the data, how the parts meet."""

from garant.reports.deck import theme
from garant.reports.deck.figure import Figure
from garant.reports.deck.parts import Bars, BigFigure, BigFigures, Box, Flow, Points, Series, Step
from garant.reports.deck.places import bars_or_gap
from garant.reports.deck.slide import Slide
from garant.reports.deck.sources import BUNDLE, CODE, RESULTS
from garant.reports.deck.telling import Teller

_CHECK, _PARITY, _SERVICE = f"{RESULTS}check.json", f"{RESULTS}parity.json", f"{RESULTS}service.json"

DIGEST_SHOWN = 8

TABLES = (
    "application",
    "bureau",
    "bureau_balance",
    "previous_application",
    "POS_CASH_balance",
    "installments_payments",
    "credit_card_balance",
)
"""Raw tables in the order in which they are told."""

APPLICATIONS = ("application_train", "application_test")
"""Files of the table of applications."""

MILLION = 1e6


def opening_slides(tell: Teller) -> tuple[Slide, ...]:
    """Cover, need, data, architecture."""
    return _cover(tell), _problem(tell), _data(tell), _design(tell)


def _cover(tell: Teller) -> Slide:
    digest = tell.sources.find(BUNDLE, "sha256").value
    said = tell.said
    model = said(
        "deck.cover.model",
        digest=tell.word(BUNDLE, "sha256", shown=str(digest)[:DIGEST_SHOWN]),
        profile=tell.word(BUNDLE, "profile"),
        features=tell.count(BUNDLE, "features"),
        rows=tell.figure(BUNDLE, "training", "rows"),
    )
    label = tell.foreign(BUNDLE, "label", f"text_{tell.words.language}")
    is_synthetic = tell.is_synthetic
    return Slide(
        name="cover",
        section=said("deck.section.cover"),
        title=said("deck.cover.title"),
        parts=(
            Points(
                Box(theme.LEFT, 4.35, 10.6, 1.9),
                (
                    said("deck.cover.label", label=label),
                    model,
                    said("deck.cover.synthetic" if is_synthetic else "deck.cover.real"),
                ),
            ),
        ),
        notes=said("deck.cover.notes"),
        is_cover=True,
    )


def _problem(tell: Teller) -> Slide:
    said, rows = tell.said, tell.figure(BUNDLE, "training", "rows")
    rate = tell.derived(
        "positives / rows",
        lambda bad, of: bad / of,
        tell.figure(BUNDLE, "training", "positives"),
        rows,
        shown=tell.share(),
    )
    c_fn, c_fp = (tell.figure(BUNDLE, "costs", name, shown=tell.plain(2)) for name in ("c_fn", "c_fp"))
    cells = (
        BigFigure(tell.only(rate), said("deck.problem.rate", rows=rows)),
        BigFigure(said("deck.problem.ratio", c_fn=c_fn, c_fp=c_fp), said("deck.problem.costs")),
        BigFigure(tell.only(tell.figure(CODE, "explanations.reasons.MAX_REASONS")), said("deck.problem.reasons")),
    )
    lines = (said("deck.problem.unread"), said("deck.problem.uncalibrated"), said("deck.problem.same"))
    return Slide(
        name="problem",
        section=said("deck.section.need"),
        title=said("deck.problem.title"),
        parts=(BigFigures(theme.UPPER, cells), Points(theme.LOWER, lines)),
        notes=said("deck.problem.notes"),
    )


def _data(tell: Teller) -> Slide:
    said, millions = tell.said, tell.scaled(1 / MILLION, 2)
    applications = [tell.figure(_CHECK, "rows", name) for name in APPLICATIONS]
    applicants = tell.derived("train + test", lambda a, b: a + b, *applications, shown=tell.plain())
    counts = [tell.figure(_CHECK, "rows", name) for name in TABLES[1:]]
    total = tell.derived("sum of the tables", lambda *n: sum(n), applicants, *counts, shown=tell.scaled(1 / MILLION, 1))
    points = (
        tell.derived("train + test", lambda a, b: a + b, *applications, shown=millions),
        *(tell.figure(_CHECK, "rows", name, shown=millions) for name in TABLES[1:]),
    )
    chart = Bars(
        at=theme.CHART,
        caption=said("deck.data.caption", scale=tell.figure(_CHECK, "scale", shown=tell.plain(2))),
        categories=tuple(tell.name(f"deck.table.{name}") for name in TABLES),
        series=(Series(tell.words.text("deck.section.data"), points, theme.BLUE),),
        alternative=said("deck.data.alt"),
        across=True,
    )
    lines = (
        said("deck.data.total", total=total, applicants=applicants),
        said(
            "deck.data.speed",
            seconds=tell.figure(_CHECK, "garant_check", "wall_s"),
            memory=tell.figure(_CHECK, "garant_check", "peak_mb", shown=tell.scaled(1 / 1000, 1)),
        ),
        said("deck.data.sum"),
        said("deck.data.why"),
        said("deck.data.truth"),
    )
    return Slide(
        name="data",
        section=said("deck.section.data"),
        title=said("deck.data.title"),
        parts=(bars_or_gap(tell, chart), Points(theme.BESIDE, lines, size=18)),
        notes=said("deck.data.notes"),
    )


def _design(tell: Teller) -> Slide:
    said = tell.said
    steps = (
        Step(said("deck.design.check"), said("deck.design.check.text")),
        Step(said("deck.design.features"), said("deck.design.features.text")),
        Step(said("deck.design.pd"), said("deck.design.pd.text")),
        Step(said("deck.design.proposal"), said("deck.design.proposal.text")),
        Step(said("deck.design.record"), said("deck.design.record.text")),
    )
    difference = tell.figure(_SERVICE, "same_as_batch", "largest_difference", shown=tell.plain(12))
    cells = (
        BigFigure(tell.only(tell.figure(_PARITY, "n_features")), said("deck.design.compared")),
        BigFigure(tell.only(tell.figure(_PARITY, "engines", "duckdb", "values_compared")), said("deck.design.values")),
        BigFigure(tell.only(_differing(tell)), said("deck.design.differ")),
        BigFigure(
            tell.only(tell.figure(_SERVICE, "same_as_batch", "people")),
            said("deck.design.people", difference=difference),
        ),
    )
    return Slide(
        name="design",
        section=said("deck.section.design"),
        title=said("deck.design.title"),
        parts=(
            Flow(theme.UPPER, steps, alternative=said("deck.design.alt")),
            BigFigures(theme.LOWER, cells),
        ),
        notes=said("deck.design.notes"),
    )


def _differing(tell: Teller) -> Figure:
    """Features that differ in any engine from the plain computation."""
    engines = ("duckdb", "sqlite", "spark")
    counted = [tell.count(_PARITY, "engines", engine, "columns_that_differ") for engine in engines]
    return tell.derived("sum over engines", lambda *n: sum(n), *counted, shown=tell.plain())
