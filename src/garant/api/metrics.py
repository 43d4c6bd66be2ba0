"""Figures for Prometheus: how many requests, how long, in which stage; no id and nothing of a person in a label.

With several workers each writes its figures into files of the folder ``PROMETHEUS_MULTIPROC_DIR``, which `serve` makes,
and whichever worker is asked adds them up.
"""

import os
from collections.abc import Mapping

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    values,
)
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def count_across_processes() -> None:
    """Let figures that are made from now on be written into the folder that FOLDER_VARIABLE names.

    The library looks for it when it is imported, which a forked worker does not do again.
    """
    values.ValueClass = values.get_value_class()


_SECONDS = (0.002, 0.005, 0.01, 0.015, 0.025, 0.04, 0.06, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_STAGE_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)


class Metrics:
    """Figures of one app, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        registry = self._registry
        self._requests = Counter(
            "garant_requests", "Requests that were answered.", ("method", "route", "status"), registry=registry
        )
        self._seconds = Histogram(
            "garant_request_seconds",
            "From the end of the headers to the last byte of the answer.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._stages = Histogram(
            "garant_stage_seconds", "Stages of a request.", ("stage",), buckets=_STAGE_SECONDS, registry=registry
        )
        self._decisions = Counter(
            "garant_decisions", "Decisions that were recorded.", ("route", "outcome"), registry=registry
        )
        self._swaps = Counter("garant_bundle_swaps", "New bundles that were met.", ("result",), registry=registry)
        self._waiting = Gauge(
            "garant_work_taken", "Calls that run or wait.", registry=registry, multiprocess_mode="livesum"
        )

    def request(self, *, route: str, method: str, status: int, seconds: float, stages: Mapping[str, float]) -> None:
        """Count one request; `stages` are milliseconds."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        for name, ms in stages.items():
            self._stages.labels(name).observe(ms / 1_000)

    def decision(self, *, route: str, outcome: str) -> None:
        """Count one decision that was recorded."""
        self._decisions.labels(route, outcome).inc()

    def swap(self, result: str) -> None:
        """Count one new bundle: ``done`` or ``refused``."""
        self._swaps.labels(result).inc()

    def taken(self, calls: int) -> None:
        """Say how many calls run or wait."""
        self._waiting.set(calls)

    def text(self) -> tuple[bytes, str]:
        """The figures, of all workers together, and their media type."""
        registry = self._registry
        if os.environ.get(FOLDER_VARIABLE):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)
        return generate_latest(registry), CONTENT_TYPE_LATEST
