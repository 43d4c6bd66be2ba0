"""A portfolio step by step, as a notebook shows it: each step is the run that a command makes.

What a cell gets back is a table or a picture; no row of a person is among them.
"""

import time
from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Literal, Self
from weakref import finalize

from garant.exceptions import GarantError, UsageError
from garant.models.bundle.content import MODEL_FILE
from garant.models.bundle.reading import read_bundle
from garant.models.bundle.trust import Trust
from garant.projection.components import Extent
from garant.reports.shown import ShownPicture, ShownTable
from garant.runs.bundle_features import bundle_features
from garant.runs.check import check_tables
from garant.runs.engine import EngineName, open_engine
from garant.runs.pca.options import PcaOptions
from garant.runs.pca.results import FOLDER as PCA
from garant.runs.pca.run import PcaResult
from garant.runs.pca.run import pca as run_pca
from garant.runs.score import ScoreOptions, ScoreResult
from garant.runs.score import score as run_score
from garant.runs.score_rows import Explain
from garant.settings import Settings, load_settings
from garant.storage import Location, Run, Staging, manifest_digest, parse_location, staging
from garant.wording.catalogue import Wording

if TYPE_CHECKING:
    from garant.engines.protocol import Engine

SHOWN = 10
"""Components and files in a table; all of them are in the folder of the run."""

SCREE = f"{PCA}/scree.svg"


def open_portfolio(
    data: Location | str,
    *,
    bundle: Location | str,
    out: Location | str,
    engine: EngineName = "spark",
    language: Literal["fr", "en"] | None = None,
    settings: Settings | None = None,
) -> "Portfolio":
    """Open a portfolio.

    Parameters
    ----------
    data : Location or str
        Raw or accepted tables.
    bundle : Location or str
        The model.
    out : Location or str
        Where results go: runs of `garant score` below ``scores``, those of `garant pca` below ``pca``.
    engine : {"duckdb", "spark"}
        What computes.
    language : {"fr", "en"} or None
        Language of sentences, tables and pictures; the setting when None.
    settings : Settings or None
        Those of ``garant.toml`` and the environment when None.

    Raises
    ------
    UsageError, MissingPartError
        When a place cannot be one, or the engine cannot be opened.
    """
    places = [parse_location(place) if isinstance(place, str) else place for place in (data, bundle, out)]
    return Portfolio(*places, engine=engine, language=language, settings=settings or load_settings())


class Portfolio:
    """What `open_portfolio` gives: its methods are the steps, in the order in which they stand here.

    The engine stays open from one step to the next and is closed with the portfolio, at the latest when the program
    ends. A session of Spark that was there before is used and left open.
    """

    def __init__(
        self,
        data: Location,
        bundle: Location,
        out: Location,
        *,
        engine: EngineName,
        language: Literal["fr", "en"] | None,
        settings: Settings,
    ) -> None:
        self._data, self._bundle, self._out = data, bundle, out
        self._engine_name: EngineName = engine
        self._settings = settings
        self._language: Literal["fr", "en"] = language or settings.language
        self._words = Wording(self._language)
        self._spent: list[tuple[str, float, int]] = []
        self._scored: ScoreResult | None = None
        self._projected: PcaResult | None = None
        stack = ExitStack()
        try:
            self._engine: Engine = stack.enter_context(open_engine(engine, settings))
            self._at: Staging = stack.enter_context(staging(settings))
        except BaseException:
            # Nobody gets the object whose end would close what was opened so far.
            stack.close()
            raise
        self._close = finalize(self, stack.close)

    def __enter__(self) -> Self:
        """Use it for the length of a block."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the engine, and remove what was fetched."""
        self._close()

    def check(self) -> ShownTable:
        """Check the tables, as `garant check DATA --for score`; rows of each table by what became of them."""
        with self._step("check"):
            accepted = check_tables(self._at.fetched(self._data), purpose="score", settings=self._settings)
        names = ("table", "rows", "accepted", "orphans", "quarantined")
        counts = [accepted.report.table(table) for table in accepted.tables]
        rows = [(c.table, *self._numbers(c.rows, c.accepted, c.orphans, c.quarantined)) for c in counts]
        return self._table([f"check.column.{name}" for name in names], rows)

    def features(self) -> ShownTable:
        """What the model reads of each table, and what is sent to each worker once."""
        with self._named():
            bundle = read_bundle(self._at.fetched(self._bundle), Trust.of(self._settings))
            features = bundle_features(bundle)
        inputs = Counter(feature.table for feature in features)
        categories = Counter(feature.table for feature in features if feature.is_category)
        rows = [(table, *self._numbers(n, categories[table])) for table, n in inputs.most_common()]
        model = self._words.text(
            "portfolio.model",
            trees=self._words.number(bundle.booster.num_trees()),
            size=self._words.number(len(bundle.files[MODEL_FILE]) / 1000),
            inputs=self._words.number(len(features)),
        )
        columns = ("check.column.table", "portfolio.column.inputs", "portfolio.column.categories")
        return self._table(columns, rows, model)

    def score(self, *, explain: Explain = "all") -> ShownTable:
        """Make the matrix and score it, as `garant score --format csv`; applications by proposal."""
        options = ScoreOptions(explain=explain, language=self._language, file_format="csv")
        with self._step("score"):
            self._scored = run_score(
                self._at.fetched(self._data),
                self._at.fetched(self._bundle),
                self._at.runs(self._out / "scores"),
                options=options,
                settings=self._settings,
                engine=self._engine_name,
            )
        total = max(1, sum(self._scored.outcomes.values()))
        rows = [
            (self._words.text(f"outcome.{word}.name"), *self._numbers(n), self._share(n / total))
            for word, n in self._scored.outcomes.items()
        ]
        notices = [self._words.text("notice.kaggle")] if self._scored.bundle.content.profile == "kaggle" else []
        columns = ("portfolio.column.proposal", "portfolio.column.applications", "portfolio.column.share")
        return self._table(columns, rows, *notices, *self._about(self._scored.run, repeated=self._scored.repeated))

    def pca(self, *, components: int | None = None, variance: float | None = None) -> ShownTable:
        """Components of the clients that were scored, as `garant pca`; the share of each and what weighs most.

        Raises
        ------
        UsageError
            When nothing was scored yet, or it is not clear how many components are wanted.
        """
        scored = self._scored_run().place
        options = PcaOptions(
            extent=Extent(number=components, variance=variance), language=self._language, engine=self._engine_name
        )
        with self._step("pca"):
            self._projected = run_pca(
                self._at.fetched(scored),
                self._at.runs(self._out / "pca"),
                bundle_folder=self._at.fetched(self._bundle),
                options=options,
                settings=self._settings,
                around=self._at.runs_around(scored),
            )
        rows = [
            (
                entry["component"],
                self._share(entry["ratio"]),
                self._share(entry["cumulative"]),
                entry["strongest"],
            )
            for entry in self._projected.explained[:SHOWN]
        ]
        columns = [f"portfolio.column.{name}" for name in ("component", "share", "so_far", "strongest")]
        return self._table(columns, rows, *self._about(self._projected.run, repeated=self._projected.repeated))

    def scree(self) -> ShownPicture:
        """Scree plot of the components.

        Raises
        ------
        UsageError
            When there are no components yet.
        """
        place = self._projected_run().place
        with self._named():
            svg = (self._at.fetched(place) / SCREE).read_text(encoding="utf-8")
        return ShownPicture(str(place / SCREE), svg)

    def files(self) -> ShownTable:
        """CSV files of scores and components, for whoever reads them with other programs."""
        runs = (self._scored_run(), self._projected_run())
        found = [
            (str(run.place / name), *self._numbers(entry["bytes"]))
            for run in runs
            for name, entry in run.manifest["files"].items()
            if name.endswith(".csv")
        ]
        notes = [self._words.text("portfolio.more", n=self._words.number(len(found) - SHOWN))] if found[SHOWN:] else []
        return self._table(("check.column.file", "check.column.bytes"), found[:SHOWN], *notes)

    def spent(self) -> ShownTable:
        """vCPU-hours of the steps: vCPUs that were there times how long each took."""
        hours = [(step, seconds, vcpus, seconds * vcpus / 3600) for step, seconds, vcpus in self._spent]
        rows = [
            (
                self._words.text(f"portfolio.step.{step}"),
                self._words.number(seconds, decimals=1, fixed=True),
                *self._numbers(vcpus),
                self._words.number(spent, decimals=4, fixed=True),
            )
            for step, seconds, vcpus, spent in hours
        ]
        total = self._words.number(sum(spent for *_, spent in hours), decimals=4)
        columns = [f"portfolio.column.{name}" for name in ("step", "seconds", "vcpus", "hours")]
        return self._table(columns, rows, self._words.text("portfolio.total", hours=total))

    def _scored_run(self) -> Run:
        if self._scored is None:
            raise UsageError("No client was scored yet. Call score() first.")
        return self._scored.run

    def _projected_run(self) -> Run:
        if self._projected is None:
            raise UsageError("There are no components yet. Call pca() first.")
        return self._projected.run

    @contextmanager
    def _named(self) -> Generator[None]:
        """Have errors name places as they were given."""
        try:
            yield
        except GarantError as error:
            self._at.name_as_typed(error)
            raise

    @contextmanager
    def _step(self, name: str) -> Generator[None]:
        """Take the time of a step."""
        start = time.perf_counter()
        with self._named():
            yield
        self._spent.append((name, time.perf_counter() - start, self._engine.vcpus))

    def _about(self, run: Run, *, repeated: bool) -> list[str]:
        return [
            *([self._words.text("portfolio.repeated")] if repeated else []),
            self._words.text("portfolio.run", place=str(run.place)),
            self._words.text("portfolio.digest", digest=manifest_digest(run.manifest)),
        ]

    def _numbers(self, *values: float) -> tuple[str, ...]:
        return tuple(self._words.number(value) for value in values)

    def _share(self, value: float) -> str:
        return self._words.percent(value, fixed=True)

    def _table(self, columns: Iterable[str], rows: Iterable[tuple[str, ...]], *notes: str) -> ShownTable:
        return ShownTable(tuple(self._words.text(column) for column in columns), tuple(rows), notes)
