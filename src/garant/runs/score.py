"""`garant score`: every applicant gets a PD, points, a proposal and reasons, in one committed run."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from garant.engines.protocol import Engine
from garant.exceptions import ReconciliationError
from garant.features.feature import Feature
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.trust import Trust
from garant.models.scorecard.reading import read_scorecard
from garant.policy.policy import load_policy
from garant.runs.accept import tables_for_bundle
from garant.runs.bundle_columns import require_columns
from garant.runs.bundle_features import bundle_features
from garant.runs.engine_choice import AskedEngine, EngineChoice, chosen_engine
from garant.runs.matrix import n_parts, write_matrix
from garant.runs.pointer import require_verb
from garant.runs.progress import Progress, silent
from garant.runs.score_counts import ScoreCounts
from garant.runs.score_files import write_extra_file
from garant.runs.score_identity import VERB, score_identity
from garant.runs.score_options import ScoreOptions
from garant.runs.score_part import ScoreWork, prepare_scorer, score_part
from garant.runs.set_aside import set_aside_rows
from garant.runs.set_aside_files import copy_set_aside, left_out
from garant.runs.since import EarlierRun
from garant.runs.suppression import require_same_list, suppression_of
from garant.runs.words import words_of
from garant.scoring.expected_loss import why_no_loss
from garant.settings import Settings
from garant.storage import LocalRuns, Run, Runs
from garant.storage.parquet import write_parquet
from garant.storage.reach import Reach, Written
from garant.tables.accepted import AcceptedTables

ROWS = ("applicants", "set_aside", "quarantined", "orphans", "suppressed")
"""What the manifest counts; who is suppressed is on the list of erased clients and was left out."""


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """A committed run.

    Parameters
    ----------
    run : Run
        Where it is.
    bundle : Bundle
        The model that scored.
    accepted : AcceptedTables
        The data that were scored.
    repeated : bool
        True when an earlier command had made the same run and nothing was done.
    outrun : bool
        True when another command committed the same run while this one was making it: the other's stands.
    n_kept : int or None
        Clients who kept the scores of the run that `since` named; None without one.
    engine : EngineChoice or None
        What computed it; None where the run was there already.
    """

    run: Run
    bundle: Bundle
    accepted: AcceptedTables
    repeated: bool
    outrun: bool = False
    n_kept: int | None = None
    engine: EngineChoice | None = None

    @property
    def outcomes(self) -> dict[str, int]:
        """Applicants per proposed outcome."""
        return dict(self.run.manifest["outcomes"])

    @property
    def n_set_aside(self) -> int:
        """Applicants who were not scored and are referred."""
        return int(self.run.manifest["rows"]["set_aside"])

    @property
    def n_suppressed(self) -> int:
        """Clients on the suppression list who are in the data and were left out."""
        return int(self.run.manifest["rows"]["suppressed"])

    @property
    def unknown_levels(self) -> dict[str, int]:
        """Applicants per category whose level the bundle never met."""
        return dict(self.run.manifest["unknown_levels"])

    @property
    def missing_columns(self) -> tuple[str, ...]:
        """Columns that the bundle learned from and that were read as empty."""
        return tuple(self.run.manifest["parameters"]["missing_columns"])


def score(
    data: Path,
    bundle_folder: Path,
    out: Path | Runs,
    *,
    options: ScoreOptions,
    settings: Settings,
    engine: AskedEngine = "duckdb",
    since: EarlierRun | None = None,
    progress: Progress = silent,
) -> ScoreResult:
    """Score the applicants of `data` with a bundle, into a run below `out`.

    The same data, bundle, code, policy and options make the same run, whatever the engine: a second call opens none,
    does nothing and says so. With `since` clients whose facts are those of that run keep their scores; the run is the
    same as without it.

    Raises
    ------
    DataError
        When the data are refused, or have more rows in quarantine than `options` accept.
    BundleError
        When the bundle cannot be trusted, or was trained on tables or columns that the data lack.
    UsageError
        When `out` holds runs of another command, or the run that `since` names was made otherwise, so that all must be
        scored.
    """
    runs = LocalRuns(out) if isinstance(out, Path) else out
    require_verb(runs, VERB)
    trust = Trust.of(settings)
    bundle = read_bundle(bundle_folder, trust)
    policy = load_policy(settings.policy_file)
    accepted = tables_for_bundle(
        data, bundle.content.tables, without=options.without, settings=settings, progress=progress
    )
    options.accept_quarantine.require(accepted, data=data)
    # Who reads a column matters only where one is absent: the run may be there already, and this takes a second.
    features = bundle_features(bundle, memory=trust.loaded) if accepted.report.absent else ()
    missing = require_columns(features, bundle.content, accepted, allow_missing=options.allow_missing_columns)
    hidden = suppression_of(runs, settings)
    identity = score_identity(
        options, bundle=bundle, accepted=accepted, policy=policy, missing=missing, hidden=hidden.digest
    )
    if since is not None:
        since.require_like({**identity.document, "config": identity.config})
    done = runs.committed(identity.run_id)
    if done is not None:
        runs.point_to(done)
        return ScoreResult(done, bundle, accepted, repeated=True)
    features = features or bundle_features(bundle, memory=trust.loaded)
    run = runs.start(identity.run_id)
    written: list[Written] = []
    try:
        with (
            left_out(accepted, hidden, settings) as (seen, n_suppressed),
            chosen_engine(
                engine, settings, n_rows=_rows(accepted), reach=lambda: _reach(runs, run, seen, settings)
            ) as (running, chosen),
        ):
            work = ScoreWork(
                bundle=bundle,
                policy=policy,
                explain=options.explain,
                language=options.language,
                currency=accepted.config.money.currency,
                period_declared=accepted.config.money.period is not None,
                charges_declared=accepted.config.money.charges is not None,
                threads=running.threads_per_file,
                folder=run.folder / "scores",
                reach=running.reach,
                applicants=accepted.report.table("application").accepted,
                earlier=since and since.bring(n_parts=n_parts(accepted), reach=running.reach),
            )
            counts = _scored(running, run, seen, features, work, written=written, progress=progress)
            scores = [part.path for part in written if part.path.parent == work.folder]
            scores += _set_aside(run, seen, features, work, counts)
        counts.rows["suppressed"] = n_suppressed
        write_extra_file(run, options.file_format, header=work.schema.names, parts=scores, reach=work.reach)
    except BaseException:
        # Nothing of an attempt that failed is kept: it was never committed and nobody can have read it.
        runs.discard(run)
        raise
    manifest = {
        **identity.document,
        "accept_quarantine": options.accept_quarantine.text,
        "config": identity.config,
        "bundle_cutoff": bundle.content.cutoff,
        "expected_loss": _losses(counts, bundle, currency=accepted.config.money.currency),
        "bundle_refer_band": [bundle.content.refer_band.lower, bundle.content.refer_band.upper],
        "label": bundle.content.label.model_dump(),
        "outcomes": {word: counts.rows[word] for word in ("accept", "refer", "refuse")},
        "policy_version": f"{policy.name} {policy.version}",
        "product_cutoffs": {name: terms.cutoff for name, terms in bundle.content.cutoffs.products.items()},
        "profile": bundle.content.profile,
        "rows": {name: counts.rows[name] for name in ROWS},
        "unknown_levels": dict(sorted(counts.unknown_levels.items())),
    }
    look = partial(require_same_list, runs, hidden, settings)
    winner = runs.commit(run, manifest, written=written, last_look=look)
    n_kept = counts.rows["kept"] if since is not None else None
    outrun = winner.attempt != run.attempt
    return ScoreResult(winner, bundle, accepted, repeated=False, outrun=outrun, n_kept=n_kept, engine=chosen)


def _scored(
    engine: Engine,
    run: Run,
    accepted: AcceptedTables,
    features: Sequence[Feature],
    work: ScoreWork,
    *,
    written: list[Written],
    progress: Progress,
) -> ScoreCounts:
    """Write the matrix and the scores; add to `written` what workers wrote, and return what was counted."""
    # A challenger that is none is told before the long work.
    read_scorecard(work.bundle)
    counts = ScoreCounts()
    total = sum(pq.read_metadata(file).num_rows for file in accepted.files["application"])
    matrix = write_matrix(engine, accepted, features, run.folder / "matrix", progress=progress)
    written += matrix
    parts = [part.path for part in matrix]
    for part in engine.map_files(parts, score_part, shared=work.to_send(), prepare=prepare_scorer):
        counts.merge(part.counts)
        written.append(part.written)
        progress("score", counts.rows["applicants"], total)
    scored = counts.rows["applicants"]
    if scored != total:
        raise ReconciliationError(f"{scored} applicants were scored, {total} were accepted.")
    return counts


def _set_aside(
    run: Run, accepted: AcceptedTables, features: Sequence[Feature], work: ScoreWork, counts: ScoreCounts
) -> list[Path]:
    """Write and count what was set aside: applicants, who are referred, and rows in quarantine and without parent.

    Returns
    -------
    list of Path
        The part of the scores that holds those applicants, where there are any.
    """
    aside = set_aside_rows(accepted, words_of(features, work.language, currency=work.currency))
    part = work.folder / "part-set-aside.parquet"
    if aside.num_rows:
        counts.add(aside)
        write_parquet(part, aside.to_batches(), work.schema)
    counts.rows["set_aside"] = aside.num_rows
    counts.rows["quarantined"], counts.rows["orphans"] = copy_set_aside(accepted, run.folder)
    return [part] if aside.num_rows else []


def _rows(accepted: AcceptedTables) -> int:
    return sum(accepted.report.table(table).accepted for table in accepted.tables)


def _reach(runs: Runs, run: Run, accepted: AcceptedTables, settings: Settings) -> Reach:
    """How tasks reach the run and its input where they do not see this disk; the input is made reachable."""
    files = [file for parts in accepted.files.values() for file in parts]
    return Reach(runs.mounts(run, accepted.folder, files), settings)


def _losses(counts: ScoreCounts, bundle: Bundle, *, currency: str | None) -> dict[str, object]:
    """Expected loss and exposure by outcome; without them, why."""
    content = bundle.content
    absent = why_no_loss(is_default=content.label.is_default, economics=content.economics)
    if absent is not None:
        return {"absent": absent}
    return {
        "currency": currency,
        "ead": counts.ead,
        "expected_loss": counts.expected_loss,
    }
