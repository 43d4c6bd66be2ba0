"""Explanations: what they cost for everybody, and what one refused person is told."""

from garant.reports.deck import theme
from garant.reports.deck.parts import Bars, Box, Missing, Part, Points, Series
from garant.reports.deck.places import bars_or_gap
from garant.reports.deck.slide import Slide
from garant.reports.deck.sources import CLIENT, RESULTS, RUN
from garant.reports.deck.telling import Teller

_EXPLAIN = f"{RESULTS}explain.json"

BLOCK = "10000"
"""Rows of a block, of those measured: as many as make the fastest of the others fast."""

METHODS = ("shap", "lightgbm", "woodelf", "kernel")
NAMES = {"shap": "shap", "lightgbm": "LightGBM", "woodelf": "woodelf", "kernel": "garant"}

FAMILIES_SHOWN = 6

REASON_SIZE = 16

CHART, BESIDE = Box(theme.LEFT, 1.95, 5.9, 4.8), Box(6.9, 2.05, theme.RIGHT - 6.9, 4.65)
"""Sentences need more room here than bars."""


def reasons_slides(tell: Teller) -> tuple[Slide, ...]:
    """Explanations of everybody, reasons of one client."""
    return _everybody(tell), _client(tell)


def _everybody(tell: Teller) -> Slide:
    said = tell.said
    costs = tuple(
        tell.figure(_EXPLAIN, "alone", BLOCK, method, "cpu_ms_per_row", shown=tell.plain(2)) for method in METHODS
    )
    ratio = tell.figure(_EXPLAIN, "alone", BLOCK, "lightgbm", "cpu_to_kernel")
    block = tell.sources.find(_EXPLAIN, "alone", BLOCK)
    rows = tell.computed(int(BLOCK), shown=tell.plain(), source=f"{block.source} (the key)")
    if block.value is None:
        rows = tell.gap(block.source)
    chart = Bars(
        at=theme.CHART,
        caption=said("deck.explain.caption", block=rows),
        categories=tuple(tell.proper(NAMES[method]) for method in METHODS),
        series=(Series(tell.words.text("deck.section.reasons"), costs, theme.BLUE),),
        alternative=said("deck.explain.alt"),
        across=True,
        highlighted=frozenset({METHODS.index("kernel")}),
    )
    reasons = [tell.figure(_EXPLAIN, "reasons", lender, "reasons") for lender in ("synthetic", "home_credit")]
    wrong = [
        tell.figure(_EXPLAIN, "reasons", lender, "facts_that_do_not_speak_against_the_person")
        for lender in ("synthetic", "home_credit")
    ]
    steps, accepted = (
        tell.derived(
            "sum over lenders",
            lambda *n: sum(n),
            *(tell.figure(_EXPLAIN, "changes", lender, name) for lender in ("synthetic", "burdened", "home_credit")),
            shown=tell.plain(),
        )
        for name in ("steps_scored_again", "of_them_accepted")
    )
    lines = (
        said(
            "deck.explain.portfolio",
            rows=tell.figure(_EXPLAIN, "portfolio", "rows"),
            seconds=tell.figure(_EXPLAIN, "portfolio", "seconds", shown=tell.plain(1)),
            threads=tell.figure(_EXPLAIN, "portfolio", "threads"),
        ),
        said("deck.explain.sum"),
        said(
            "deck.explain.facts",
            reasons=tell.derived("sum over lenders", lambda *n: sum(n), *reasons, shown=tell.plain()),
            wrong=tell.derived("sum over lenders", lambda *n: sum(n), *wrong, shown=tell.plain()),
        ),
        said("deck.explain.changes", steps=steps, accepted=accepted),
        said("deck.explain.words"),
    )
    return Slide(
        name="explain",
        section=said("deck.section.reasons"),
        title=tell.title("deck.explain.title", without="deck.explain.title.without", ratio=ratio),
        parts=(bars_or_gap(tell, chart), Points(theme.BESIDE, lines, size=18)),
        notes=said("deck.explain.notes"),
    )


def _client(tell: Teller) -> Slide:
    said = tell.said
    pd = tell.figure(CLIENT, "pd", shown=tell.share())
    return Slide(
        name="client",
        section=said("deck.section.reasons"),
        title=tell.title("deck.client.title", without="deck.client.title.without", pd=pd),
        parts=_client_parts(tell) if tell.sources.has(CLIENT) else (_no_client(tell),),
        notes=said("deck.client.notes"),
        remark=said("deck.client.pseudonym"),
    )


def _no_client(tell: Teller) -> Missing:
    return Missing(theme.BODY, tell.said("deck.gap.refused" if tell.sources.has(RUN) else "deck.gap.run"))


def _client_parts(tell: Teller) -> tuple[Part, ...]:
    said = tell.said
    families = tell.sources.find(CLIENT, "families").value[:FAMILIES_SHOWN]
    points = tuple(
        tell.signed(tell.figure(CLIENT, "families", at, "points", shown=tell.plain(1))) for at in range(len(families))
    )
    chart = Bars(
        at=CHART,
        caption=said("deck.client.caption"),
        categories=tuple(tell.word(CLIENT, "families", at, "label") for at in range(len(families))),
        series=(Series(tell.words.text("deck.section.reasons"), points, theme.BLUE),),
        alternative=said("deck.client.alt"),
        across=True,
        diverging=True,
    )
    # Of real people the facts stay out: a few of them together can be recognised, whatever the name.
    key = "text" if tell.is_synthetic else "family"
    n_reasons = len(tell.sources.find(CLIENT, "reasons").value)
    lines = [said("deck.client.reason", text=tell.word(CLIENT, "reasons", at, key)) for at in range(n_reasons)]
    lines.append(
        said(
            "deck.client.score",
            points=tell.figure(CLIENT, "points"),
            cutoff=tell.figure(CLIENT, "cutoff", shown=tell.share()),
        )
    )
    if not tell.is_synthetic:
        lines.append(said("deck.client.hidden"))
    return chart, Points(BESIDE, tuple(lines), size=REASON_SIZE)
