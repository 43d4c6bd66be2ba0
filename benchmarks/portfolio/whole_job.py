"""`garant score` as a whole, from raw tables to a committed run, by DuckDB and by Spark on this machine."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

SEED, TRAINED_AT = 7, 0.02


def compare(folder: Path, scales: tuple[float, ...]) -> dict[str, Any]:
    """Time both engines at every scale, in turn, each run a process of its own that has read nothing before."""
    _garant(folder, "synth", folder / "small", "--scale", TRAINED_AT, "--seed", SEED)
    _garant(folder, "train", folder / "small", "--bundle", folder / "model", "--fast")
    found: dict[str, Any] = {}
    for scale in scales:
        lender = folder / f"lender-{scale}"
        _garant(folder, "synth", lender, "--scale", scale, "--seed", SEED)
        ran = {engine: _score(folder, lender, engine) for engine in ("duckdb", "spark")}
        digests = {run.pop("manifest") for run in ran.values()}
        found[str(scale)] = {**ran, "same_manifest": len(digests) == 1}
        print(scale, json.dumps(found[str(scale)]), file=sys.stderr, flush=True)
    return found


def _score(folder: Path, lender: Path, engine: str) -> dict[str, Any]:
    out = folder / f"runs-{lender.name}-{engine}"
    wall = time.perf_counter()
    cpu, peak = _garant(
        folder,
        *("score", lender, "--bundle", folder / "model", "--out", out, "--engine", engine, "--explain", "none"),
        cache=folder / f"cache-{lender.name}-{engine}",
    )
    current = json.loads((out / "current.json").read_text("utf-8"))
    run = out / f"run_id={current['run_id']}" / f"attempt={current['attempt']}"
    manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    return {
        "wall_s": round(time.perf_counter() - wall, 1),
        "cpu_s": round(cpu, 1),
        "peak_mb": round(peak),
        "applicants": manifest["rows"]["applicants"],
        "manifest": json.dumps(manifest, sort_keys=True),
    }


def _garant(folder: Path, *arguments: object, cache: Path | None = None) -> tuple[float, float]:
    """Run a command; CPU seconds and peak memory of it and all that it started, looked at four times a second."""
    import os  # noqa: PLC0415 - the environment of the child alone

    environment = os.environ | {"GARANT_CACHE_FOLDER": str(cache or folder / "cache")}
    started = psutil.Popen(
        [sys.executable, "-m", "garant", *map(str, arguments)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seconds: dict[int, float] = {}
    peak = 0.0
    while started.poll() is None:
        memory = 0.0
        try:
            family = [started, *started.children(recursive=True)]
        except psutil.NoSuchProcess:
            break
        for process in family:
            try:
                times, resident = process.cpu_times(), process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
            seconds[process.pid] = times.user + times.system
            memory += resident / 1e6
        peak = max(peak, memory)
        time.sleep(0.25)
    if started.wait() not in {0, 1}:
        raise SystemExit(f"garant {' '.join(map(str, arguments))} ended with {started.returncode}.")
    return sum(seconds.values()), peak
