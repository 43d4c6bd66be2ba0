"""One measured run as a process of its own, and the machine and versions that it ran on."""

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from garant import __version__

Spent = Mapping[str, float]
"""``wall_s``, ``cpu_s`` and ``peak_mb`` of one run, and what else the work itself measured."""


def in_a_process(script: str, *arguments: str) -> Spent:
    """Run ``script --child arguments`` by this interpreter; what it prints is what it spent."""
    done = subprocess.run(  # noqa: S603 - a benchmark of ours, by this interpreter
        [sys.executable, script, "--child", *arguments], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def print_spent(work: Callable[[], object]) -> None:
    """Do `work` once; print its time and the peak memory of this process as JSON, beside the mapping it may return."""
    begun, cpu = time.perf_counter(), time.process_time()
    measured = work()
    spent = {"wall_s": time.perf_counter() - begun, "cpu_s": time.process_time() - cpu, "peak_mb": peak_mb()}
    print(json.dumps({**spent, **(measured if isinstance(measured, Mapping) else {})}))


def medians(runs: Sequence[Spent]) -> dict[str, float]:
    """Median of each measure."""
    return {measure: round(median(run[measure] for run in runs), 4) for measure in runs[0]}


def ratios(peer: Sequence[Spent], ours: Sequence[Spent]) -> dict[str, float]:
    """Ratio of the medians, ours to the peer's."""
    return {measure: round(medians(ours)[measure] / medians(peer)[measure], 2) for measure in ours[0]}


def circumstances(libraries: Iterable[str]) -> dict[str, Any]:
    """Machine, versions and day, for the results file."""
    return {
        "machine": {"cpu": _cpu(), "cores": os.cpu_count(), "load_at_end": round(os.getloadavg()[0], 1)},
        "versions": {
            "python": platform.python_version(),
            "garant": __version__,
            **{library: version(library) for library in libraries},
        },
        "day": datetime.now(UTC).date().isoformat(),
    }


def write_result(path: Path, report: Mapping[str, Any]) -> None:
    """Write and print the results."""
    text = json.dumps(report, indent=2) + "\n"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    print(text, end="")


def peak_mb() -> float:
    """Peak memory of this process; Linux's own figure where there is one, since rusage also counts who started it."""
    status = Path("/proc/self/status")
    lines = status.read_text("utf-8").splitlines() if status.exists() else []
    peaks = [float(line.split()[1]) for line in lines if line.startswith("VmHWM")]
    return (peaks[0] if peaks else float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)) / 1024


def _cpu() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text("utf-8").splitlines() if cpuinfo.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
