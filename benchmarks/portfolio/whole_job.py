"""The whole job, from raw tables to a committed run of scores, by DuckDB and by Spark on this machine."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pyarrow.parquet as pq

SEED, TRAINED_AT = 7, 0.02


def compare(folder: Path, scales: tuple[float, ...]) -> dict[str, Any]:
    """Time both engines at every scale, in turn, each command a process of its own that has read nothing before."""
    _garant(folder, "synth", folder / "small", "--scale", TRAINED_AT, "--seed", SEED)
    _garant(folder, "train", folder / "small", "--bundle", folder / "model", "--fast")
    found: dict[str, Any] = {}
    for scale in scales:
        lender = folder / f"lender-{scale}"
        _garant(folder, "synth", lender, "--scale", scale, "--seed", SEED)
        ran = {engine: _job(folder, lender, engine) for engine in ("duckdb", "spark")}
        shutil.rmtree(lender)
        digests = {run.pop("manifest") for run in ran.values()}
        counts = [{name: run.pop(name) for name in ("applicants", "rows")} for run in ran.values()]
        found[str(scale)] = {**counts[0], **ran, "same_manifest": len(digests) == 1}
        print(scale, json.dumps(found[str(scale)]), file=sys.stderr, flush=True)
    return found


def _job(folder: Path, lender: Path, engine: str) -> dict[str, Any]:
    """Check the raw tables, then score those that were accepted; what is left behind is removed."""
    place = folder / f"{lender.name}-{engine}"
    accepted, out, model = place / "accepted", place / "runs", folder / "model"
    check = _garant(place, "check", lender, "--for", "score", "--out", accepted, "--engine", engine)
    score = _garant(place, "score", accepted, "--bundle", model, "--out", out, "--engine", engine, "--explain", "none")
    current = json.loads((out / "current.json").read_text("utf-8"))
    run = out / f"run_id={current['run_id']}" / f"attempt={current['attempt']}"
    manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    rows = sum(pq.read_metadata(file).num_rows for file in accepted.glob("*/part-*.parquet"))
    shutil.rmtree(place)
    return {
        "check": check,
        "score": score,
        "applicants": manifest["rows"]["applicants"],
        "rows": rows,
        "manifest": json.dumps(manifest, sort_keys=True),
    }


def _garant(folder: Path, *arguments: object) -> dict[str, float]:
    """Run a command; time, CPU and peak memory of it and all that it started, looked at four times a second.

    Pages that processes share are counted in each: the memory is an upper bound.
    """
    import os  # noqa: PLC0415 - the environment of the child alone

    environment = os.environ | {"GARANT_CACHE_FOLDER": str(folder / "cache")}
    began = time.perf_counter()
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
    wall = time.perf_counter() - began
    return {"wall_s": round(wall, 1), "cpu_s": round(sum(seconds.values()), 1), "peak_mb": round(peak)}
