"""`garant doctor`: what this machine has, and what is missing."""

import ctypes.util
import importlib.metadata
import os
import platform
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from garant import __version__
from garant.cli.parameters import OutputOption
from garant.cli.show import print_rows
from garant.settings import load_settings

CORE = (
    "numpy",
    "pyarrow",
    "duckdb",
    "ibis-framework",
    "lightgbm",
    "scikit-learn",
    "pydantic",
    "babel",
    "altair",
    "cryptography",
)
EXTRAS = {"aws": "boto3", "fast": "numba", "spark": "pyspark", "train": "optbinning"}
MIN_MEMORY_GB = 4.0
MIN_SQLITE = (3, 39)
"""FILTER on aggregates, NULLS LAST and full outer joins are there from 3.39 on."""

State = Literal["ok", "absent", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination."""

    part: str
    found: str
    state: State
    advice: str = ""


def doctor(*, output: OutputOption = "table") -> int:
    """Look at this machine: Python, libraries, Java, SQLite, extras, memory and a writable cache.

    Ends with 0 when everything that garant needs is there, else with 2. What is only needed for an extra is "absent".
    """
    findings = list(examine())
    rows = [{"part": f.part, "found": f.found, "state": f.state, "advice": f.advice} for f in findings]
    print_rows(rows, output=output, title=f"garant {__version__}")
    return 2 if any(f.state == "problem" for f in findings) else 0


def examine() -> Iterator[Finding]:
    """Findings in the order in which they are shown."""
    yield Finding("Python", platform.python_version(), "ok")
    for name in CORE:
        yield _library(name)
    yield _openmp()
    yield _sqlite()
    for extra, name in EXTRAS.items():
        yield _extra(extra, name)
    yield _java()
    yield _memory()
    yield _cache()


def _library(name: str) -> Finding:
    try:
        return Finding(name, importlib.metadata.version(name), "ok")
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, "not installed", "problem", "Run `make demo`, or install garant again.")


def _openmp() -> Finding:
    found = ctypes.util.find_library("gomp") or ctypes.util.find_library("omp")
    if found:
        return Finding("OpenMP library", found, "ok")
    return Finding("OpenMP library", "not found", "problem", "LightGBM needs it: apt-get install libgomp1")


def _sqlite() -> Finding:
    if sqlite3.sqlite_version_info >= MIN_SQLITE:
        return Finding("SQLite", sqlite3.sqlite_version, "ok")
    return Finding("SQLite", sqlite3.sqlite_version, "problem", "Features for one client need SQLite 3.39 or newer.")


def _extra(extra: str, name: str) -> Finding:
    try:
        return Finding(f"extra {extra} ({name})", importlib.metadata.version(name), "ok")
    except importlib.metadata.PackageNotFoundError:
        return Finding(f"extra {extra} ({name})", "not installed", "absent", f"pip install 'garant[{extra}]'")


def _java() -> Finding:
    program = shutil.which("java")
    if program is None:
        return Finding("Java", "not found", "absent", "Only a Spark cluster needs it: Java 17 or 21.")
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603
    return Finding("Java", said.splitlines()[0] if said else "no version said", "ok")


def _memory() -> Finding:
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    shown = f"{gigabytes:.1f} GB, {os.cpu_count()} processors"
    if gigabytes >= MIN_MEMORY_GB:
        return Finding("Memory", shown, "ok")
    return Finding("Memory", shown, "problem", "The full competition set needs 4 GB; set GARANT_MEMORY_LIMIT lower.")


def _cache() -> Finding:
    folder = load_settings().cache_folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        advice = "Choose another folder with GARANT_CACHE_FOLDER."
        return Finding("Cache folder", f"{folder}: {error.strerror}", "problem", advice)
    free = shutil.disk_usage(Path(folder)).free / 1e9
    return Finding("Cache folder", f"{folder}, {free:.0f} GB free", "ok")
