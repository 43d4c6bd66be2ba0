"""Quality of the trained model: on real applications, and on a synthetic lender whose best possible AUC is known.

Run: python benchmarks/quality.py [--seeds 3] [--lender-scale 1.0] [CASE ...]
Cases: train_sample, held_out, fifty_features, linked_10k, synthetic; all of them when none is named.
Results go to benchmarks/results/quality.json; each case says of every target whether it was reached or missed.
Cases whose data are absent are skipped with a message.
"""

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from garant import __version__
from garant.settings import Settings
from targets.applications import fifty_features, held_out, train_sample
from targets.children import linked_10k
from targets.lender import synthetic
from targets.samples import LINKED, TRAIN_SAMPLE
from targets.target import Found, Place

RESULT = Path(__file__).parent / "results" / "quality.json"
FIRST_SEED = 7

CASES: dict[str, tuple[Callable[[Place], Found], Path | None]] = {
    "train_sample": (train_sample, TRAIN_SAMPLE),
    "held_out": (held_out, TRAIN_SAMPLE),
    "fifty_features": (fifty_features, TRAIN_SAMPLE),
    "linked_10k": (linked_10k, LINKED),
    "synthetic": (synthetic, None),
}


def main() -> None:
    """Run the named cases, or all, and merge their results into the file."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--seeds", type=int, default=3)
    reading.add_argument("--lender-scale", type=float, default=1.0)
    reading.add_argument("cases", nargs="*", choices=[*CASES, []], metavar="case")
    asked = reading.parse_args()
    seeds = tuple(range(FIRST_SEED, FIRST_SEED + asked.seeds))
    for name in asked.cases or CASES:
        case, data = CASES[name]
        if data is not None and not data.is_dir():
            print(f"{name}: skipped, its data are absent (../shared/data beside the project)")
            continue
        with tempfile.TemporaryDirectory(prefix="garant-quality-") as folder:
            start = time.perf_counter()
            place = Place(
                settings=Settings(cache_folder=Path(folder) / "cache"),
                folder=Path(folder),
                seeds=seeds,
                lender_scale=asked.lender_scale,
            )
            found = case(place)
        targets = [target.entry for target in found.targets]
        spent = {"seconds": round(time.perf_counter() - start, 1), "seeds": seeds, **_where()}
        _keep(name, {"targets": targets, **found.figures, **spent})
        for target in targets:
            print(f"{name}: {target['target']}: {target['measured']} ({target['asked']}): {target['result']}")


def _keep(name: str, found: dict[str, Any]) -> None:
    results = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps({**results, name: found}, indent=2, sort_keys=True) + "\n")


def _where() -> dict[str, Any]:
    libraries = ("lightgbm", "numpy", "duckdb", "ibis-framework", "scikit-learn", "optbinning")
    return {
        "date": datetime.now(tz=UTC).date().isoformat(),
        "garant": __version__,
        "libraries": {name: version(name) for name in libraries},
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    main()
