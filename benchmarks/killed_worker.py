"""A scoring run on two workers, one of them killed in the middle: what that costs, and whether the run is the same.

Run: python benchmarks/killed_worker.py [--rounds 3]
A real standalone cluster on loopback (tests/spark_cluster.py), a small synthetic lender in many parts. In each round a
run is left alone, and in another a worker dies by SIGKILL, with its Python processes, once first scores are written.
Results go to benchmarks/results/killed_worker.json.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from measure.process import circumstances, write_result

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from garant.engines.spark.java import java_home
from spark_cluster import Cluster, started_cluster

RESULT = Path(__file__).parent / "results" / "killed_worker.json"
LIBRARIES = ("lightgbm", "numpy", "pyarrow", "pyspark")

SCALE, SEED, WORKERS = 0.002, 7, 2
PART_ROWS = 40
"""Clients of a part: some twenty parts, so that there is work left when a worker dies."""

SCRIPT = f"""
import sys
from garant.runs import matrix
matrix.PART_ROWS = {PART_ROWS}
from garant.cli.app import main
sys.argv[0] = "garant"
main()
"""

POLL_S = 0.01


def main() -> None:
    """Measure and write the file."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--rounds", type=int, default=3)
    rounds = reading.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="garant-killed-") as name:
        folder = Path(name)
        _make(folder)
        with started_cluster(folder / "cluster", java_home=java_home(os.environ), n_workers=WORKERS) as cluster:
            _run(folder, cluster, "warm-up")
            found = [
                (
                    _run(folder, cluster, f"undisturbed-{number}"),
                    _run(folder, cluster, f"killed-{number}", once_scores_are_there=cluster.workers[0].kill),
                )
                for number in range(rounds)
            ]
    alone, killed = ([pair[at] for pair in found] for at in (0, 1))
    digest = alone[0]["manifest_digest"]
    report = {
        "what": "garant score on a standalone cluster, whole command; rounds in turn, medians",
        "scale": SCALE,
        "seed": SEED,
        "applicants": alone[0]["applicants"],
        "workers": WORKERS,
        "rounds": rounds,
        "undisturbed": {"wall_s": median(run["wall_s"] for run in alone)},
        "worker_killed": {"wall_s": median(run["wall_s"] for run in killed)},
        "same_manifest": sum(run["manifest_digest"] == digest for run in killed),
        "every_run": {
            "undisturbed": [run["wall_s"] for run in alone],
            "worker_killed": [run["wall_s"] for run in killed],
        },
    }
    write_result(RESULT, {**report, **circumstances(LIBRARIES)})


def _make(folder: Path) -> None:
    """A lender and a quick model of it."""
    quick = ("--fast", "--features", "12", "--members", "0", "--no-challenger", "--no-variants")
    for step in (
        ("synth", "lender", "--scale", str(SCALE), "--seed", str(SEED), "--format", "parquet"),
        ("train", "lender", "--bundle", "model", *quick),
    ):
        command = [sys.executable, "-m", "garant", *step]
        done = subprocess.run(command, env=_variables(folder), cwd=folder, check=False, capture_output=True, text=True)  # noqa: S603
        if done.returncode not in {0, 1}:
            raise RuntimeError(done.stderr)


def _run(
    folder: Path, cluster: Cluster, out: str, *, once_scores_are_there: Callable[[], None] | None = None
) -> dict[str, Any]:
    """One run into `out`; the cluster is whole again afterwards."""
    command = [sys.executable, "-c", SCRIPT, "score", "lender", "--bundle", "model", "--out", out]
    variables = {**_variables(folder), "GARANT_SPARK_MASTER": cluster.url}
    begun = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603
        [*command, "--engine", "spark", "--output", "json"],
        env=variables,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if once_scores_are_there is not None:
        while process.poll() is None and not list((folder / out).glob("run_id=*/attempt=*/scores/part-*.parquet")):
            time.sleep(POLL_S)
        once_scores_are_there()
    said, error = process.communicate()
    wall_s = round(time.perf_counter() - begun, 1)
    if process.returncode not in {0, 1}:
        raise RuntimeError(error[-3000:])
    cluster.replace_dead()
    told = json.loads(said)
    manifest = json.loads(next((folder / out).glob("run_id=*/attempt=*/manifest.json")).read_text("utf-8"))
    return {
        "wall_s": wall_s,
        "manifest_digest": told["manifest_digest"],
        "applicants": manifest["rows"]["applicants"],
    }


def _variables(folder: Path) -> dict[str, str]:
    own = {"GARANT_CACHE_FOLDER": str(folder / "cache"), "GARANT_DEVELOPMENT_KEY": str(folder / "development.key")}
    more = {"GARANT_THREADS": "1", "GARANT_MEMORY_LIMIT": "1GB"}
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **own, **more}


if __name__ == "__main__":
    main()
