"""Spark: how the model travels, the principal components, what a killed worker changes, and when it is worth it."""

from itertools import accumulate

from garant.reports.deck import theme
from garant.reports.deck.figure import Figure
from garant.reports.deck.parts import Bars, BigFigure, BigFigures, Box, Flow, Missing, Part, Points, Series, Step
from garant.reports.deck.places import bars_or_gap
from garant.reports.deck.slide import Slide
from garant.reports.deck.sources import PROJECTION, RESULTS
from garant.reports.deck.telling import Teller

_SPARK = f"{RESULTS}spark.json"
_KILLED = f"{RESULTS}killed_worker.json"

SCALES = ("0.1", "0.3", "1.0")
"""Sizes of the whole job that are measured, in those of the public portfolio."""

COMPONENTS_SHOWN = 20

MILLION = 1e6


def spark_slides(tell: Teller) -> tuple[Slide, ...]:
    """Broadcast, components, killed worker, which engine."""
    return _broadcast(tell), _components(tell), _killed(tell), _engine(tell)


def _broadcast(tell: Teller) -> Slide:
    said = tell.said
    ways = ("plain", "own_files", "dataframe")
    costs = tuple(tell.figure(_SPARK, "scoring", way, "cpu_s", shown=tell.plain(1, fixed=True)) for way in ways)
    rows, columns = (tell.in_words(_SPARK, at, "scoring", "what") for at in (0, 1))
    chart = Bars(
        at=theme.CHART,
        caption=said("deck.broadcast.caption", rows=rows, columns=columns),
        categories=tuple(tell.name(f"deck.broadcast.{way}") for way in ways),
        series=(Series(tell.words.text("deck.section.spark"), costs, theme.BLUE),),
        alternative=said("deck.broadcast.alt"),
        highlighted=frozenset({ways.index("own_files")}),
    )
    lines = (
        said("deck.broadcast.once"),
        said(
            "deck.broadcast.equal",
            difference=tell.figure(_SPARK, "scoring", "largest_difference", "own_files", shown=tell.plain(12)),
        ),
        said(
            "deck.broadcast.ratio",
            own=tell.figure(_SPARK, "scoring", "own_files_to_plain_cpu", shown=tell.plain(1)),
            frame=tell.figure(_SPARK, "scoring", "dataframe_to_plain_cpu", shown=tell.plain(1)),
        ),
        said("deck.broadcast.student", ratio=tell.figure(_SPARK, "scoring", "student_to_dataframe_cpu_per_row")),
    )
    return Slide(
        name="broadcast",
        section=said("deck.section.spark"),
        title=said("deck.broadcast.title"),
        parts=(bars_or_gap(tell, chart), Points(theme.BESIDE, lines, size=18)),
        notes=said("deck.broadcast.notes"),
    )


def _components(tell: Teller) -> Slide:
    said = tell.said
    lines = [said("deck.pca.pass")]
    if tell.sources.has(PROJECTION):
        sizes = {name: tell.figure(PROJECTION, name) for name in ("features", "clients")}
        lines.insert(0, said("deck.pca.size", **sizes))
    small, large = (tell.figure(_SPARK, "memory", name) for name in ("1x_mb", "4x_mb"))
    rows = [tell.in_words(_SPARK, at, "memory", "what") for at in (0, 1)]
    times = tell.derived("rows / rows", lambda more, few: more / few, rows[1], rows[0], shown=tell.plain(1))
    lines += [
        said("deck.pca.mllib", ratio=tell.figure(_SPARK, "projection", "mllib_to_garant", "cpu_s")),
        said("deck.pca.memory", small=small, large=large, times=times),
        said("deck.pca.file"),
    ]
    shares = tell.sources.find(PROJECTION, "ratio")
    k = min(len(shares.value or ()), COMPONENTS_SHOWN)
    sums = list(accumulate(shares.value[:k])) if k else []
    total = (
        tell.computed(sums[-1], shown=tell.share(0), source=f"{shares.source} (sum of the first {k})")
        if sums
        else tell.gap(shares.source)
    )
    shown = tell.computed(k, shown=tell.plain(), source=f"{shares.source} (as many as are drawn)") if k else total
    return Slide(
        name="pca",
        section=said("deck.section.spark"),
        title=tell.title("deck.pca.title", without="deck.pca.title.without", k=shown, share=total),
        parts=(_scree(tell, k, shown), Points(theme.BESIDE, tuple(lines), size=18)),
        notes=said("deck.pca.notes"),
    )


def _scree(tell: Teller, k: int, shown: Figure) -> Part:
    if not k:
        return Missing(theme.CHART, tell.said("deck.gap.run"))
    points = tuple(tell.figure(PROJECTION, "ratio", at, shown=tell.share(1, fixed=True)) for at in range(k))
    order = tuple(
        tell.computed(at + 1, shown=tell.plain(), source=f"{points[0].source}: place of a component") for at in range(k)
    )
    return Bars(
        at=theme.CHART,
        caption=tell.said("deck.pca.caption"),
        categories=order,
        series=(Series(tell.words.text("deck.section.spark"), points, theme.BLUE),),
        alternative=tell.said("deck.pca.alt", k=shown, first=points[0]),
        labels={0: points[0].text, k - 1: points[-1].text},
    )


def _killed(tell: Teller) -> Slide:
    said = tell.said
    steps = (
        Step(said("deck.killed.kill"), said("deck.killed.kill.text")),
        Step(said("deck.killed.again"), said("deck.killed.again.text")),
        Step(said("deck.killed.rename"), said("deck.killed.rename.text")),
        Step(said("deck.killed.same"), said("deck.killed.same.text")),
    )
    undisturbed = tell.title(
        "deck.killed.undisturbed",
        without="deck.killed.undisturbed.without",
        applicants=tell.figure(_KILLED, "applicants"),
        workers=tell.figure(_KILLED, "workers"),
    )
    load = tell.figure(_KILLED, "machine", "load_at_end", shown=tell.plain(0))
    equal = tell.title("deck.killed.equal", without="deck.killed.equal.without", rounds=tell.figure(_KILLED, "rounds"))
    cells = (
        BigFigure(tell.only(tell.figure(_KILLED, "undisturbed", "wall_s", shown=tell.plain(0))), undisturbed),
        BigFigure(
            tell.only(tell.figure(_KILLED, "worker_killed", "wall_s", shown=tell.plain(0))),
            tell.title("deck.killed.with_kill", without="deck.killed.with_kill.without", load=load),
        ),
        BigFigure(tell.only(tell.figure(_KILLED, "same_manifest")), equal),
    )
    numbers = Box(theme.LOWER.x, theme.LOWER.y - 0.15, theme.LOWER.width, 1.5)
    below = Box(theme.LOWER.x, 6.05, theme.LOWER.width, 0.65)
    return Slide(
        name="killed",
        section=said("deck.section.spark"),
        title=said("deck.killed.title"),
        parts=(
            Flow(theme.UPPER, steps, alternative=said("deck.killed.alt")),
            BigFigures(numbers, cells),
            Points(below, (said("deck.killed.driver"),), size=16),
        ),
        notes=said("deck.killed.notes"),
    )


def _engine(tell: Teller) -> Slide:
    said = tell.said
    whole = ("whole_job", "measured")
    seconds = {
        engine: tuple(
            tell.figure(_SPARK, *whole, scale, engine, "score", "wall_s", shown=tell.plain(0)) for scale in SCALES
        )
        for engine in ("duckdb", "spark")
    }
    chart = Bars(
        at=theme.CHART,
        caption=said("deck.engine.caption", cores=tell.figure(_SPARK, "whole_job", "machine", "cores")),
        categories=tuple(tell.figure(_SPARK, *whole, scale, "applicants") for scale in SCALES),
        series=(
            Series("DuckDB", seconds["duckdb"], theme.BLUE),
            Series("Spark", seconds["spark"], theme.ORANGE),
        ),
        alternative=said("deck.engine.alt"),
    )
    paces = [
        tell.figure(_SPARK, "whole_job", "extrapolated", "paces", engine, "score", "vcpu_s_per_row")
        for engine in ("spark", "duckdb")
    ]
    same = [tell.sources.find(_SPARK, *whole, scale, "same_manifest") for scale in SCALES]
    is_known = all(found.value is not None for found in same)
    equal = (
        tell.computed(
            sum(f.value is True for f in same), shown=tell.plain(), source=f"{same[0].source} (and of the other sizes)"
        )
        if is_known
        else tell.gap(same[0].source)
    )
    lines = (
        said("deck.engine.pace", ratio=tell.derived("Spark / DuckDB", lambda a, b: a / b, *paces, shown=tell.plain())),
        said("deck.engine.same", equal=equal, sizes=tell.count(_SPARK, *whole)),
        said("deck.engine.auto"),
        said("deck.engine.limit"),
    )
    rows = tell.figure(_SPARK, *whole, SCALES[-1], "rows", shown=tell.scaled(1 / MILLION, 0))
    is_first = all(d.drawn < s.drawn for d, s in zip(seconds["duckdb"], seconds["spark"], strict=True))
    title = (
        tell.title("deck.engine.title", without="deck.engine.title.without", rows=rows)
        if is_first
        else said("deck.engine.title.without")
    )
    return Slide(
        name="engine",
        section=said("deck.section.spark"),
        title=title,
        parts=(bars_or_gap(tell, chart), Points(theme.BESIDE, lines, size=18)),
        notes=said("deck.engine.notes"),
    )
