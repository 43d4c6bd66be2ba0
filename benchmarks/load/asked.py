"""One load on a service: locust in a process of its own, what everybody waited, and the CPU of who answered."""

import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

LOCUSTFILE = Path(__file__).with_name("locustfile.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is asked of whom.

    Parameters
    ----------
    url, path : str
        Where; ``http://127.0.0.1:8000`` and ``/v1/decisions``.
    bodies : Path
        File with one JSON body a line; one of them is drawn for each request.
    users : int
        Who ask at once.
    seconds : float
        How long.
    rate : float
        Requests a second of all together; 0 = each again as soon as it was answered.
    key : str
        API key, where there is one.
    warm : float
        Seconds at the beginning that do not count.
    seed : int
        Draws bodies and moments.
    """

    url: str
    path: str
    bodies: Path
    users: int
    seconds: float
    rate: float = 0.0
    key: str = ""
    warm: float = 2.0
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back, without the warm-up.

    Parameters
    ----------
    latencies : list of float
        Milliseconds from when each request was due, sorted; those that were answered well.
    late : float
        99th percentile of how late requests were sent, ms: how far the asking process was itself the bottleneck.
    statuses : mapping of str to int
        How often each HTTP status came; 0 = no answer.
    per_second : float
        Good answers a second.
    stages : mapping of str to float
        Mean milliseconds by stage, as the answers said.
    cpu_ms : mapping of str to float
        CPU milliseconds for each good answer by kind of process.
    """

    latencies: list[float]
    late: float
    statuses: Mapping[str, int]
    per_second: float
    stages: Mapping[str, float]
    cpu_ms: Mapping[str, float]

    def report(self) -> dict[str, Any]:
        """Figures for the results file."""
        shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999, "max": 1.0}
        good = len(self.latencies)
        return {
            "requests": sum(self.statuses.values()),
            "errors": sum(self.statuses.values()) - good,
            "statuses": dict(self.statuses),
            "per_second": round(self.per_second, 1),
            "latency_ms": {name: round(exact(self.latencies, share), 2) for name, share in shares.items()},
            "sent_late_p99_ms": round(self.late, 2),
            "stages_ms": {name: round(value, 3) for name, value in self.stages.items()},
            "cpu_ms_per_request": {name: round(value, 2) for name, value in self.cpu_ms.items()},
        }


def exact(ordered: Sequence[float], share: float) -> float:
    """Smallest value that at least `share` of all reach, of values in order; nan of none."""
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def asked(load: Load, servers: Mapping[str, Sequence[int]]) -> Answered:
    """Let locust ask; `servers` names the processes that answer, by kind, each with all that it starts."""
    with tempfile.TemporaryDirectory() as folder:
        out, log = Path(folder) / "answered.jsonl", Path(folder) / "log"
        variables = {
            "LOAD_BODIES": str(load.bodies),
            "LOAD_OUT": str(out),
            "LOAD_PATH": load.path,
            "LOAD_KEY": load.key,
            "LOAD_RATE": str(load.rate),
            "LOAD_USERS": str(load.users),
            "LOAD_SEED": str(load.seed),
        }
        words = ["--headless", "--host", load.url, "--users", str(load.users), "--spawn-rate", "1000"]
        seconds = f"{load.seconds + load.warm + 1:.0f}s"
        command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), *words, "--run-time", seconds]
        more = ["--only-summary", "--exit-code-on-error", "0", "--stop-timeout", "10", "--loglevel", "ERROR"]
        with log.open("wb") as said:
            started = psutil.Popen([*command, *more], env={**os.environ, **variables}, stdout=said, stderr=said)
            spent = _Spent({**servers, "locust": [started.pid]})
            while started.poll() is None:
                spent.look()
                time.sleep(0.5)
        if not out.exists():
            raise SystemExit(f"locust ended with {started.returncode}:\n{log.read_text('utf-8')[-3000:]}")
        rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    return _answered(rows, load, spent)


def _answered(rows: list[list[Any]], load: Load, spent: "_Spent") -> Answered:
    if not rows:
        raise SystemExit(f"{load.url}: nobody answered.")
    begin = min(at - waited / 1e3 for at, waited, *_ in rows) + load.warm
    counted = [row for row in rows if row[0] - row[1] / 1e3 >= begin]
    good = [row for row in counted if row[3] in {200, 201}]
    until = max(row[0] for row in counted)
    stages: dict[str, list[float]] = {}
    for row in good:
        for name, value in _stages(row[4]).items():
            stages.setdefault(name, []).append(value)
    n = max(1, len(good))
    cpu = spent.between(begin, until)
    return Answered(
        latencies=sorted(row[1] for row in good),
        late=exact(sorted(row[1] - row[2] for row in counted), 0.99),
        statuses=dict(sorted(Counter(str(row[3]) for row in counted).items())),
        per_second=len(good) / max(1e-9, until - begin),
        stages={name: sum(values) / len(good) for name, values in stages.items()},
        cpu_ms={name: seconds / n * 1e3 for name, seconds in cpu.items()},
    )


def _stages(header: str) -> dict[str, float]:
    """Milliseconds by stage of a Server-Timing header, ``features;dur=3.2, store;dur=5``."""
    found: dict[str, float] = {}
    for part in header.split(","):
        name, _, rest = part.strip().partition(";")
        if rest.startswith("dur="):
            found[name] = float(rest[4:])
    return found


class _Spent:
    """CPU seconds of kinds of processes over time."""

    def __init__(self, roots: Mapping[str, Sequence[int]]) -> None:
        self._roots = roots
        self._seen: dict[int, float] = {}
        self._kinds: dict[int, str] = {}
        self._history: list[tuple[float, dict[str, float]]] = []

    def look(self) -> None:
        """Note what was spent until now; what ended keeps its last figure."""
        for kind, pids in self._roots.items():
            for pid in pids:
                try:
                    root = psutil.Process(pid)
                    family = [root, *root.children(recursive=True)]
                except psutil.NoSuchProcess:
                    continue
                for process in family:
                    try:
                        times = process.cpu_times()
                    except psutil.NoSuchProcess:
                        continue
                    self._seen[process.pid] = times.user + times.system
                    self._kinds.setdefault(process.pid, kind)
        total: dict[str, float] = dict.fromkeys(self._roots, 0.0)
        for pid, seconds in self._seen.items():
            total[self._kinds[pid]] += seconds
        self._history.append((time.time(), total))

    def between(self, begin: float, end: float) -> dict[str, float]:
        """Seconds by kind between two moments, as nearly as was looked."""
        first = min(self._history, key=lambda entry: abs(entry[0] - begin))[1]
        last = min(self._history, key=lambda entry: abs(entry[0] - end))[1]
        return {kind: last[kind] - first[kind] for kind in last}
