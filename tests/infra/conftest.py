"""Templates of the platform, made once for all tests that look at them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from worker_groups import keep_together

ROOT = Path(__file__).resolve().parents[2]

ACCOUNT, REGION = "111122223333", "eu-west-3"

Template = dict[str, Any]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    keep_together(items, Path(__file__).parent, "infra", fixtures=("written", "variants"))


@dataclass(frozen=True)
class Written:
    """What one call of ``infra/app.py`` wrote."""

    folder: Path
    templates: Mapping[str, Template]
    seconds: float


def offline() -> dict[str, str]:
    """Environment of a process that has no credentials and reaches nothing."""
    nowhere = {name: "http://127.0.0.1:9" for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
    return {**kept, **nowhere}


def run_app(arguments: Sequence[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "infra/app.py"), *arguments]
    found = subprocess.run(command, env=offline(), capture_output=True, text=True, check=False, cwd=ROOT)
    assert not check or found.returncode == 0, found.stderr
    return found


def templates_of(folder: Path) -> dict[str, Template]:
    return {
        file.name.partition(".")[0]: json.loads(file.read_bytes()) for file in sorted(folder.glob("*.template.json"))
    }


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """What a lender gets who says nothing but account and region."""
    folder = tmp_path_factory.mktemp("written") / "cdk.out"
    begun = time.perf_counter()
    run_app(["--account", ACCOUNT, "--region", REGION, "--out", str(folder)])
    return Written(folder, templates_of(folder), time.perf_counter() - begun)


SCHEDULE = {"expression": "cron(0 4 1 * ? *)", "run": {"run_id": "0123456789abcdef"}}


@pytest.fixture(scope="session")
def variants(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with what else can be asked for, made by one process: see `variants.py`."""
    folder = tmp_path_factory.mktemp("variants")
    (folder / "schedule.json").write_text(json.dumps(SCHEDULE), encoding="utf-8")
    program = [sys.executable, str(Path(__file__).with_name("variants.py")), str(folder), ACCOUNT]
    found = subprocess.run(program, env=offline(), capture_output=True, text=True, check=False, cwd=ROOT)
    assert found.returncode == 0, found.stderr
    return folder


@pytest.fixture(scope="session")
def everything(variants: Path) -> dict[str, Template]:
    """Templates of a deployment with GitHub, mail, notebooks, a schedule and profile medium."""
    return templates_of(variants / "everything")


@pytest.fixture
def batch(written: Written) -> Template:
    return written.templates["GarantBatch"]
