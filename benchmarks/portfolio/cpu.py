"""CPU seconds of this process and all that it started: the JVM, Python workers."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

import psutil

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of one run."""

    wall_s: float
    cpu_s: float


def cpu_seconds() -> float:
    """CPU seconds so far of this process and every living descendant; Spark keeps its workers from job to job."""
    own = psutil.Process()
    total = 0.0
    for process in (own, *own.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def timed(work: Callable[[], Result]) -> tuple[Took, Result]:
    """Do `work` once."""
    wall, cpu = time.perf_counter(), cpu_seconds()
    found = work()
    return Took(time.perf_counter() - wall, cpu_seconds() - cpu), found


def middle(runs: list[Took]) -> dict[str, float]:
    """Medians."""
    return {
        "wall_s": round(median(run.wall_s for run in runs), 2),
        "cpu_s": round(median(run.cpu_s for run in runs), 2),
    }
