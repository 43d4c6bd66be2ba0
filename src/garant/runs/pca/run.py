"""`garant pca`: components of a portfolio, or those of an earlier run applied to it, in one committed run."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from garant import __version__
from garant.exceptions import UsageError
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.trust import Trust
from garant.projection.artefact import read_components
from garant.projection.components import Components, Extent
from garant.runs.engine import open_engine
from garant.runs.pca.hidden import Hidden
from garant.runs.pca.options import PcaOptions
from garant.runs.pca.passes import Passes
from garant.runs.pca.plane import label_of, plane_of
from garant.runs.pca.results import FOLDER, artefact_in, explained, write_pictures, write_tables
from garant.runs.pca.score_files import gather_scores
from garant.runs.pca.source import Source, open_source
from garant.runs.pointer import require_verb
from garant.runs.progress import Progress, silent
from garant.settings import Settings
from garant.storage import Json, LocalRuns, Run, Runs, sha256_file, sha256_json
from garant.storage.runs import local_runs_around

LAYOUT = 1
"""Raised whenever the same components would be written otherwise: part of the identity of a run."""

VERB = "pca"

ALL = Extent(variance=1.0)


@dataclass(frozen=True, slots=True)
class PcaResult:
    """A committed run.

    Parameters
    ----------
    run : Run
        Where it is; its manifest holds everything that the command prints.
    repeated : bool
        True when an earlier command had made the same run and nothing was done.
    outrun : bool
        True when another command committed the same run first, so that this one's was dropped.
    """

    run: Run
    repeated: bool
    outrun: bool = False

    @property
    def explained(self) -> list[dict[str, Json]]:
        """One entry per component: its variance, its share, the shares so far, the feature that weighs most."""
        return list(self.run.manifest["explained"])


def pca(
    data: Path,
    out: Path | Runs,
    *,
    bundle_folder: Path | None = None,
    components_folder: Path | None = None,
    options: PcaOptions,
    settings: Settings,
    around: Runs | None = None,
    progress: Progress = silent,
) -> PcaResult:
    """Compute principal components of the clients of `data` and their scores, into a run below `out`.

    The same data, bundle, code and options make the same run, whatever the engine: a second call opens none, does
    nothing and says so.

    Parameters
    ----------
    data : Path
        Raw or accepted tables, a folder that `garant feature build` wrote, or a run that holds a matrix.
    out : Path or Runs
        Folder of runs.
    bundle_folder : Path or None
        Bundle whose numeric inputs are used and whose PDs colour the picture.
    components_folder : Path or None
        Components of an earlier run to apply instead of new ones.
    options : PcaOptions
        How.
    around : Runs or None
        Runs that `data` was fetched from: who was erased from them is left out. Of a local folder they are found.

    Raises
    ------
    UsageError
        When there are not so many components, or it is not clear which are wanted.
    DataError, BundleError
        When the data are refused, or lack a feature that is needed.
    """
    if (options.extent is None) == (components_folder is None):
        message = "Say how many components (--components 10 or --variance 0.95), or whose (--with RUN): one of them."
        raise UsageError(message)
    runs = LocalRuns(out) if isinstance(out, Path) else out
    require_verb(runs, VERB)
    bundle = read_bundle(bundle_folder, Trust.of(settings)) if bundle_folder is not None else None
    earlier = read_components(artefact_in(components_folder)) if components_folder is not None else None
    source = open_source(data, bundle=bundle, components=earlier, options=options, settings=settings, progress=progress)
    hidden = Hidden.of(runs, around or local_runs_around(data), settings)
    if options.extent is not None:
        options.extent.require(rows=source.rows, columns=len(source.columns))
    identity = {**_identity(source, bundle, components_folder, options), "suppressed": hidden.digests}
    run_id = sha256_json(identity)[:16]
    done = runs.committed(run_id)
    if done is not None:
        runs.point_to(done)
        return PcaResult(done, repeated=True)
    attempt = _Attempt(runs, run_id)
    try:
        with (
            source.seen_by(hidden, settings) as seen,
            open_engine(options.engine, settings, reach=lambda: seen.reach(runs, attempt.run, settings)) as engine,
        ):
            built = seen.build(engine, attempt.run.folder / "matrix", progress=progress) if seen.accepted else ()
            parts = seen.parts(built, reach=engine.reach)
            passes = Passes(engine, parts, progress)
            # All that can be refused is refused by now: in this process a stored matrix leaves no trace of a run then.
            components = earlier or passes.components(source.columns, options.extent or ALL)
            folder = attempt.run.folder / FOLDER
            inputs = [column.name for column in bundle.columns] if bundle is not None else []
            scored = passes.scores(components, folder, inputs=inputs)
        csv_parts = gather_scores(
            scored.csv, folder, components.names, one_file_rows=options.one_file_rows, reach=parts.reach
        )
        write_tables(folder, components)
        plane = plane_of(scored.sample, components, bundle=bundle, stored=source.stored, threads=settings.threads)
        label = label_of(bundle, source.stored)
        write_pictures(folder, components, plane, label=label, clients=parts.rows, source=source, options=options)
    except BaseException:
        # Also when it is stopped by hand: what was never committed is not kept.
        attempt.discard()
        raise
    manifest = {
        **identity,
        "accept_quarantine": options.accept_quarantine.text,
        **_findings(source, components, bundle, n_clients=parts.rows, n_hidden=seen.n_hidden),
    }
    look = partial(hidden.require_same, runs, settings)
    winner = runs.commit(attempt.run, manifest, written=[*built, *scored.parquet, *csv_parts], last_look=look)
    return PcaResult(winner, repeated=False, outrun=winner.attempt != attempt.run.attempt)


@dataclass(slots=True)
class _Attempt:
    """An attempt at a run that is reserved when it is first asked for."""

    runs: Runs
    run_id: str
    reserved: Run | None = None

    @property
    def run(self) -> Run:
        """The attempt."""
        if self.reserved is None:
            self.reserved = self.runs.start(self.run_id)
        return self.reserved

    def discard(self) -> None:
        """Keep nothing of an attempt that failed: it was never committed and nobody can have read it."""
        if self.reserved is not None:
            self.runs.discard(self.reserved)


def _identity(
    source: Source, bundle: Bundle | None, components_folder: Path | None, options: PcaOptions
) -> dict[str, Json]:
    extent = options.extent
    # The scores of a run colour the picture where no bundle does.
    colours = source.stored.scores if source.stored is not None and bundle is None else ()
    artefact = sorted(artefact_in(components_folder).glob("components.*")) if components_folder is not None else ()
    return {
        "bundle": bundle.digest if bundle is not None else None,
        "code": __version__,
        "colours": {path.name: sha256_file(path) for path in colours},
        "components": {path.name: sha256_file(path) for path in artefact},
        "input": source.digest,
        "parameters": {
            "components": extent.number if extent is not None else None,
            "language": options.language,
            "missing_columns": list(source.missing_columns),
            "one_file_rows": options.one_file_rows,
            "variance": extent.variance if extent is not None else None,
        },
        "profile": source.profile,
        "schema": LAYOUT,
        "verb": VERB,
    }


def _findings(
    source: Source, components: Components, bundle: Bundle | None, *, n_clients: int, n_hidden: int
) -> dict[str, Json]:
    report = source.accepted.report if source.accepted is not None else None
    return {
        "dropped": dict(sorted(components.dropped.items())),
        "explained": explained(components),
        "features": list(components.columns),
        "label": label_of(bundle, source.stored),
        "n_categories": source.n_categories,
        "rows": {
            "clients": n_clients,
            "learned_from": components.rows,
            "orphans": report.n_orphans if report is not None else 0,
            "quarantined": report.n_quarantined if report is not None else 0,
            "suppressed": n_hidden,
        },
    }
