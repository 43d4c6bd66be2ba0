"""Quality of the trained model: on real applications, and on a synthetic lender whose best possible AUC is known.

Run: python benchmarks/quality.py [--seeds 3] [train_sample] [linked_10k] [synthetic]
Results go to benchmarks/results/quality.json.
Cases whose data are absent are skipped with a message.
"""

import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant import __version__
from garant.features.feature import Profile
from garant.metrics.discrimination import auc
from garant.models.training import train_champion
from garant.runs.accept import accepted_tables
from garant.runs.challenger import Challenger
from garant.runs.train import TrainResult, sample_of, train
from garant.runs.train_options import TrainOptions
from garant.settings import Settings
from garant.tables.synthetic.generate import generate

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
RESULT = ROOT / "benchmarks" / "results" / "quality.json"
CHILDREN = (
    "bureau",
    "bureau_balance",
    "previous_application",
    "POS_CASH_balance",
    "installments_payments",
    "credit_card_balance",
)
Seeds = tuple[int, ...]

Report = dict[str, Any]


def train_sample(settings: Settings, folder: Path, seeds: Seeds) -> Report:
    """Applications only, both profiles: mean AUC over five folds per seed, and all measures of the first seed."""
    data = SHARED / "home_credit_train_sample"
    found: Report = {}
    for profile in (Profile.KAGGLE, Profile.EU):
        options = TrainOptions(profile=profile, without=CHILDREN, seed=seeds[0])
        result = train(data, folder / profile.value, options=options, settings=settings)
        more = [_out_of_fold_auc(data, profile, seed, CHILDREN, settings) for seed in seeds[1:]]
        by_seed = dict(zip(seeds, [float(np.mean(result.evaluation.fold_auc)), *more], strict=True))
        found[profile.value] = {
            "auc, mean of folds and seeds": round(float(np.mean(list(by_seed.values()))), 5),
            "auc by seed": {seed: round(value, 5) for seed, value in by_seed.items()},
            "first seed": _measures(result),
        }
    return found


def linked_10k(settings: Settings, folder: Path, seeds: Seeds) -> Report:
    """4,025 labelled clients with six tables against the application alone."""
    data = SHARED / "home_credit_linked_10k"
    without = {"children": ("installments_payments",), "application only": CHILDREN}
    found: Report = {
        name: [round(_out_of_fold_auc(data, Profile.KAGGLE, seed, left_out, settings), 5) for seed in seeds]
        for name, left_out in without.items()
    }
    result = train(data, folder / "linked", options=TrainOptions(without=("installments_payments",)), settings=settings)
    return {**found, "eu seed 7": _measures(result)}


def synthetic(settings: Settings, folder: Path, seeds: Seeds) -> Report:
    """Synthetic lender at 0.3: AUC beside the best possible one, that of the true PD. Above it there is a leak."""
    lender = generate(folder / "lender", scale=0.3, seed=7, file_format="parquet")
    result = train(lender.folder, folder / "synthetic", options=TrainOptions(seed=seeds[0]), settings=settings)
    oof = pq.read_table(result.oof)
    truth = pq.read_table(lender.truth)
    truth = truth.filter(pc.is_in(truth.column("SK_ID_CURR"), oof.column("SK_ID_CURR").combine_chunks()))
    truth, oof = truth.sort_by("SK_ID_CURR"), oof.sort_by("SK_ID_CURR")
    label = oof.column("label").to_numpy()
    if not np.array_equal(label, truth.column("TARGET").to_numpy()):
        sys.exit("The truth and the training sample are not the same applicants.")
    best, reached = auc(label, truth.column("true_pd").to_numpy()), auc(label, oof.column("margin").to_numpy())
    # Standard error of an AUC by the bounds of its bootstrap interval.
    interval = result.evaluation.measures["auc"]
    error = (interval.high - interval.low) / 3.92
    return {
        "auc": round(reached, 5),
        "best possible": round(best, 5),
        "gap": round(best - reached, 5),
        "standard error": round(error, 5),
        "leak alarm": bool(reached > best + 3 * error),
        "rows": len(label),
        **_measures(result),
    }


def _out_of_fold_auc(data: Path, profile: Profile, seed: int, without: tuple[str, ...], settings: Settings) -> float:
    accepted = accepted_tables(data, purpose="train", without=without, settings=settings)
    sample = sample_of(accepted, profile, settings=settings)
    trained = train_champion(sample, seed=seed, num_threads=settings.threads)
    by_fold = [
        auc(sample.label[trained.fold == f], trained.oof_margin[trained.fold == f]) for f in np.unique(trained.fold)
    ]
    return float(np.mean(by_fold))


def _measures(result: TrainResult) -> Report:
    evaluation = result.evaluation
    return {
        "features": len(result.bundle.content.features),
        "trees": result.bundle.content.training.iteration,
        "mean PD - bad rate, in standard errors": round(evaluation.gap_standard_errors, 3),
        "deciles inside 99 % bands": sum(b.is_inside for b in evaluation.deciles),
        **{name: [round(m.value, 5), round(m.low, 5), round(m.high, 5)] for name, m in evaluation.measures.items()},
        **_scorecard(result),
    }


def _scorecard(result: TrainResult) -> Report:
    """Features and AUC of the challenger on the same folds; nothing when it was skipped."""
    challenger = result.challenger
    if not isinstance(challenger, Challenger):
        return {}
    by_fold = challenger.evaluation.fold_auc
    return {
        "scorecard": {
            "auc, mean of folds": round(float(np.mean(by_fold)), 5),
            "features": len(challenger.scorecard.features),
            "slope": round(challenger.evaluation.measures["slope"].value, 4),
        }
    }


CASES: dict[str, tuple[Callable[[Settings, Path, Seeds], Report], Path | None]] = {
    "train_sample": (train_sample, SHARED / "home_credit_train_sample"),
    "linked_10k": (linked_10k, SHARED / "home_credit_linked_10k"),
    "synthetic": (synthetic, None),
}


def main(arguments: list[str]) -> None:
    """Run the named cases, or all, and merge their results into the file."""
    n_seeds = int(arguments[1]) if arguments[:1] == ["--seeds"] else 3
    names = arguments[2:] if arguments[:1] == ["--seeds"] else arguments
    seeds = tuple(range(7, 7 + n_seeds))
    for name in names or CASES:
        case, data = CASES[name]
        if data is not None and not data.is_dir():
            print(f"{name}: skipped, its data are absent (../shared/data beside the project)")
            continue
        with tempfile.TemporaryDirectory(prefix="garant-quality-") as folder:
            start = time.perf_counter()
            settings = Settings(cache_folder=Path(folder) / "cache")
            found = case(settings, Path(folder), seeds)
        found |= {"seconds": round(time.perf_counter() - start, 1), "seeds": seeds, **_where()}
        print(name, json.dumps(found, indent=2))
        results = json.loads(RESULT.read_text()) if RESULT.exists() else {}
        RESULT.parent.mkdir(parents=True, exist_ok=True)
        RESULT.write_text(json.dumps({**results, name: found}, indent=2, sort_keys=True) + "\n")


def _where() -> Report:
    libraries = {name: version(name) for name in ("lightgbm", "numpy", "duckdb", "ibis-framework")}
    return {
        "date": datetime.now(tz=UTC).date().isoformat(),
        "garant": __version__,
        "libraries": libraries,
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    main(sys.argv[1:])
