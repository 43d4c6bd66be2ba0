"""What a portfolio of any size takes, extrapolated in a straight line from what was measured."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

CORES = 2
"""Of the machine that measured."""

PRICES = {"vcpu_hour_usd": 0.052624, "gb_hour_usd": 0.0057785}
"""EMR Serverless, list price in US East as quoted in public repositories in November 2026; none for Paris was found."""

GB_PER_VCPU = 4
"""Of a worker: enough for a batch, a model and its copies beside Spark's heap."""

CLUSTERS = {1: ("duckdb", 2), 100: ("spark", 128), 10_000: ("spark", 4_000)}
"""Engine and vCPUs that suit a portfolio of so many times the public one."""


def paces(measured: Mapping[str, Any]) -> dict[str, dict[str, dict[str, float]]]:
    """Start and time per row of each engine and command, by least squares over the scales of `whole_job`.

    Returns
    -------
    dict
        Per engine and command ``start_s``, ``vcpu_s_per_row`` (vCPUs that are held, busy or not) and ``cpu_s_per_row``.
    """
    runs = list(measured.values())
    rows = [run["rows"] for run in runs]
    return {
        engine: {command: _pace(rows, [run[engine][command] for run in runs]) for command in ("check", "score")}
        for engine in ("duckdb", "spark")
    }


def _pace(rows: Sequence[int], runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    per_row, start = np.polyfit(rows, [run["wall_s"] for run in runs], 1)
    cpu, _ = np.polyfit(rows, [run["cpu_s"] for run in runs], 1)
    return {
        "start_s": round(max(0.0, float(start)), 1),
        "vcpu_s_per_row": float(f"{CORES * per_row:.3g}"),
        "cpu_s_per_row": float(f"{cpu:.3g}"),
    }


def paper(measured: Mapping[str, Any]) -> dict[str, Any]:
    """Duration, vCPU-hours and price of check and score together, at the sizes of `CLUSTERS` and for both engines."""
    whole = max(measured.values(), key=lambda run: run["rows"])
    found = paces(measured)
    table = {
        f"{times}x {engine} {vcpus} vCPU": _taken(found[engine], times * whole["rows"], vcpus)
        for times, (suited, suited_vcpus) in CLUSTERS.items()
        for engine, vcpus in {("duckdb", CORES if times == 1 else 16), (suited, suited_vcpus), ("spark", suited_vcpus)}
    }
    return {"rows_of_1x": whole["rows"], "prices": PRICES, "paces": found, "table": dict(sorted(table.items()))}


def _taken(paces_of: Mapping[str, Mapping[str, float]], rows: int, vcpus: int) -> dict[str, float]:
    seconds = sum(pace["start_s"] + rows * pace["vcpu_s_per_row"] / vcpus for pace in paces_of.values())
    hours = vcpus * seconds / 3600
    price = hours * (PRICES["vcpu_hour_usd"] + GB_PER_VCPU * PRICES["gb_hour_usd"])
    return {
        "minutes": round(seconds / 60, 1),
        "vcpu_hours": round(hours, 2),
        "memory_gb": GB_PER_VCPU * vcpus,
        "usd": round(price, 3),
    }
