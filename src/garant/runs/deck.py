"""`garant report deck`: what the slides may say, gathered from bundle, run, measurements and code."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import garant
from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import UsageError
from garant.explanations.reasons import MAX_REASONS
from garant.metrics.fairness import LOWEST_APPROVAL_RATIO
from garant.metrics.intervals import LEVEL
from garant.models.bundle.reading import Bundle, bundle_json, read_bundle
from garant.models.bundle.trust import Trust
from garant.projection.components import Extent
from garant.reports.deck import Slide, Sources, write_deck
from garant.reports.deck.sources import BUNDLE, CLIENT, CLOUD, CODE, LAW, PROJECTION, RESULTS, RUN
from garant.runs.bundle_features import bundle_features
from garant.runs.pca.parts import Parts
from garant.runs.pca.passes import Passes
from garant.runs.progress import Progress, silent
from garant.runs.refused_client import refused_client
from garant.runs.stored_matrix import StoredMatrix, open_stored
from garant.runs.words import words_of
from garant.settings import Settings
from garant.storage import atomic_path

AUTOMATED_DECISIONS = 22
"""Article on decisions that are based solely on automated processing."""

RUN_SHOWN = 8


def deck(
    out: Path,
    *,
    bundle_folder: Path,
    run_folder: Path | None = None,
    results_folder: Path | None = None,
    cloud: Mapping[str, Any] | None = None,
    language: Literal["fr", "en"],
    settings: Settings,
    progress: Progress = silent,
) -> tuple[Slide, ...]:
    """Write the deck to `out`; return its slides, whose figures name their sources.

    Parameters
    ----------
    out : Path
        File to write.
    bundle_folder : Path
        The model that the deck is about.
    run_folder : Path or None
        Folder of runs of `garant score`, or one attempt: adds its outcomes, one refused client under a pseudonym, and
        the principal components of its matrix.
    results_folder : Path or None
        Results of the benchmarks; those of the checkout that garant runs from where None. Whatever is not there is
        shown as not measured.
    cloud : mapping or None
        What is fixed of the cloud, see `garant.cloud.facts`.
    language : {"fr", "en"}
        Of slides and notes.

    Raises
    ------
    BundleError
        When the bundle cannot be trusted.
    UsageError
        When the run was scored with another bundle, or the folder of results is not there.
    DataError, RunError
        When the run cannot be read.
    MissingPartError
        When python-pptx is not installed.
    """
    bundle = read_bundle(bundle_folder, Trust.of(settings))
    features = bundle_features(bundle, memory=Trust.of(settings).loaded)
    money = bundle.content.money
    words = words_of(features, language, currency=money.currency if money is not None else None)
    documents: dict[str, Any] = {
        BUNDLE: _bundle_document(bundle_folder),
        CODE: {
            "explanations.reasons.MAX_REASONS": MAX_REASONS,
            "metrics.intervals.LEVEL": LEVEL,
            "metrics.fairness.LOWEST_APPROVAL_RATIO": LOWEST_APPROVAL_RATIO,
        },
        LAW: {"automated_decisions": AUTOMATED_DECISIONS},
        CLOUD: cloud,
        **_results(results_folder),
    }
    titles: dict[str, str] = {}
    if run_folder is not None:
        stored = _run_of(run_folder, bundle)
        run = f"run {str(stored.manifest['run_id'])[:RUN_SHOWN]}"
        documents[RUN] = dict(stored.manifest)
        documents[CLIENT] = refused_client(stored, bundle, features, words)
        documents[PROJECTION] = _projection(stored, bundle, settings, progress)
        titles = {
            RUN: f"{run}, manifest.json",
            CLIENT: f"{run}, client A (explained by the bundle)",
            PROJECTION: f"{run}, principal components of its matrix",
        }
    made_on = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    with atomic_path(out) as temporary:
        return write_deck(temporary, Sources(documents, titles), words, made_on=made_on)


def _bundle_document(folder: Path) -> dict[str, Any]:
    """What ``bundle.json`` says, and the digest that names it."""
    text = bundle_json(folder)
    return {**json.loads(text), "sha256": hashlib.sha256(text).hexdigest()}


def _run_of(folder: Path, bundle: Bundle) -> StoredMatrix:
    """The run, which must be one of this bundle.

    Raises
    ------
    UsageError
        When it is no run of `garant score`, or of another bundle.
    """
    stored = open_stored(folder)
    if stored is None or not stored.scores:
        raise UsageError(f"{folder}: is no run of `garant score`. Give its folder of runs, or one attempt.")
    if stored.manifest.get("bundle") != bundle.digest:
        raise UsageError(
            f"{folder}: was scored with another bundle than {bundle.folder}. Give that one, or score again."
        )
    return stored


def _projection(stored: StoredMatrix, bundle: Bundle, settings: Settings, progress: Progress) -> dict[str, Any]:
    """Shares of the variance that components of the run's matrix explain; by the code of `garant pca`."""
    columns = tuple(sorted(column.name for column in bundle.columns if column.levels is None))
    parts = Parts(files=stored.parts, rows=stored.rows, digests=stored.digests)
    with DuckDBEngine(memory_limit=settings.memory_limit, threads=settings.threads) as engine:
        found = Passes(engine, parts, progress).components(columns, Extent(number=1))
    return {"ratio": found.spectrum.tolist(), "clients": found.rows, "features": len(found.columns)}


def _results(folder: Path | None) -> dict[str, Any]:
    """Results of benchmarks by their names; nothing where there are none.

    Raises
    ------
    UsageError
        When a folder was named that is not there.
    """
    if folder is not None and not folder.is_dir():
        raise UsageError(f"{folder}: is no folder. Name the one that holds results of benchmarks, such as spark.json.")
    place = folder or checkout_results()
    if place is None:
        return {}
    return {
        f"{RESULTS}{path.name}": json.loads(path.read_text(encoding="utf-8")) for path in sorted(place.glob("*.json"))
    }


def checkout_results() -> Path | None:
    """Folder of committed results, where garant runs from a checkout: no wheel holds them."""
    root = Path(garant.__file__).resolve().parents[2]
    folder = root / RESULTS
    return folder if (root / "pyproject.toml").is_file() and folder.is_dir() else None
