"""The model: what it reads, how it ranks, what the cut-off costs, whether its PDs are true."""

from itertools import accumulate

from garant.reports.deck import theme
from garant.reports.deck.bands import Bands, bands_of
from garant.reports.deck.figure import Figure, Said
from garant.reports.deck.opening_slides import TABLES
from garant.reports.deck.parts import Bars, Curve, Plane, Points, Series
from garant.reports.deck.slide import Slide
from garant.reports.deck.sources import BUNDLE, CODE, RESULTS, RUN
from garant.reports.deck.telling import Teller

_ONLINE = f"{RESULTS}online.json"
_JUDGED = ("metrics", "out_of_fold")

RUN_SHOWN = 8
"""Letters of a run's id that are shown."""

HIGHEST_CUTOFF = 0.5
"""Cut-offs above it are no lender's, and would squeeze the others."""

AXIS_STEP = 0.1


def model_slides(tell: Teller) -> tuple[Slide, ...]:
    """Features, ranking, costs, calibration."""
    bands = bands_of(tell)
    return _features(tell), _ranking(tell, bands), _costs(tell, bands), _calibration(tell, bands)


def _features(tell: Teller) -> Slide:
    said = tell.said
    found = tell.sources.find(BUNDLE, "features")
    tables = [name for name in TABLES if any(feature["table"] == name for feature in found.value)]
    of_tables = [
        tell.computed(
            sum(feature["table"] == name for feature in found.value),
            shown=tell.plain(),
            source=f"{found.source} (those of table {name})",
        )
        for name in tables
    ]
    signed = tell.computed(
        sum(feature["sign"] != "none" for feature in found.value),
        shown=tell.plain(),
        source=f"{found.source} (sign other than none)",
    )
    chart = Bars(
        at=theme.CHART,
        caption=said("deck.features.caption"),
        categories=tuple(tell.name(f"deck.table.{name}") for name in tables),
        series=(Series(tell.words.text("deck.design.features"), tuple(of_tables), theme.BLUE),),
        alternative=said("deck.features.alt"),
        across=True,
    )
    is_eu = tell.sources.find(BUNDLE, "profile").value == "eu"
    milliseconds = tell.figure(_ONLINE, "cpu_ms", "from_bytes_to_model_input", "p50", shown=tell.plain(1))
    lines = (
        said("deck.features.entry"),
        said("deck.features.signed", n=signed),
        said("deck.features.eu" if is_eu else "deck.features.kaggle"),
        said("deck.features.exact"),
        said("deck.features.online", ms=milliseconds),
    )
    return Slide(
        name="features",
        section=said("deck.section.model"),
        title=said("deck.features.title", n=tell.count(BUNDLE, "features")),
        parts=(chart, Points(theme.BESIDE, lines, size=18)),
        notes=said("deck.features.notes"),
    )


def _interval(tell: Teller, text_id: str, measure: str, decimals: int) -> Said:
    """Sentence with a measure and its interval."""
    shown = tell.plain(decimals, fixed=True)
    value, low, high = (tell.figure(BUNDLE, *_JUDGED, measure, part, shown=shown) for part in ("value", "low", "high"))
    level = tell.figure(CODE, "metrics.intervals.LEVEL", shown=tell.share(0))
    return tell.said(text_id, **{measure: value}, low=low, high=high, level=level)


def _ranking(tell: Teller, bands: Bands) -> Slide:
    said = tell.said
    cutoff = tell.figure(BUNDLE, "cutoff", shown=tell.share())
    refused, caught = bands.refused_at(cutoff.drawn)
    share = tell.computed(refused, shown=tell.share(0), source=f"{bands.source}: rows above cutoff / rows")
    found = tell.computed(caught, shown=tell.share(0), source=f"{bands.source}: positives above cutoff / positives")
    # From the riskiest band down.
    rows, bad = (
        list(accumulate(reversed(bands.rows), initial=0)),
        list(accumulate(reversed(bands.positives), initial=0)),
    )
    curve = Curve(
        tell.words.text("deck.model.curve"),
        xs=bands.drawn([value / rows[-1] for value in rows], "rows so far / rows"),
        ys=bands.drawn([value / bad[-1] for value in bad], "positives so far / positives"),
        colour=theme.BLUE,
    )
    ends = bands.drawn([0.0, 1.0], "no model: the diagonal")
    chance = Curve(tell.words.text("deck.model.chance"), ends, ends, theme.GREY, is_dashed=True)
    mark = Curve(
        tell.words.text("deck.model.at"),
        (share,),
        (found,),
        theme.ORANGE,
        is_line=False,
        labels={0: said("deck.model.mark", cutoff=cutoff)},
    )
    chart = Plane(
        at=theme.CHART,
        caption=said("deck.model.caption"),
        x=said("deck.model.x"),
        y=said("deck.model.y"),
        curves=(curve, chance, mark),
        alternative=said("deck.model.alt", share=share, caught=found),
        x_most=1.0,
        y_most=1.0,
    )
    gini, ks = (
        tell.figure(BUNDLE, *_JUDGED, name, "value", shown=tell.plain(3, fixed=True)) for name in ("gini", "ks")
    )
    lines = [
        _interval(tell, "deck.model.auc", "auc", 3),
        said("deck.model.gini", gini=gini, ks=ks),
        said(
            "deck.model.unseen",
            rows=tell.figure(BUNDLE, "training", "rows"),
            folds=tell.figure(BUNDLE, "training", "folds"),
        ),
        said("deck.model.trees", trees=tell.figure(BUNDLE, "training", "iteration")),
    ]
    if tell.sources.find(BUNDLE, "challenger").value is not None:
        auc = tell.figure(BUNDLE, "challenger", *_JUDGED, "auc", "value", shown=tell.plain(3, fixed=True))
        lines.append(said("deck.model.challenger", features=tell.figure(BUNDLE, "challenger", "features"), auc=auc))
    return Slide(
        name="model",
        section=said("deck.section.model"),
        title=said("deck.model.title", share=share, caught=found),
        parts=(chart, Points(theme.BESIDE, tuple(lines), size=18)),
        notes=said("deck.model.notes"),
    )


def _costs(tell: Teller, bands: Bands) -> Slide:
    said, plain = tell.said, tell.plain(2)
    c_fn, c_fp = (tell.figure(BUNDLE, "costs", name, shown=plain) for name in ("c_fn", "c_fp"))
    cutoff = tell.figure(BUNDLE, "cutoff", shown=tell.share())
    cost = tell.figure(BUNDLE, *_JUDGED, "cost", "value", shown=plain)
    borders = [0.0, *(upper for upper in bands.uppers if upper <= HIGHEST_CUTOFF)]
    costs = [bands.cost_at(border, c_fn=c_fn.drawn, c_fp=c_fp.drawn) for border in borders]
    formula = "costs/c_fp x good refused + costs/c_fn x bad accepted, per row"
    ends = [
        tell.computed(costs[at], shown=tell.plain(2, fixed=True), source=f"{bands.source}: {formula}") for at in (0, -1)
    ]
    curve = Curve(
        tell.words.text("deck.costs.curve"),
        xs=bands.drawn(borders, "upper"),
        ys=bands.drawn(costs, formula),
        colour=theme.BLUE,
        labels={0: said("deck.costs.none", cost=ends[0]), len(costs) - 1: said("deck.costs.end", cost=ends[1])},
        side="above",
    )
    mark = Curve(
        tell.words.text("deck.costs.at"),
        (cutoff,),
        (cost,),
        theme.ORANGE,
        is_line=False,
        labels={0: said("deck.costs.mark", cost=cost)},
        side="below",
    )
    chart = Plane(
        at=theme.CHART,
        caption=said("deck.costs.caption", c_fp=c_fp),
        x=said("deck.costs.x"),
        y=said("deck.costs.y"),
        curves=(curve, mark),
        alternative=said("deck.costs.alt", cost=cost),
        x_most=HIGHEST_CUTOFF,
        y_most=max(costs) * 1.25,
        y_is_share=False,
    )
    rows, positives = (tell.figure(BUNDLE, "training", name) for name in ("rows", "positives"))
    everybody = tell.derived(
        "c_fn x positives / rows", lambda c, bad, of: c * bad / of, c_fn, positives, rows, shown=plain
    )
    nobody = tell.derived(
        "c_fp x (rows - positives) / rows", lambda c, bad, of: c * (of - bad) / of, c_fp, positives, rows, shown=plain
    )
    lines = [
        said("deck.costs.formula", c_fn=c_fn, c_fp=c_fp),
        said("deck.costs.extremes", everybody=everybody, nobody=nobody),
        said("deck.costs.band", **_band(tell)),
        said(
            "deck.costs.outcomes",
            **{name: tell.figure(BUNDLE, *_JUDGED, name, "value", shown=tell.share()) for name in ("accept", "refuse")},
        ),
    ]
    if tell.sources.has(RUN):
        outcomes = {"accepted": "accept", "referred": "refer", "refused": "refuse"}
        lines.append(
            said(
                "deck.costs.run",
                run=tell.word(RUN, "run_id", shown=str(tell.sources.find(RUN, "run_id").value)[:RUN_SHOWN]),
                **{word: tell.figure(RUN, "outcomes", name) for word, name in outcomes.items()},
            )
        )
    return Slide(
        name="costs",
        section=said("deck.section.model"),
        title=said("deck.costs.title", cutoff=cutoff),
        parts=(chart, Points(theme.BESIDE, tuple(lines), size=18)),
        notes=said("deck.costs.notes"),
    )


def _band(tell: Teller) -> dict[str, Figure]:
    """Ends of the refer band, and how many it refers."""
    return {
        **{name: tell.figure(BUNDLE, "refer_band", name, shown=tell.share()) for name in ("lower", "upper")},
        "refer": tell.figure(BUNDLE, *_JUDGED, "refer", "value", shown=tell.share()),
    }


def _calibration(tell: Teller, bands: Bands) -> Slide:
    said = tell.said
    groups = bands.groups()
    n_groups = tell.computed(len(groups), shown=tell.plain(), source=f"{bands.source}: neighbours joined")
    upper = tell.computed(groups[-1].upper, shown=tell.share(), source=f"{bands.source}: upper of the last closed band")
    announced, observed = [g.middle for g in groups], [g.positives / g.rows for g in groups]
    most = AXIS_STEP * (int(max(*announced, *observed) / AXIS_STEP) + 1)
    ends = bands.drawn([0.0, most], "announced = observed")
    dots = Curve(
        tell.words.text("deck.calibration.groups"),
        xs=bands.drawn(announced, "mean of the middles of the bands, by rows"),
        ys=bands.drawn(observed, "positives / rows"),
        colour=theme.BLUE,
        is_line=False,
    )
    perfect = Curve(tell.words.text("deck.calibration.perfect"), ends, ends, theme.GREY, is_dashed=True)
    chart = Plane(
        at=theme.CHART,
        caption=said("deck.calibration.caption", groups=n_groups, upper=upper),
        x=said("deck.calibration.x"),
        y=said("deck.calibration.y"),
        curves=(dots, perfect),
        alternative=said("deck.calibration.alt", groups=n_groups),
        x_most=most,
        y_most=most,
    )
    least = tell.computed(
        min(g.rows for g in groups), shown=tell.plain(), source=f"{bands.source}: rows of the smallest group"
    )
    lines = (
        _interval(tell, "deck.calibration.slope", "slope", 2),
        said(
            "deck.calibration.brier",
            brier=tell.figure(BUNDLE, *_JUDGED, "brier", "value", shown=tell.plain(4, fixed=True)),
        ),
        said("deck.calibration.crossed"),
        said("deck.calibration.why"),
        said("deck.calibration.size", least=least),
    )
    ece = tell.figure(BUNDLE, *_JUDGED, "ece", "value", shown=tell.scaled(100, 1))
    return Slide(
        name="calibration",
        section=said("deck.section.model"),
        title=said("deck.calibration.title", n=ece),
        parts=(chart, Points(theme.BESIDE, lines, size=18)),
        notes=said("deck.calibration.notes"),
    )
