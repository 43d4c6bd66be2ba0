"""`garant score`: every applicant gets a PD, points, a proposal and reasons, in one committed run."""

import csv
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from garant import __version__
from garant.engines.duckdb import DuckDBEngine
from garant.engines.protocol import BATCH_ROWS
from garant.exceptions import ReconciliationError
from garant.explanations.reasons import ReasonWriter
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.scorecard.reading import read_scorecard
from garant.policy.policy import Policy, load_policy
from garant.runs.accept import tables_for_bundle
from garant.runs.bundle_features import bundle_features
from garant.runs.matrix import build_matrix
from garant.runs.progress import Progress, silent
from garant.runs.score_rows import SCORES, Explain, Scorer
from garant.runs.set_aside import set_aside_rows
from garant.settings import Settings
from garant.storage import Run, atomic_path, commit, committed_run, point_to, sha256_json, start_attempt
from garant.tables.accepted import AcceptedTables
from garant.wording.catalogue import Wording

Purpose = Literal["simulation", "portfolio", "application"]
FileFormat = Literal["parquet", "csv", "kaggle"]

EXTRA_FILES = {"csv": "scores.csv", "kaggle": "kaggle.csv"}
"""File that a format adds beside the folder of scores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreOptions:
    """How to score.

    Parameters
    ----------
    explain : {"refused", "all", "none"}
        Who gets reasons; ``refused`` is everybody not accepted.
    purpose : {"portfolio", "simulation", "application"}
        What the scores are for; said in the manifest.
    language : {"fr", "en"}
        Language of the sentences.
    file_format : {"parquet", "csv", "kaggle"}
        ``csv`` and ``kaggle`` add a file beside the folder ``scores``.
    without : tuple of str
        Child tables to go on without.
    """

    explain: Explain = "refused"
    purpose: Purpose = "portfolio"
    language: Literal["fr", "en"] = "en"
    file_format: FileFormat = "parquet"
    without: tuple[str, ...] = ()


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
    """

    run: Run
    bundle: Bundle
    accepted: AcceptedTables
    repeated: bool

    @property
    def outcomes(self) -> dict[str, int]:
        """Applicants per proposed outcome."""
        return dict(self.run.manifest["outcomes"])

    @property
    def n_set_aside(self) -> int:
        """Applicants who were not scored and are referred."""
        return int(self.run.manifest["rows"]["set_aside"])


def score(
    data: Path,
    bundle_folder: Path,
    out: Path,
    *,
    options: ScoreOptions,
    settings: Settings,
    progress: Progress = silent,
) -> ScoreResult:
    """Score the applicants of `data` with a bundle, into a run below `out`.

    The same data, bundle, code, policy and options make the same run: a second call does nothing and says so.

    Raises
    ------
    DataError
        When the data are refused.
    BundleError
        When the bundle cannot be trusted or was trained on other tables.
    """
    bundle = read_bundle(bundle_folder)
    policy = load_policy(settings.policy_file)
    accepted = tables_for_bundle(
        data, bundle.content.tables, without=options.without, settings=settings, progress=progress
    )
    parameters = {
        "explain": options.explain,
        "format": options.file_format,
        "language": options.language,
        "purpose": options.purpose,
    }
    identity = {
        "bundle": bundle.digest,
        "code": __version__,
        "input": accepted.digest,
        "parameters": parameters,
        "policy": policy.digest,
        "schema": str(SCORES),
        "verb": "score",
    }
    run_id = sha256_json(identity)[:16]
    done = committed_run(out, run_id)
    if done is not None:
        point_to(done)
        return ScoreResult(done, bundle, accepted, repeated=True)
    run = start_attempt(out, run_id)
    try:
        counts = _write_run(run, accepted, bundle, policy, options=options, settings=settings, progress=progress)
    except BaseException:
        # Nothing of an attempt that failed is kept: it was never committed and nobody can have read it.
        shutil.rmtree(run.folder, ignore_errors=True)
        raise
    manifest = {
        **identity,
        "bundle_cutoff": bundle.content.cutoff,
        "label": bundle.content.label.model_dump(),
        "outcomes": {word: counts[word] for word in ("accept", "refer", "refuse")},
        "policy_version": f"{policy.name} {policy.version}",
        "profile": bundle.content.profile,
        "rows": {name: counts[name] for name in ("applicants", "set_aside", "quarantined", "orphans")},
    }
    return ScoreResult(commit(run, manifest), bundle, accepted, repeated=False)


def _write_run(
    run: Run,
    accepted: AcceptedTables,
    bundle: Bundle,
    policy: Policy,
    *,
    options: ScoreOptions,
    settings: Settings,
    progress: Progress,
) -> Counter[str]:
    """Write matrix, scores and what was set aside; return the counts of the manifest."""
    words = Wording(options.language, currency=accepted.config.money.currency)
    features = bundle_features(bundle)
    period_declared = accepted.config.money.period is not None
    scorer = Scorer(
        bundle=bundle,
        policy=policy,
        writer=ReasonWriter(features, words, period_declared=period_declared),
        words=words,
        explain=options.explain,
        period_declared=period_declared,
        charges_declared=accepted.config.money.charges is not None,
        threads=settings.threads,
        scorecard=read_scorecard(bundle),
    )
    with DuckDBEngine(memory_limit=settings.memory_limit, threads=settings.threads) as engine:
        parts = build_matrix(engine, accepted, features, run.folder / "matrix", progress=progress)
    counts: Counter[str] = Counter()
    total = sum(pq.read_metadata(part).num_rows for part in parts)
    for part in parts:
        batches = _scored(part, scorer, counts, total=total, progress=progress)
        _write_parquet(run.folder / "scores" / part.name, batches)
    aside = set_aside_rows(accepted, words)
    if aside.num_rows:
        _count(counts, aside)
        _write_parquet(run.folder / "scores" / "part-set-aside.parquet", aside.to_batches())
    counts["set_aside"] = aside.num_rows
    for kind in ("quarantine", "orphans"):
        source = accepted.folder / kind
        if source.is_dir():
            shutil.copytree(source, run.folder / kind)
    counts["quarantined"], counts["orphans"] = accepted.report.n_quarantined, accepted.report.n_orphans
    if counts["applicants"] - aside.num_rows != total:
        message = f"{counts['applicants'] - aside.num_rows} applicants were scored, {total} were accepted."
        raise ReconciliationError(message)
    _write_extra_file(run, options.file_format)
    return counts


def _scored(
    part: Path, scorer: Scorer, counts: Counter[str], *, total: int, progress: Progress
) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(part) as file:
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            scores = scorer.score(batch)
            _count(counts, scores)
            progress("score", counts["applicants"], total)
            yield scores


def _count(counts: Counter[str], scores: pa.RecordBatch | pa.Table) -> None:
    counts["applicants"] += scores.num_rows
    counts.update(scores.column("outcome").to_pylist())


def _write_parquet(path: Path, batches: Iterator[pa.RecordBatch] | Sequence[pa.RecordBatch]) -> None:
    with atomic_path(path) as temporary, pq.ParquetWriter(temporary, SCORES, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)


def _write_extra_file(run: Run, file_format: FileFormat) -> None:
    """Write scores.csv, or kaggle.csv (id and PD as the competition wants them), beside the folder of scores."""
    if file_format == "csv":
        _write_csv(run.folder / EXTRA_FILES["csv"], SCORES.names, (_whole_rows(s) for s in read_scores(run)))
    elif file_format == "kaggle":
        _write_csv(run.folder / EXTRA_FILES["kaggle"], ("SK_ID_CURR", "TARGET"), _submission(run))


def _write_csv(path: Path, header: Sequence[str], tables: Iterable[Iterable[Sequence[object]]]) -> None:
    with atomic_path(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        for rows in tables:
            writer.writerows([harmless(cell) for cell in row] for row in rows)


def _whole_rows(scores: pa.Table) -> Iterable[Sequence[object]]:
    return zip(*(column.to_pylist() for column in scores.columns), strict=True)


def _submission(run: Run) -> Iterator[list[tuple[int, float]]]:
    """Id and PD of the scored applicants; only of application_test where the data have such a file."""
    columns = ["SK_ID_CURR", "pd", "source_file"]
    tables = [scores.select(columns).to_pylist() for scores in read_scores(run)]
    is_test = [is_test_file(row["source_file"]) for rows in tables for row in rows]
    for rows in tables:
        wanted = (row for row in rows if not any(is_test) or is_test_file(row["source_file"]))
        yield [(row["SK_ID_CURR"], row["pd"]) for row in wanted if row["pd"] is not None]


def is_test_file(name: str) -> bool:
    """Whether a source file is the competition's table of applicants without an outcome."""
    return name.lower().startswith("application_test")


def harmless(cell: object) -> object:
    """Text that no spreadsheet takes for a formula: a quote goes before = + - @ tab and return."""
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + cell
    return repr(cell) if isinstance(cell, float) else cell


def read_scores(run: Run) -> Iterator[pa.Table]:
    """Scores of a run, one table per part, in the order of the parts."""
    for part in sorted((run.folder / "scores").glob("*.parquet")):
        yield pq.read_table(part, schema=SCORES)
