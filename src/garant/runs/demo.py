"""`garant demo`: the whole road on a synthetic lender, each step resumed when it was done before."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from garant.exceptions import GarantError
from garant.models.bundle.content import MetricEntry
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.trust import Trust
from garant.runs.accept import accepted_tables
from garant.runs.explain import explain
from garant.runs.explanation import Explanation
from garant.runs.progress import Progress, silent
from garant.runs.score import ScoreOptions, ScoreResult, score
from garant.runs.score_files import read_scores
from garant.runs.train import train
from garant.runs.train_options import TrainOptions
from garant.settings import Settings
from garant.tables.quarantine_limit import DEFAULT_LIMIT, QuarantineLimit
from garant.tables.synthetic.generate import generate

SCALE = 0.02
SEED = 7


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, how long it took, whether an earlier demo had done it."""

    name: Literal["synth", "check", "train", "score", "explain"]
    seconds: float
    resumed: bool


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo shows.

    Parameters
    ----------
    folder : Path
        Where everything lies: ``lender``, ``model``, ``runs``.
    steps : tuple of Step
        The five steps.
    bundle : Bundle
        The model.
    outcomes : dict
        Applicants per proposed outcome.
    refused : Explanation or None
        One refusal, explained; None when nobody is refused.
    run : Path
        The committed run of scores.
    examples : dict
        By proposed outcome the applicant nearest to the middle of its PDs; none for an outcome that nobody has.
    """

    folder: Path
    steps: tuple[Step, ...]
    bundle: Bundle
    outcomes: dict[str, int]
    refused: Explanation | None
    run: Path
    examples: dict[str, int]

    @property
    def auc(self) -> MetricEntry:
        """Out-of-fold AUC on synthetic data, with its 95 % interval."""
        return self.bundle.content.metrics.out_of_fold["auc"]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "auc": self.auc.value,
            "auc_interval": [self.auc.low, self.auc.high],
            "cutoff": self.bundle.content.cutoff,
            "data": "synthetic",
            "examples": self.examples,
            "folder": str(self.folder),
            "outcomes": self.outcomes,
            "refused": self.refused.to_dict() if self.refused else None,
            "steps": [asdict(step) for step in self.steps],
        }


def demo(
    folder: Path,
    *,
    language: Literal["fr", "en"],
    settings: Settings,
    accept_quarantine: QuarantineLimit = DEFAULT_LIMIT,
    progress: Progress = silent,
    on_step: Callable[[Step], None] = lambda _step: None,
) -> Demo:
    """Go the whole road in `folder`: synth, check, train, score, explain."""
    lender, model, runs = folder / "lender", folder / "model", folder / "runs"
    steps: list[Step] = []

    def done(name: Literal["synth", "check", "train", "score", "explain"], start: float, *, resumed: bool) -> None:
        steps.append(Step(name, round(time.perf_counter() - start, 2), resumed))
        on_step(steps[-1])

    start = time.perf_counter()
    there = (lender / "tables.toml").exists()
    if not there:
        generate(
            lender,
            scale=SCALE,
            seed=SEED,
            file_format="parquet",
            progress=lambda done, total: progress("synth", done, total),
        )
    done("synth", start, resumed=there)

    start = time.perf_counter()
    reading: list[str] = []

    def note(step: str, position: int, total: int) -> None:
        reading.append(step)
        progress(step, position, total)

    accepted = accepted_tables(lender, purpose="train", settings=settings, progress=note)
    done("check", start, resumed=not reading)

    start = time.perf_counter()
    bundle = _bundle_of(model, accepted.digest, settings)
    if bundle is None:
        training = TrainOptions(fast=True, overwrite=True, accept_quarantine=accept_quarantine, challenger=False)
        train(lender, model, options=training, settings=settings, progress=progress)
    done("train", start, resumed=bundle is not None)
    bundle = bundle or read_bundle(model, Trust.of(settings))

    start = time.perf_counter()
    scoring = ScoreOptions(language=language, accept_quarantine=accept_quarantine)
    result = score(lender, model, runs, options=scoring, settings=settings, progress=progress)
    done("score", start, resumed=result.repeated)

    start = time.perf_counter()
    examples = _examples(result)
    client = examples.get("refuse")
    refused = (
        None
        if client is None
        else explain(client, data=lender, bundle_folder=model, language=language, settings=settings)
    )
    done("explain", start, resumed=False)
    return Demo(folder, tuple(steps), bundle, result.outcomes, refused, result.run.folder, examples)


def _bundle_of(model: Path, input_digest: str, settings: Settings) -> Bundle | None:
    """Bundle of an earlier demo on the same data; None when there is none that can be used."""
    with suppress(GarantError):
        bundle = read_bundle(model, Trust.of(settings))
        if input_digest in bundle.content.inputs.values():
            return bundle
    return None


def _examples(result: ScoreResult) -> dict[str, int]:
    """Applicant nearest to the middle of the PDs of each outcome."""
    found: dict[str, list[tuple[float, int]]] = {}
    for scores in read_scores(result.run):
        for row in scores.select(["outcome", "pd", "SK_ID_CURR"]).to_pylist():
            found.setdefault(row["outcome"], []).append((row["pd"], row["SK_ID_CURR"]))
    return {outcome: sorted(rows)[len(rows) // 2][1] for outcome, rows in sorted(found.items())}
