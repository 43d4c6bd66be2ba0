"""The cloud: the job, who may do what and where, the price. Nothing of it was tried on a real account: each says so."""

from datetime import date

from garant.reports.deck import theme
from garant.reports.deck.figure import Figure, Said
from garant.reports.deck.parts import BigFigure, BigFigures, Box, Flow, Grid, Missing, Points, Step
from garant.reports.deck.slide import Slide
from garant.reports.deck.sources import CLOUD, RESULTS, SEPARATOR
from garant.reports.deck.telling import Teller

_SPARK = f"{RESULTS}spark.json"
_PAPER = ("whole_job", "extrapolated")

GUARDS = ("synth", "boundary", "organisation", "settings")

ENGINES = {"duckdb": "DuckDB", "spark": "Spark"}

MINUTES_PER_HOUR = 60
MILLION = 1e6


def cloud_slides(tell: Teller) -> tuple[Slide, ...]:
    """Job, guards, price."""
    return _job(tell), _guards(tell), _price(tell)


def _job(tell: Teller) -> Slide:
    said = tell.said
    until = tell.sources.find(CLOUD, "release", "supported_until")
    day = tell.gap(until.source)
    if until.value is not None:
        day = tell.word(CLOUD, "release", "supported_until", shown=tell.words.date(date.fromisoformat(until.value)))
    compute = said(
        "deck.cloud.compute.text",
        release=tell.word(CLOUD, "release", "label"),
        spark=tell.word(CLOUD, "release", "spark"),
        until=day,
    )
    steps = (
        Step(said("deck.cloud.upload"), said("deck.cloud.upload.text")),
        Step(said("deck.cloud.start"), said("deck.cloud.start.text")),
        Step(said("deck.cloud.compute"), compute),
        Step(said("deck.cloud.result"), said("deck.cloud.result.text")),
    )
    profile = tell.word(CLOUD, "profile", "name")
    cells = (
        BigFigure(tell.only(tell.figure(CLOUD, "profile", "vcpu")), said("deck.cloud.vcpu", profile=profile)),
        BigFigure(tell.only(tell.figure(CLOUD, "profile", "memory_gb")), said("deck.cloud.memory")),
        BigFigure(tell.only(tell.figure(CLOUD, "profile", "timeout_minutes")), said("deck.cloud.timeout")),
        BigFigure(tell.only(tell.figure(CLOUD, "auto_stop_minutes")), said("deck.cloud.idle")),
    )
    return Slide(
        name="cloud",
        section=said("deck.section.cloud"),
        title=said("deck.cloud.title"),
        parts=(Flow(theme.UPPER, steps, alternative=said("deck.cloud.alt")), BigFigures(theme.LOWER, cells)),
        notes=said("deck.cloud.notes"),
        remark=said("deck.untried"),
    )


def _guards(tell: Teller) -> Slide:
    said = tell.said
    regions = tell.count(CLOUD, "regions")
    parts = ("", ".where", ".refuses")
    rows = tuple(tuple(said(f"deck.guard.{guard}{part}", n=regions) for part in parts) for guard in GUARDS)
    grid = Grid(
        at=Box(theme.LEFT, theme.UPPER.y, theme.UPPER.width, 3.2),
        header=tuple(said(f"deck.guard.head.{name}") for name in ("guard", "where", "refuses")),
        rows=rows,
        widths=(3, 3, 6),
        alternative=said("deck.guard.alt"),
    )
    below = Box(theme.LEFT, 5.35, theme.LOWER.width, 1.3)
    return Slide(
        name="guard",
        section=said("deck.section.cloud"),
        title=said("deck.guard.title"),
        parts=(grid, Points(below, (said("deck.guard.rights"), said("deck.guard.buckets")), size=18)),
        notes=said("deck.guard.notes"),
        remark=said("deck.untried"),
    )


def _price(tell: Teller) -> Slide:
    said, prices = tell.said, _Prices.of(tell)
    limits = {
        name: tell.figure(CLOUD, *keys)
        for name, keys in {
            "attempts": ("attempts",),
            "minutes": ("profile", "timeout_minutes"),
            "vcpu": ("profile", "vcpu"),
            "memory": ("profile", "memory_gb"),
        }.items()
    }
    worst = tell.derived(
        "attempts x minutes / 60 x (vCPU x price + GB x price)",
        lambda tries, minutes, vcpu, gb, per_vcpu, per_gb: (
            tries * minutes / MINUTES_PER_HOUR * (vcpu * per_vcpu + gb * per_gb)
        ),
        *limits.values(),
        prices.vcpu,
        prices.memory,
        shown=tell.plain(2, fixed=True),
    )
    measured = tell.figure(_SPARK, *_PAPER, "rows_of_1x", shown=tell.scaled(1 / MILLION, 0))
    lines = (
        said("deck.price.worst", **limits),
        said("deck.price.list", vcpu=prices.vcpu, memory=prices.memory, region=prices.region),
        said("deck.price.extrapolated", rows=measured),
        tell.title(
            "deck.price.idle",
            without="deck.price.idle.without",
            **{
                name: tell.figure(CLOUD, "idle", key, shown=tell.plain(3))
                for name, key in {"kms": "kms_key_month_usd", "storage": "s3_gb_month_usd"}.items()
            },
        ),
    )
    at = Box(theme.LEFT, theme.UPPER.y, theme.UPPER.width, 2.95)
    return Slide(
        name="price",
        section=said("deck.section.cloud"),
        title=tell.title("deck.price.title", without="deck.price.title.without", worst=worst),
        parts=(_paper(tell, at), Points(Box(theme.LEFT, 5.1, at.width, 1.7), lines, size=16)),
        notes=said("deck.price.notes"),
        remark=said("deck.untried"),
    )


def _paper(tell: Teller, at: Box) -> Grid | Missing:
    """Minutes and price of a run for some sizes, by engine."""
    found = tell.sources.find(_SPARK, *_PAPER, "table")
    if not isinstance(found.value, dict) or not found.value:
        return Missing(at, tell.nothing_in(found.source))
    said = tell.said
    rows = list[tuple[Said, ...]]()
    for name in sorted(found.value, key=lambda name: (int(name.partition("x")[0]), name)):
        size, engine, vcpu, _ = name.split()
        rows.append(
            (
                said("deck.price.size", size=_of_name(tell, name, size.rstrip("x"))),
                said("deck.price.engine", engine=tell.proper(ENGINES[engine])),
                said("deck.price.cell", value=_of_name(tell, name, vcpu)),
                said(
                    "deck.price.cell", value=tell.figure(_SPARK, *_PAPER, "table", name, "minutes", shown=tell.plain(0))
                ),
                said("deck.price.cell", value=_price_of(tell, name)),
            )
        )
    return Grid(
        at=at,
        header=tuple(said(f"deck.price.head.{name}") for name in ("size", "engine", "vcpu", "minutes", "price")),
        rows=tuple(rows),
        widths=(2, 2, 2, 2, 2.4),
        alternative=said("deck.price.alt"),
        numeric=frozenset({2, 3, 4}),
    )


def _of_name(tell: Teller, name: str, number: str) -> Figure:
    """A number that the name of an entry holds."""
    return tell.computed(
        int(number), shown=tell.plain(), source=tell.sources.find(_SPARK, *_PAPER, "table", name).source
    )


def _price_of(tell: Teller, name: str) -> Figure:
    """Price of a run: whole dollars from ten on, else as many decimals as leave two digits."""
    price = tell.figure(_SPARK, *_PAPER, "table", name, "usd")
    decimals = 0 if price.drawn >= 10 else 2 if price.drawn >= 0.1 else 3  # noqa: PLR2004 - said above
    return tell.figure(_SPARK, *_PAPER, "table", name, "usd", shown=tell.plain(decimals))


class _Prices:
    """Price of a core and of memory for an hour, and where it holds."""

    def __init__(self, vcpu: Figure, memory: Figure, region: Figure) -> None:
        self.vcpu, self.memory, self.region = vcpu, memory, region

    @classmethod
    def of(cls, tell: Teller) -> "_Prices":
        """Prices of the table that ships with garant; without one, those the paper table was computed with."""
        if tell.sources.find(CLOUD, "prices").value is not None:
            region = tell.word(CLOUD, "prices", "region")
            keys = (CLOUD, "prices")
            said_by = tell.sources.find(CLOUD, "prices", "source").value
        else:
            region = Figure("US", tell.words.text("deck.price.us"), f"docs/scale.md{SEPARATOR}On paper")
            keys = (_SPARK, *_PAPER, "prices")
            said_by = None
        vcpu, memory = (
            tell.figure(*keys, name, shown=tell.plain(4), said_by=said_by) for name in ("vcpu_hour_usd", "gb_hour_usd")
        )
        return cls(vcpu, memory, region)
