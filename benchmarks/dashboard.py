"""Pages as their users meet them: how long, how many bytes, how much of the server, beside 300,000 clients.

Run: python benchmarks/dashboard.py [--keep FOLDER] [--scale 0.85]
A quick model serves a synthetic lender of some 300,000 applicants from one process on SQLite. Debian's Chromium opens
client pages cold, each in a window of its own, as they come and with a quarter of the CPU behind 10 Mbit/s. Twenty
people search without a pause. What they leave in memory, and what decisions wait for while the portfolio is simulated,
is asked of the same process. Results go to benchmarks/results/dashboard.json.
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psutil
import pyarrow.parquet as pq
from playwright.sync_api import Browser, sync_playwright

from measure.process import circumstances, write_result

RESULT = Path(__file__).parent / "results" / "dashboard.json"
GARANT = Path(sys.executable).parent / "garant"
SEED, USERS, PAGES_EACH, SEARCHES_EACH, OPENED = 7, 20, 50, 40, 7
SLOW_CPU, SLOW_BYTES = 4, 10_000_000 / 8


def main() -> None:
    """Measure and write what was found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--keep", default="", help="folder that lender and model stay in for the next run")
    asked.add_argument("--scale", type=float, default=0.85, help="size of the lender")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(options.keep or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        ids = _prepared(folder, options.scale)
        with _served(folder, Path(scratch)) as (url, process, key):
            report = _measured(url, process, key, ids)
    write_result(RESULT, {"seed": SEED, "applicants": len(ids), **report, **circumstances(("fastapi", "playwright"))})


def _prepared(folder: Path, scale: float) -> list[int]:
    """Lender, model and run; made once."""
    lender, small, model = folder / "lender", folder / "small", folder / "model"
    for place, size in ((lender, scale), (small, 0.02)):
        if not place.exists():
            _run("synth", place, "--scale", size, "--seed", SEED)
    if not model.exists():
        _run("train", small, "--bundle", model, "--fast", "--no-challenger", "--members", "2")
    if not (folder / "runs").exists():
        _run("score", lender, "--bundle", model, "--out", folder / "runs", "--explain", "none")
    return pq.read_table(lender / "application_test.parquet", columns=["SK_ID_CURR"])["SK_ID_CURR"].to_pylist() + (
        pq.read_table(lender / "application_train.parquet", columns=["SK_ID_CURR"])["SK_ID_CURR"].to_pylist()
    )


def _run(*words: object) -> None:
    done = subprocess.run([str(GARANT), *map(str, words)], capture_output=True, text=True, check=False)  # noqa: S603 - garant itself
    if done.returncode not in {0, 1}:
        raise SystemExit(f"garant {' '.join(map(str, words))}: {done.stderr}")


@contextmanager
def _served(folder: Path, scratch: Path) -> Generator[tuple[str, psutil.Process, str]]:
    run = next((folder / "runs").glob("run_id=*/attempt=*"))
    words = ["serve", "--bundle", folder / "model", "--data", folder / "lender", "--run", run, "--port", "0"]
    words += ["--store", f"sqlite:///{scratch / 'records.db'}"]
    # People here ask without a pause: what one may ask a second is not what is measured.
    variables = {**os.environ, "GARANT_RATE_LIMIT": "100000"}
    with subprocess.Popen(  # noqa: S603 - garant itself
        [str(GARANT), *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=(scratch / "log").open("w"),
        env=variables,
        text=True,
    ) as process:
        assert process.stdout is not None  # noqa: S101 - asked for above
        key, url = "", ""
        for line in process.stdout:
            key = found[0] if (found := re.findall(r"garant_\w+[\w-]*", line)) else key
            if place := re.search(r"(http://[\d.:]+)/", line):
                url = place[1]
                break
        try:
            _wait_until_ready(url)
            yield url, psutil.Process(process.pid), key
        finally:
            process.terminate()
            process.wait(60)


def _wait_until_ready(url: str) -> None:
    """The line with the address comes before the process accepts."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/readyz").is_success:
                return
        except httpx.ConnectError:
            pass
        time.sleep(0.1)
    raise SystemExit("the service was not ready within a minute")


def _measured(url: str, process: psutil.Process, key: str, ids: Sequence[int]) -> dict[str, Any]:
    draw = random.Random(SEED)  # noqa: S311 - who is looked at, the same in each run
    people = draw.sample(list(ids), 450)
    report: dict[str, Any] = {}
    with _person(url) as browser:
        for client in people[:20]:
            _page(browser, client)
        report["server"] = _server_cost(process, browser, people[20:120])
        cookie = dict(browser.cookies)
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, is_slow in (("as_it_is", False), ("quarter_of_the_cpu_and_10_mbit", True)):
            report[f"cold_page_{name}"] = _cold(chromium, url, cookie, people[120 : 120 + OPENED], is_slow=is_slow)
        chromium.close()
    report["search"] = _search(url, draw)
    report["memory"] = _memory(url, process, ids, draw)
    report["decisions_while_simulating"] = _beside_simulation(url, key, people[130:])
    return report


@contextmanager
def _person(url: str, role: str = "adviser") -> Generator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=120) as browser:
        browser.post("/fr/login", data={"name": "A. Martin", "role": role, "owner": "main", "next": ""})
        yield browser


def _page(browser: httpx.Client, client: int) -> None:
    browser.get(f"/fr/clients/{client}").raise_for_status()


def _server_cost(process: psutil.Process, browser: httpx.Client, people: Sequence[int]) -> dict[str, Any]:
    before, began = process.cpu_times(), time.perf_counter()
    for client in people:
        _page(browser, client)
    after, wall = process.cpu_times(), time.perf_counter() - began
    cpu = after.user + after.system - before.user - before.system
    return {
        "pages": len(people),
        "cpu_ms_per_client_page": round(1000 * cpu / len(people), 1),
        "ms_per_client_page": round(1000 * wall / len(people), 1),
        "cpu_ms_asked": 60,
    }


def _cold(
    browser: Browser, url: str, cookie: dict[str, str], people: Sequence[int], *, is_slow: bool
) -> dict[str, Any]:
    """Each page in a window without a cache; the last of them counts when everything on it is there."""
    banner: list[float] = []
    loaded: list[float] = []
    moved: list[int] = []
    for client in people:
        context = browser.new_context(base_url=url)
        context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookie.items()])
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        sizes: list[float] = []
        session.on("Network.loadingFinished", lambda event, sizes=sizes: sizes.append(event["encodedDataLength"]))
        if is_slow:
            session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_CPU})
            session.send(
                "Network.emulateNetworkConditions",
                {"offline": False, "latency": 20, "downloadThroughput": SLOW_BYTES, "uploadThroughput": SLOW_BYTES},
            )
        began = time.perf_counter()
        page.goto(f"/fr/clients/{client}", wait_until="commit")
        page.locator(".banner").first.wait_for()
        banner.append(time.perf_counter() - began)
        page.wait_for_load_state("load")
        loaded.append(time.perf_counter() - began)
        page.wait_for_load_state("networkidle")
        moved.append(int(sum(sizes)))
        context.close()
    return {
        "pages": len(people),
        "banner_s": round(median(banner), 3),
        "loaded_s": round(median(loaded), 3),
        "loaded_s_worst": round(max(loaded), 3),
        "kb_median": round(median(moved) / 1000, 1),
        "kb_most": round(max(moved) / 1000, 1),
        "asked": {"loaded_s": 1.5 if is_slow else 0.6, "kb": 80},
    }


def _search(url: str, draw: random.Random) -> dict[str, Any]:
    """Twenty people who type without a pause."""
    prefixes = [
        [str(draw.randint(1, 10 ** draw.randint(1, 6) - 1)) for _ in range(SEARCHES_EACH)] for _ in range(USERS)
    ]
    waited: list[float] = []

    def type_in(words: Sequence[str]) -> None:
        with _person(url) as browser:
            for word in words:
                began = time.perf_counter()
                browser.get("/fr/clients", params={"q": word}, headers={"HX-Request": "true"}).raise_for_status()
                waited.append(time.perf_counter() - began)

    with ThreadPoolExecutor(USERS) as pool:
        list(pool.map(type_in, prefixes))
    ordered = sorted(waited)
    return {
        "users": USERS,
        "requests": len(waited),
        "p50_ms": round(1000 * ordered[len(ordered) // 2], 1),
        "p95_ms": round(1000 * ordered[int(0.95 * len(ordered))], 1),
        "p95_ms_asked": 100,
    }


def _memory(url: str, process: psutil.Process, ids: Sequence[int], draw: random.Random) -> dict[str, Any]:
    def work(people: Sequence[int]) -> None:
        with _person(url) as browser:
            for client in people:
                _page(browser, client)

    def all_work() -> None:
        with ThreadPoolExecutor(USERS) as pool:
            list(pool.map(work, [draw.sample(list(ids), PAGES_EACH) for _ in range(USERS)]))

    # Once before, so that what is made at first use does not count as growth.
    all_work()
    before, mapped_before = _held(process)
    all_work()
    after, mapped_after = _held(process)
    return {
        "users": USERS,
        "pages_each": PAGES_EACH,
        "mb_before": round(before / 1e6),
        "growth_mb": round((after - before) / 1e6, 1),
        "growth_mb_asked": 30,
        "mapped_mb_before": round(mapped_before / 1e6),
        "mapped_growth_mb": round((mapped_after - mapped_before) / 1e6, 1),
    }


def _held(process: psutil.Process) -> tuple[int, int]:
    """Bytes of its own, and bytes of files that it has mapped: clients' rows, which the system takes back at need."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    kb = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines) if "Rss" in name}
    return 1024 * kb["RssAnon"], 1024 * kb["RssFile"]


def _beside_simulation(url: str, key: str, people: Sequence[int]) -> dict[str, Any]:
    """How long decisions take, ten a second, alone and while a risk manager simulates the portfolio again and again."""

    def decide() -> list[float]:
        waited: list[float] = []
        with httpx.Client(base_url=url, timeout=60, headers={"Authorization": f"Bearer {key}"}) as client:
            for number, person in enumerate(people):
                began = time.perf_counter()
                headers = {"Idempotency-Key": f"{began}-{number}"}
                client.post("/v1/decisions", json={"client": person}, headers=headers).raise_for_status()
                waited.append(time.perf_counter() - began)
                time.sleep(max(0.0, 0.1 - waited[-1]))
        return waited

    decide()
    alone = decide()
    ended, simulated = threading.Event(), list[float]()

    def simulate() -> None:
        with _person(url, "risk") as browser:
            cutoffs = iter(range(40, 400))
            while not ended.is_set():
                began = time.perf_counter()
                browser.get("/fr/portfolio", params={"cutoff": f"0.{next(cutoffs):03d}"}).raise_for_status()
                simulated.append(time.perf_counter() - began)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(simulate)
        beside = decide()
        ended.set()
        running.result()
    return {
        "decisions": len(people),
        "alone_p50_ms": _ms(alone, 0.5),
        "alone_p99_ms": _ms(alone, 0.99),
        "beside_p50_ms": _ms(beside, 0.5),
        "beside_p99_ms": _ms(beside, 0.99),
        "simulations": len(simulated),
        "simulation_s_median": round(median(simulated), 2),
        "simulation_s_worst": round(max(simulated), 2),
        "simulation_s_asked": 2,
    }


def _ms(waited: Sequence[float], share: float) -> float:
    ordered = sorted(waited)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


if __name__ == "__main__":
    main()
